"""A person merges, splits and moves: what goes where, what is refused, and that all of it can be taken back."""

import uuid

import pytest
from django.contrib.auth.models import User

from sessions.errors import BadRequest, Conflict, NotFound
from sessions.models import Project, Session
from tasks.corrections import Author
from tasks.models import Preference, Progress, Task, TaskChange, TaskMessage
from tasks.regrouping import merge_tasks, move_messages, split_task
from tasks.undoing import Undone, undo
from tests.factories import make_message, make_session, make_task
from tests.pages.test_session_page import link

pytestmark = pytest.mark.django_db
ACT = uuid.uuid4()


@pytest.fixture
def author(django_user_model: type[User]) -> Author:
    return Author(django_user_model.objects.create_user("bob"))


@pytest.fixture
def session(project: Project) -> Session:
    """Two tasks: T1 of messages 1 to 4, T2 of 4 to 6."""
    session = make_session(project)
    for i in range(1, 7):
        make_message(session, f"Words {i}", role="user" if i % 2 else "assistant")
    first, second = make_task(session, "Fix the login", status="success"), make_task(session, "Write tests")
    link(first, 1, 2, 3, 4)
    link(second, 4, 5, 6)
    for seqs in ([2], [3, 4], [2, 3], []):
        Progress.objects.create(task=first, text=f"Step {seqs}", evidence=seqs)
    Preference.objects.create(project=project, session=session, task=first, statement="Short", evidence=[3])
    return session


def task(session: Session, order: int) -> Task:
    return Task.all_objects.get(session=session, order=order)


def state(session: Session) -> list[object]:
    """Everything of the session that regrouping touches."""
    links = TaskMessage.objects.filter(task__session=session).order_by("task__order", "message__seq")
    return [
        list(links.values_list("task__order", "message__seq", "role")),
        list(Progress.objects.order_by("pk").values_list("pk", "task__order")),
        list(Preference.objects.order_by("pk").values_list("pk", "task__order")),
        list(Task.all_objects.order_by("order").values_list("order", "merged_into__order", "status", "description")),
    ]


def links(session: Session, order: int) -> list[tuple[int, str]]:
    return list(task(session, order).links.order_by("message__seq").values_list("message__seq", "role"))


def test_a_merge_moves_all_and_is_taken_back(session: Session, project: Project, author: Author) -> None:
    third = make_task(session, "Login, once more")
    merge_tasks(third, task(session, 1), author=author, act=uuid.uuid4())
    before = state(session)
    merge_tasks(task(session, 1), task(session, 2), author=author, act=ACT, reason="One request")
    assert [seq for seq, _ in links(session, 2)] == [1, 2, 3, 4, 5, 6]
    assert links(session, 1) == []
    assert Progress.objects.filter(task__order=2).count() == 4
    assert task(session, 3).merged_into == task(session, 2)
    lines = TaskChange.objects.filter(act=ACT).values_list("task__order", "kind", "after", "reason")
    assert list(lines) == [
        (1, "merged", "into T2", "One request"),
        (2, "merged", "with T1 Fix the login", "One request"),
    ]
    assert undo(project, ACT, author=author) == Undone(2, 0)
    assert state(session) == before
    assert TaskChange.objects.standing().filter(act=ACT).count() == 0
    assert undo(project, ACT, author=author).tasks == 0


def test_a_split_makes_a_task_of_some_messages_and_is_taken_back(
    session: Session, project: Project, author: Author
) -> None:
    before = state(session)
    new = split_task(task(session, 1), seqs=[3, 4], description=" Explain it ", author=author, act=ACT)
    assert (new.order, new.description, new.status) == (3, "Explain it", "success")
    assert new.created_at == session.messages.get(seq=3).created_at
    assert links(session, 1) == [(1, "request"), (2, "work")]
    assert links(session, 3) == [(3, "request"), (4, "work")]
    assert links(session, 2)[0] == (4, "work")
    assert [step.text for step in new.progresses.all()] == ["Step [3, 4]"]
    assert [wish.statement for wish in new.preferences.all()] == ["Short"]
    link(new, 6)
    assert undo(project, ACT, author=author) == Undone(2, 0)
    # What came to the new task since goes along; all else is as it was.
    assert links(session, 1)[-1] == (6, "work")
    task(session, 1).links.filter(message__seq=6).delete()
    assert state(session)[:3] == before[:3]
    assert task(session, 3).merged_into == task(session, 1)


def test_moved_messages_go_back_with_what_rests_on_them(session: Session, project: Project, author: Author) -> None:
    before = state(session)
    move_messages(task(session, 1), task(session, 2), seqs=[1, 3, 4], author=author, act=ACT)
    assert links(session, 1) == [(2, "request")]
    assert links(session, 2) == [(1, "request"), (3, "work"), (4, "work"), (5, "work"), (6, "work")]
    assert undo(project, ACT, author=author) == Undone(2, 0)
    assert state(session) == before


def test_messages_that_went_on_are_not_pulled_back(session: Session, project: Project, author: Author) -> None:
    third = make_task(session, "Third")
    move_messages(task(session, 1), task(session, 2), seqs=[3], author=author, act=ACT)
    on = uuid.uuid4()
    move_messages(task(session, 2), third, seqs=[3], author=author, act=on)
    assert undo(project, ACT, author=author) == Undone(0, 2)
    undo(project, on, author=author)
    assert undo(project, ACT, author=author) == Undone(2, 0)
    assert links(session, 1)[2] == (3, "work")


def test_a_merge_into_what_was_merged_on_is_not_taken_back_alone(
    session: Session, project: Project, author: Author
) -> None:
    third = make_task(session, "Third")
    merge_tasks(task(session, 1), task(session, 2), author=author, act=ACT)
    on = uuid.uuid4()
    merge_tasks(task(session, 2), third, author=author, act=on)
    assert undo(project, ACT, author=author) == Undone(0, 2)
    undo(project, on, author=author)
    assert undo(project, ACT, author=author) == Undone(2, 0)


@pytest.mark.parametrize(
    ("seqs", "error"), [([], BadRequest), ([1, 2, 3, 4], BadRequest), ([5], Conflict), ([1, 99], Conflict)]
)
def test_only_some_of_a_tasks_own_messages_can_leave_it(
    session: Session, author: Author, seqs: list[int], error: type[Exception]
) -> None:
    before = state(session)
    with pytest.raises(error):
        split_task(task(session, 1), seqs=seqs, description="New", author=author, act=ACT)
    with pytest.raises(error):
        move_messages(task(session, 1), task(session, 2), seqs=seqs, author=author, act=ACT)
    assert state(session) == before


def test_what_cannot_be_merged(session: Session, project: Project, author: Author) -> None:
    first, second = task(session, 1), task(session, 2)
    elsewhere = make_task(make_session(project))
    for into in (first, elsewhere):
        with pytest.raises(BadRequest):
            merge_tasks(first, into, author=author, act=ACT)
    merge_tasks(first, second, author=author, act=ACT)
    with pytest.raises(NotFound):
        merge_tasks(first, second, author=author, act=ACT)
    with pytest.raises(NotFound):
        move_messages(second, first, seqs=[5], author=author, act=ACT)
    with pytest.raises(BadRequest):
        split_task(second, seqs=[5], description=" ", author=author, act=ACT)
