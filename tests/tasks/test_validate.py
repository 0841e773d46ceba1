"""What is refused, what is put right, and that one bad operation costs one."""

from tasks.extraction.operations import Link, Merge, NewTask, Operations, ProgressNote, StatusChange
from tasks.extraction.validate import validate
from tasks.extraction.wording import says_the_same
from tests.tasks.windows import agent, known, user, window

ASKED = window(
    user(5, "Also fix the logout"), agent(6, "Done."), tasks=(known(), known("T2", "Write notes", "success"))
)


def problems(**proposed: object) -> list[str]:
    said = Operations.model_validate({"links": [{"task": "T1", "seqs": [5, 6]}], **proposed})
    return [refused["problem"] for refused in validate(ASKED, said).rejected]


def test_a_request_said_twice_is_one_task() -> None:
    twice = [
        NewTask(alias=f"N{n}", description=said, request_seq=5)
        for n, said in ((1, "Fix the logout"), (2, "fix the logout."))
    ]
    links = [Link(task="N1", seqs=[5]), Link(task="N2", seqs=[6])]
    accepted = validate(ASKED, Operations(new_tasks=twice, links=links)).accepted
    assert [new.alias for new in accepted.new_tasks] == ["N1"]
    assert [link.task for link in accepted.links] == ["N1", "N1"]


def test_an_open_task_said_again_is_not_opened_again_but_a_finished_one_is() -> None:
    new = [
        NewTask(alias="N1", description="Fix the login bug!", request_seq=5),
        NewTask(alias="N2", description="Write notes", request_seq=5),
    ]
    links = [Link(task="N1", seqs=[5, 6]), Link(task="N2", seqs=[5])]
    accepted = validate(ASKED, Operations(new_tasks=new, links=links)).accepted
    assert [task.alias for task in accepted.new_tasks] == ["N2"]
    assert [link.task for link in accepted.links] == ["T1", "N2"]


def test_a_finished_task_changes_only_by_something_new() -> None:
    old = window(*ASKED.messages, context=(agent(4, "Written."),), tasks=ASKED.tasks)
    links = [Link(task="T1", seqs=[5, 6])]
    change = StatusChange(task="T2", status="failed", evidence=[4])
    refused = validate(old, Operations(links=links, status=[change])).rejected
    assert "no new message is named that changes it" in refused[0]["problem"]
    assert problems(status=[{"task": "T2", "status": "running", "evidence": [6]}]) == [
        "T2 is success; only a new message of the user can change that"
    ]
    assert problems(status=[{"task": "T2", "status": "running", "evidence": [5]}]) == []


def test_of_two_statuses_the_last_holds() -> None:
    changes = [StatusChange(task="T1", status=status, evidence=[6]) for status in ("running", "success")]
    accepted = validate(ASKED, Operations(links=[Link(task="T1", seqs=[5, 6])], status=changes)).accepted
    assert [change.status for change in accepted.status] == ["success"]


def test_merges_name_two_known_tasks_that_nobody_corrected() -> None:
    def merge(**values: object) -> list[str]:
        return problems(merges=[{"task": "T2", "into": "T1", "evidence": [5], **values}])

    assert merge() == []
    assert merge(task="T9") == ["there is no known task T9"]
    assert merge(into="N1") == ["there is no known task N1"]
    assert merge(into="T2") == ["a task cannot be merged into itself"]
    assert merge(evidence=[99]) == ["evidence is not in the window: [99]"]
    corrected = window(*ASKED.messages, tasks=(known(), known("T2", status="success", is_corrected=True)))
    said = Operations(links=[Link(task="T1", seqs=[5, 6])], merges=[Merge(task="T2", into="T1", evidence=[5])])
    assert validate(corrected, said).rejected[0]["problem"] == "T2 was corrected by hand"


def test_merges_do_not_chase_one_another() -> None:
    tasks = (known(), known("T2", "B"), known("T3", "C"))
    merges = [Merge(task="T2", into="T1", evidence=[5]), Merge(task="T3", into="T2", evidence=[5])]
    said = Operations(links=[Link(task="T1", seqs=[5, 6])], merges=merges)
    accepted = validate(window(*ASKED.messages, tasks=tasks), said).accepted
    assert [(merge.task, merge.into) for merge in accepted.merges] == [("T2", "T1")]


def test_a_progress_is_told_once() -> None:
    told = window(*ASKED.messages, tasks=(known(progresses=("Renamed 214 rows",)),))
    notes = [ProgressNote(task="T1", text=text, evidence=[6]) for text in ("renamed 214 rows.", "Renamed 215 rows")]
    accepted = validate(told, Operations(links=[Link(task="T1", seqs=[5, 6])], progress=notes)).accepted
    assert [note.text for note in accepted.progress] == ["Renamed 215 rows"]


def test_what_says_the_same() -> None:
    assert says_the_same("Fix the login bug", "fix the  login-bug!")
    assert says_the_same("把会议记录翻译成英文", "把会议记录翻译成英文。")
    assert not says_the_same("Install the package", "Uninstall the package")
    assert not says_the_same("Use port 80", "Use port 81")
    assert not says_the_same("Use tabs", "Never use tabs")
