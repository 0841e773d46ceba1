"""What a status rests on, what it does not tell, and what speaks against it."""

import pytest

from tasks.extraction.operations import Link, NewTask, Operations, StatusChange
from tasks.extraction.validate import validate
from tasks.extraction.window import Window, WindowMessage
from tests.tasks.windows import agent, call, known, result, user, window


def settled(asked: Window, **said: object) -> Operations:
    """Let an extractor say of one new task, which all messages but the user's later ones serve, where it stands."""
    request = next(message.seq for message in asked.messages if message.is_from_person)
    own = [message.seq for message in asked.messages if message.seq == request or not message.is_from_person]
    status = StatusChange.model_validate({"task": "N1", "status": "success", "evidence": own[-1:], **said})
    proposed = Operations(
        new_tasks=[NewTask(alias="N1", description="Do it", request_seq=request)],
        links=[Link(task="N1", seqs=[message.seq for message in asked.messages])],
        status=[status],
    )
    return validate(asked, proposed).accepted


TOLD = (user(1, "Rename the file"), agent(2, "I renamed it."))
SHOWN = (user(1, "Rename the file"), call(2, "rename"), result(3, "renamed"), agent(4, "Done."))


@pytest.mark.parametrize(
    ("messages", "claimed", "held"),
    [
        (TOLD, "shown", "claimed"),
        (TOLD, "confirmed", "claimed"),
        (TOLD, "claimed", "claimed"),
        (TOLD, "", "claimed"),
        (SHOWN, "shown", "shown"),
        (SHOWN, "", "shown"),
        (SHOWN, "confirmed", "shown"),
        ((*TOLD, user(3, "Thanks, that is it")), "confirmed", "confirmed"),
        ((*SHOWN, user(5, "Thanks")), "shown", "shown"),
    ],
)
def test_a_basis_is_no_stronger_than_what_the_window_shows(messages, claimed: str, held: str) -> None:
    assert settled(window(*messages), basis=claimed).status[0].basis == held


def test_a_known_task_keeps_what_earlier_windows_showed() -> None:
    asked = window(user(5, "And?"), agent(6, "As I said."), tasks=(known(status="success", basis="shown"),))
    change = StatusChange(task="T1", status="success", basis="shown", evidence=[6])
    accepted = validate(asked, Operations(links=[Link(task="T1", seqs=[5, 6])], status=[change])).accepted
    assert accepted.status[0].basis == "shown"


def test_thanks_in_a_later_window_confirm_a_known_task() -> None:
    asked = window(user(5, "Great, thanks!"), tasks=(known(status="success", basis="claimed", request_seq=1),))
    change = StatusChange(task="T1", status="success", basis="confirmed", evidence=[5])
    accepted = validate(asked, Operations(links=[Link(task="T1", seqs=[5])], status=[change])).accepted
    assert accepted.status[0].basis == "confirmed"


@pytest.mark.parametrize(
    ("messages", "said", "situation"),
    [
        ((user(1, "Book a table"), agent(2, "For how many people?")), {"status": "running"}, "waiting"),
        ((user(1, "Book a table"), call(2, "book")), {"status": "running"}, ""),
        ((user(1, "Book a table"), agent(2, "On it.")), {"status": "running", "situation": "waiting"}, "waiting"),
        ((user(1, "Book a table"), agent(2, "Done.")), {"status": "success", "situation": "waiting"}, ""),
        (
            (user(1, "Book a table"), agent(2, "Looking."), user(3, "Never mind, forget it")),
            {"status": "failed", "basis": "confirmed"},
            "abandoned",
        ),
        (
            (user(1, "Rename it"), agent(2, "Renamed."), user(3, "Undo that, please")),
            {"status": "failed", "basis": "confirmed"},
            "",
        ),
        ((user(1, "Mail it"), agent(2, "I cannot.")), {"status": "failed", "situation": "abandoned"}, "abandoned"),
    ],
)
def test_the_situation(messages, said: dict[str, str], situation: str) -> None:
    assert settled(window(*messages), **said).status[0].situation == situation


def marked(*messages: WindowMessage, **said: object) -> list[tuple[str, list[int]]]:
    return [(risk.kind, risk.evidence) for risk in settled(window(*messages), **said).risks]


def test_a_success_after_a_failed_tool_is_marked() -> None:
    failed = (user(1, "Deploy it"), call(2, "deploy"), result(3, "Error: no such host", is_error=True))
    assert marked(*failed, agent(4, "It is deployed.")) == [("tool_failed", [3, 4])]
    assert marked(*failed, call(4, "deploy"), result(5, "ok"), agent(6, "It is deployed.")) == []
    assert marked(*failed, agent(4, "It is deployed."), status="failed") == []


def test_a_claim_of_passing_tests_without_a_run_is_marked() -> None:
    claim = agent(2, "Fixed the parser. All tests pass now.")
    assert marked(user(1, "Fix the parser"), claim) == [("not_run", [2])]
    ran = (call(2, "bash", '{"command": "pytest -q"}'), result(3, "12 passed"), agent(4, "All tests pass now."))
    assert marked(user(1, "Fix the parser"), *ran) == []
    assert marked(user(1, "Fix the parser"), agent(2, "Fixed the parser.")) == []


def test_a_claimed_deed_without_a_tool_is_marked_where_the_agent_has_tools() -> None:
    elsewhere = user(1, "Send the invoice"), agent(2, "I have sent the invoice to Ada.")
    assert marked(*elsewhere) == []
    asked = window(*elsewhere, context=(call(-2, "send_mail"), result(-1, "sent")))
    assert [risk.kind for risk in settled(asked).risks] == ["not_done"]


def test_a_success_that_the_user_took_up_again_is_marked_until_they_confirm_it() -> None:
    again = (*TOLD, user(3, "It still does not work"), agent(4, "I fixed it for real."))
    assert marked(*again) == [("asked_again", [3, 4])]
    assert marked(*again, user(5, "Perfect, thanks"), basis="confirmed") == []


def test_a_known_success_is_marked_when_the_user_objects_and_the_agent_only_says_so_again() -> None:
    asked = window(
        user(5, "The login still fails"),
        agent(6, "It works for me."),
        tasks=(known(status="success", basis="claimed", request_seq=1, last_seq=2),),
    )
    accepted = validate(asked, Operations(links=[Link(task="T1", seqs=[5, 6])])).accepted
    assert [(risk.task, risk.kind) for risk in accepted.risks] == [("T1", "asked_again")]
