"""What one run reads: where a window ends, and that nothing is fetched which it has no room for."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sessions.models import Message, Project, Session
from sessions.models.fields import PartsField
from sessions.parts import Part
from tasks.extraction.queue import claim_due
from tasks.extraction.reading import cut, fitting, read_window
from tasks.extraction.run import extract, extract_window
from tasks.extraction.window import WindowMessage
from tasks.models import ExtractionRun, Preference, Progress, TaskChange, TaskMessage
from tests.factories import make_message, make_session, make_task, store


def talk(script: str) -> list[WindowMessage]:
    """Make messages: u the user, a an answer, cX calls X, CXY calls X and Y in one message, rX the result of X.

    A result of "-" does not say which call it answers.
    """
    messages = []
    for seq, word in enumerate(script.split(), start=1):
        kind, names = word[0], word[1:]
        calls = tuple(Part("tool-call", meta={"id": name, "name": "run"}) for name in names)
        results = tuple(
            Part("tool-result", text="ok", meta={} if name == "-" else {"tool_call_id": name}) for name in names
        )
        parts = {"u": (Part("text", "Do it"),), "a": (Part("text", "Done"),), "c": calls, "r": results}[kind]
        messages.append(WindowMessage(seq, "assistant" if kind in "ac" else "user", parts))
    return messages


@pytest.mark.parametrize(
    ("script", "end", "is_mid_turn", "taken"),
    [
        ("u a", 9, False, 2),
        ("u c1", 9, False, 2),
        # Room for all, but the agent goes on: its open call waits for its result.
        ("u c1 r1 c2", 9, True, 3),
        ("u c1 r1", 9, True, 3),
        ("u cAB rA", 9, True, 1),
        ("u cA cB rA", 9, True, 1),
        ("u cA cB rA rB cC", 9, True, 5),
        # The limit falls inside of a call, of calls in a row, of their results.
        ("u c1 r1 c2 r2 a", 4, False, 3),
        ("u c1 r1 c2 r2 a", 5, False, 5),
        ("u a u cABC rA rB rC a", 6, False, 3),
        ("u c0 r0 cABC rA rB rC a", 6, False, 3),
        ("u cA cB cC rC rA rB a", 5, False, 1),
        # Results without an id answer in order; an unknown id answers nothing, and still follows its call.
        ("u cAB r- r- a", 3, False, 1),
        ("u cAB r- r- a", 4, False, 4),
        ("u cA rX a", 2, False, 1),
        # Results that never came.
        ("u cA u cB rB a u", 4, False, 3),
        ("u cA a u cB", 3, False, 3),
        # Nothing but calls: they are parted, for they must be read some day.
        ("cABCDE rA rB rC rD rE", 4, False, 4),
        ("cA", 9, True, 1),
        # The end of a turn, if it is had with half of the window or more.
        ("u a u a u c1 r1 c2 r2", 7, False, 4),
        ("u a u a u c1 r1", 9, True, 4),
        ("u a u c1 r1 c2 r2 c3 r3 a", 9, False, 9),
        ("u a u a u a u", 6, False, 6),
        ("u a u a u", 9, True, 4),
        ("u a a a u a", 4, False, 4),
    ],
)
def test_where_a_window_ends(script: str, end: int, is_mid_turn: bool, taken: int) -> None:
    messages = talk(script)
    assert cut(messages[: end + 1], end=end, is_mid_turn=is_mid_turn) == messages[:taken]


@pytest.mark.parametrize(
    ("sizes", "most", "tokens", "fit"),
    [
        ([400] * 10, 4, 10_000, 4),
        ([400] * 10, 64, 350, 3),
        ([400] * 3, 64, 10_000, 3),
        ([1_000_000, 4], 64, 100, 1),
        ([4, 1_000_000], 64, 100, 1),
        ([4, 8], 1, 100, 1),
    ],
)
def test_how_many_fit(sizes: list[int], most: int, tokens: int, fit: int) -> None:
    assert fitting(sizes, most=most, tokens=tokens) == fit


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project)


def fill(session: Session, count: int, text: str) -> None:
    """Write many large messages straight into the table."""
    now = timezone.now()
    parts = [Part("text", text)]
    Message.objects.bulk_create(
        (
            Message(session=session, seq=seq, role="user", format="openai", parts=parts, created_at=now, updated_at=now)
            for seq in range(1, count + 1)
        ),
        batch_size=50,
    )
    Session.objects.filter(pk=session.pk).update(head_seq=count, pending_since=now, last_message_at=now)
    session.refresh_from_db()


def bytes_fetched(session: Session) -> int:
    """Read a window and add up what of the messages' parts came from the database."""
    fetched: list[int] = []
    decode = PartsField.from_db_value

    def counting(field, value, expression, connection):
        parts = decode(field, value, expression, connection)
        fetched.append(sum(len(part.text or "") for part in parts))
        return parts

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PartsField, "from_db_value", counting)
        assert read_window(session)
    return sum(fetched)


@pytest.mark.django_db
def test_a_session_of_large_messages_is_read_piece_by_piece(session: Session) -> None:
    fill(session, 200, "x" * 300_000)
    # The one that is read and the one that tells where it ends.
    assert bytes_fetched(session) == 600_000
    Session.objects.filter(pk=session.pk).update(cursor_seq=100)
    session.refresh_from_db()
    # No context: the message before would not fit.
    assert bytes_fetched(session) == 600_000


