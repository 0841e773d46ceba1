"""What a person merged, split and moved is not undone by extraction: not by later windows, not by reading anew."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from sessions.models import Project, Session
from tasks.corrections import Author
from tasks.extraction.commit import commit
from tasks.extraction.operations import Link, Merge, Operations, StatusChange
from tasks.extraction.queue import claim
from tasks.extraction.reading import read_window
from tasks.extraction.run import extract
from tasks.models import ExtractionRun, Progress, Task
from tasks.reextraction.applying import exchange
from tasks.reextraction.proposing import propose
from tasks.reextraction.queue import take
from tasks.reextraction.run import work
from tasks.regrouping import merge_tasks, move_messages, split_task
from tasks.undoing import undo
from tests.factories import make_session, store
from tests.fakes import ScriptedLLM, answer

pytestmark = pytest.mark.django_db
LATER = timedelta(days=1)
LOGIN = {"description": "Fix the login bug", "request": 1, "messages": [1, 2]}
REPORT = {"description": "Write the report", "request": 3, "messages": [3, 4]}
TALK = ["Fix the login bug", "Fixed.", "Write the report", "Here it is."]
ACT = uuid.uuid4()


def hear(session: Session, *said: str) -> None:
    roles = ("user", "assistant") * len(said)
    store(session, *({"role": role, "content": text} for role, text in zip(roles, said, strict=False)))
    lease = claim(session.pk, now=timezone.now() + LATER)
    assert lease
    extract(lease)


def read_anew(session: Session) -> None:
    proposal = propose(session)
    hold = take(proposal.pk, now=timezone.now() + LATER)
    assert hold
    work(hold)
    exchange(proposal.pk)


@pytest.fixture
def author(django_user_model: type[User]) -> Author:
    return Author(django_user_model.objects.create_user("bob"))


@pytest.fixture
def session(project: Project, llm: ScriptedLLM) -> Session:
    """Two tasks that a language model read: T1 of messages 1 and 2, T2 of 3 and 4."""
    session = make_session(project, user="lena")
    llm.will_answer(answer(LOGIN, REPORT))
    hear(session, *TALK)
    return session


def task(session: Session, order: int) -> Task:
    return Task.all_objects.get(session=session, order=order)


def shape(session: Session) -> dict[str, list[int]]:
    """The messages of each task, by its words."""
    return {
        found.description: list(found.links.order_by("message__seq").values_list("message__seq", flat=True))
        for found in Task.objects.filter(session=session).order_by("order")
    }


def merged(session: Session, author: Author) -> dict[str, list[int]]:
    merge_tasks(task(session, 2), task(session, 1), author=author, act=ACT)
    return {"Fix the login bug": [1, 2, 3, 4]}


def split(session: Session, author: Author) -> dict[str, list[int]]:
    split_task(task(session, 2), seqs=[4], description="Send the report", author=author, act=ACT)
    return {"Fix the login bug": [1, 2], "Write the report": [3], "Send the report": [4]}


def moved(session: Session, author: Author) -> dict[str, list[int]]:
    move_messages(task(session, 2), task(session, 1), seqs=[4], author=author, act=ACT)
    return {"Fix the login bug": [1, 2, 4], "Write the report": [3]}


Change = Callable[[Session, Author], dict[str, list[int]]]
CHANGES = pytest.mark.parametrize("change", [merged, split, moved])


@CHANGES
def test_a_later_window_leaves_it_so(session: Session, llm: ScriptedLLM, author: Author, change: Change) -> None:
    wanted = change(session, author)
    # It claims the old messages for the old tasks again, and would merge what was corrected.
    again = [
        {"description": "Fix the login bug", "task": "T1", "request": 5, "messages": [1, 2, 5, 6]},
        {"description": "Write the report", "task": "T2", "request": 3, "messages": [3, 4]},
    ]
    merge = {"task": "T2", "into": "T1", "reason": "the same"}
    llm.will_answer(*[answer(*again, merges=[merge])] * 3)
    hear(session, "The login again, please", "Done.")
    found = shape(session)
    assert {words: [seq for seq in seqs if seq < 5] for words, seqs in found.items()} == wanted
    assert found["Fix the login bug"][-2:] == [5, 6]


@CHANGES
def test_reading_the_session_anew_leaves_it_so(
    session: Session, llm: ScriptedLLM, author: Author, change: Change
) -> None:
    wanted = change(session, author)
    llm.will_answer(answer(LOGIN, REPORT))
    read_anew(session)
    assert shape(session) == wanted
    llm.will_answer(answer({**LOGIN, "messages": [1, 2, 4]}, {**REPORT, "messages": [3]}))
    read_anew(session)
    assert shape(session) == wanted


@CHANGES
def test_what_was_taken_back_is_extractions_again(
    session: Session, llm: ScriptedLLM, author: Author, change: Change, project: Project
) -> None:
    change(session, author)
    undo(project, ACT, author=author)
    assert shape(session) == {"Fix the login bug": [1, 2], "Write the report": [3, 4]}
    llm.will_answer(answer({**LOGIN, "messages": [1, 2, 3, 4]}))
    read_anew(session)
    assert shape(session) == {"Fix the login bug": [1, 2, 3, 4]}


def test_a_run_that_read_before_the_merge_writes_into_the_task_that_stayed(session: Session, author: Author) -> None:
    store(session, {"role": "user", "content": "And the report?"}, {"role": "assistant", "content": "Sent."})
    lease = claim(session.pk, now=timezone.now() + LATER)
    assert lease
    session.refresh_from_db()
    window = read_window(session)
    assert window
    merge_tasks(task(session, 2), task(session, 1), author=author, act=ACT)
    said = Operations(
        links=[Link(task="T2", seqs=[5, 6], role="work")],
        status=[StatusChange(task="T2", status="failed", evidence=[6])],
        merges=[Merge(task="T2", into="T1", reason="same", evidence=[5])],
    )
    run = ExtractionRun(
        project_id=session.project_id, session=session, from_seq=5, to_seq=6, trigger="flush", extractor="llm",
        status="ok",
    )  # fmt: skip
    commit(lease, window, said, run)
    assert shape(session) == {"Fix the login bug": [1, 2, 3, 4, 5, 6]}
    assert task(session, 2).merged_into == task(session, 1)
    assert task(session, 1).merged_into is None


def test_progress_moves_with_its_message_and_stays(session: Session, llm: ScriptedLLM, author: Author) -> None:
    Progress.objects.create(task=task(session, 2), text="Sent the report", evidence=[4])
    split(session, author)
    assert [step.text for step in task(session, 3).progresses.all()] == ["Sent the report"]