@pytest.mark.django_db
def test_a_session_of_many_messages_is_read_window_by_window(session: Session) -> None:
    fill(session, 5_000, "x" * 100)
    Session.objects.filter(pk=session.pk).update(cursor_seq=1_000)
    session.refresh_from_db()
    assert bytes_fetched(session) == (64 + 1 + 6) * 100
    window = read_window(session)
    assert (window.first_seq, window.last_seq) == (1_001, 1_064)
    assert [message.seq for message in window.context] == [995, 996, 997, 998, 999, 1_000]


@pytest.mark.django_db
def test_a_project_says_how_much_is_read(session: Session, project: Project) -> None:
    project.configs = {
        "project_session_message_buffer_max_turns": 3,
        "project_session_message_buffer_max_overflow": 1,
        "project_session_message_use_previous_messages_turns": 2,
        "default_task_agent_max_iterations": 2,
        "default_task_agent_previous_progress_num": 1,
    }
    project.save()
    task = make_task(session)
    Progress.objects.bulk_create(Progress(task=task, text=text) for text in ("first", "second"))
    fill(session, 20, "Hello")
    Session.objects.filter(pk=session.pk).update(cursor_seq=10)
    window = read_window(Session.objects.get(pk=session.pk))
    assert [message.seq for message in window.messages] == [11, 12, 13, 14]
    assert [message.seq for message in window.context] == [9, 10]
    assert (window.calls, window.tasks[0].progresses) == (2, ("second",))


@pytest.mark.django_db
def test_the_ledger_of_three_hundred_tasks(session: Session) -> None:
    stored = store(session, *[{"role": "user", "content": f"m{n}"} for n in range(6)])
    messages = list(session.messages.order_by("seq"))
    assert stored.seq == 6
    tasks = [make_task(session, f"Task {n}", status="success" if n < 290 else "running") for n in range(300)]
    for task in tasks[280:]:
        TaskMessage.objects.create(task=task, message=messages[2], role="request")
        TaskMessage.objects.bulk_create(TaskMessage(task=task, message=message) for message in messages[3:5])
        Progress.objects.bulk_create(Progress(task=task, text=f"step {n}") for n in range(10))
    TaskChange.objects.create(task=tasks[299], kind="status", after="running", is_correction=True)
    session.refresh_from_db()
    with CaptureQueriesContext(connection) as few:
        window = read_window(session)
    assert [task.handle for task in window.tasks] == [f"T{n}" for n in range(241, 301)]
    assert window.tasks_left_out == 240
    last = window.tasks[-1]
    assert (last.request_seq, last.last_seq, last.is_corrected) == (3, 5, True)
    assert last.progresses == ("step 4", "step 5", "step 6", "step 7", "step 8", "step 9")
    assert (window.tasks[0].request_seq, window.tasks[0].progresses) == (0, ())
    assert len(few) <= 9


@pytest.mark.django_db
def test_open_tasks_are_known_however_old(session: Session) -> None:
    make_task(session, "An old one", status="running")
    for number in range(60):
        make_task(session, f"Finished {number}", status="success")
    make_message(session)
    session.refresh_from_db()
    window = read_window(session)
    assert [task.handle for task in window.tasks] == ["T1", *(f"T{n}" for n in range(12, 62))]
    assert window.tasks_left_out == 10


@pytest.mark.django_db
def test_the_latest_preferences_are_known(session: Session, project: Project) -> None:
    wishes = [Preference(project=project, session=session, statement=f"Wish {n}") for n in range(70)]
    Preference.objects.bulk_create(wishes)
    make_message(session)
    session.refresh_from_db()
    known = [wish.statement for wish in read_window(session).preferences]
    assert known == [f"Wish {n}" for n in range(20, 70)]


@pytest.mark.django_db
def test_a_full_buffer_leaves_the_turn_that_goes_on_for_later(session: Session) -> None:
    for number in range(10):
        make_message(session, f"Question {number}")
        make_message(session, f"Answer {number}", role="assistant")
    make_message(session, "Run it")
    for number in range(2):
        call = {"id": f"c{number}", "type": "function", "function": {"name": "run", "arguments": "{}"}}
        store(session, {"role": "assistant", "tool_calls": [call]})
        store(session, {"role": "tool", "tool_call_id": f"c{number}", "content": "ok"})
    call = {"id": "last", "type": "function", "function": {"name": "run", "arguments": "{}"}}
    store(session, {"role": "assistant", "tool_calls": [call]})
    (lease,) = claim_due(now=timezone.now())
    extract(lease)
    session.refresh_from_db()
    run = ExtractionRun.objects.get()
    assert (run.trigger, run.from_seq, run.to_seq) == ("full", 1, 20)
    assert session.pending_since == session.messages.get(seq=21).created_at
    assert claim_due(now=timezone.now()) == []
    (lease,) = claim_due(now=timezone.now() + timedelta(seconds=21))
    extract(lease)
    assert list(ExtractionRun.objects.order_by("from_seq").values_list("to_seq", flat=True)) == [20, 26]


@pytest.mark.django_db
def test_what_was_read_is_taken_off_what_waits(session: Session) -> None:
    for number in range(30):
        make_message(session, f'Message {number} with a few words in it, and "quotes" too')
    session.refresh_from_db()
    each = session.pending_tokens // 30
    Session.objects.filter(pk=session.pk).update(window_limit=10)
    (lease,) = claim_due(now=timezone.now() + timedelta(seconds=60), limit=1)
    extract_window(lease)
    session.refresh_from_db()
    assert abs(session.pending_tokens - 20 * each) <= 30
