"""Copying a session: everything comes along, in its order and with its times, and the source stays as it was."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.db import connections
from django.db.models import Model
from django.utils import timezone

from sessions import copying
from sessions.models import Asset, AssetUse, Message, Project, Session, SessionEvent
from tasks.models import ExtractionRun, Preference, Progress, Task, TaskChange, TaskMessage
from tests.factories import make_message, make_session, make_task, store

NEW_IN_A_COPY = {"id", "session_id", "parent_id", "task_id", "message_id", "replaced_by_id"}


def copy(api: httpx.Client, session: Session) -> Session:
    answer = api.post(f"/session/{session.pk}/copy")
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert data["old_session_id"] == str(session.pk)
    return Session.objects.get(pk=data["new_session_id"])


def rows(model: type[Model], order: str, **of: Any) -> list[dict[str, Any]]:
    """All columns of rows, but for those that are new in a copy."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname not in NEW_IN_A_COPY]
    return list(model.objects.filter(**of).order_by(order).values(*names))  # type: ignore[attr-defined]


@pytest.fixture
def session(project: Project) -> Session:
    """A talk of twelve messages, eight of them extracted, with everything that can be said of it."""
    session = make_session(project, user="anna", configs={"a": 1})
    for number in range(12):
        odd = {"x_unknown": [number, "\0"]} if number % 3 else {}
        make_message(session, f"m{number}", "assistant" if number % 2 else "user", **odd)
    Message.objects.filter(seq=3).update(meta={"mine": 1}, token_count=7, extraction="failed", extraction_error="odd")
    session.refresh_from_db()
    session.cursor_seq, session.pending_since, session.pending_tokens = 8, timezone.now() - timedelta(seconds=5), 40
    session.lease_token, session.lease_until, session.lease_to_seq = uuid.uuid4(), timezone.now() + timedelta(60), 12
    session.attempts, session.extraction_error, session.flush_seq = 2, "the LLM is away", 12
    session.save()
    for text in ("first", "second"):
        SessionEvent.objects.create(session=session, type="text_event", data={"text": text, "nul": "\0"})
    return session


@pytest.fixture
def tasks(session: Session) -> list[Task]:
    run = ExtractionRun.objects.create(
        project_id=session.project_id,
        session=session,
        from_seq=1,
        to_seq=8,
        trigger="flush",
        extractor="offline",
        status="ok",
    )
    long_ago = timezone.now() - timedelta(days=3)
    tasks = [
        make_task(session, f"task {n}", status="running", basis="claimed", evidence=[n], created_at=long_ago)
        for n in range(3)
    ]
    messages = list(session.messages.order_by("seq"))
    for number, task in enumerate(tasks):
        for message in messages[number : number + 3]:
            TaskMessage.objects.create(task=task, message=message, role="request")
        for text in ("step one", "step two"):
            Progress.objects.create(task=task, text=text, evidence=[number], run=run, created_at=long_ago)
            TaskChange.objects.create(task=task, kind="status", after=text, reason="said so", run=run)
    said = {"project_id": session.project_id, "session": session, "end_user_id": session.end_user_id, "run": run}
    newer = Preference.objects.create(**said, statement="Tables", task=tasks[1])
    Preference.objects.create(**said, statement="Lists", status="replaced", replaced_by=newer, task=tasks[0])
    Preference.objects.create(**said, statement="Before any request")
    return tasks


def test_the_conversation_is_the_same(api: httpx.Client, session: Session) -> None:
    copied = copy(api, session)
    assert (copied.end_user_id, copied.configs, copied.title) == (session.end_user_id, {"a": 1}, "m0")
    assert rows(Message, "seq", session=copied) == rows(Message, "seq", session=session)
    assert rows(SessionEvent, "created_at", session=copied) == rows(SessionEvent, "created_at", session=session)
    for kind in ("openai", "acontext"):
        theirs, ours = (
            api.get(f"/session/{pk}/messages", params={"format": kind}).json()["data"] for pk in (session.pk, copied.pk)
        )
        assert [item.get("content") for item in ours["items"]] == [item.get("content") for item in theirs["items"]]
        assert ours["this_time_tokens"] == theirs["this_time_tokens"]
        assert set(ours["ids"]).isdisjoint(theirs["ids"])
    assert [item["parent_id"] for item in ours["items"]] == [None, *ours["ids"][:-1]]
    assert {uuid.UUID(each).version for each in ours["ids"]} == {4}


def test_what_waits_in_the_source_waits_in_the_copy(api: httpx.Client, session: Session) -> None:
    copied = copy(api, session)
    assert (copied.head_seq, copied.cursor_seq, copied.waiting_messages) == (12, 8, 4)
    assert (copied.pending_since, copied.pending_tokens) == (session.pending_since, 40)
    assert (copied.lease_token, copied.attempts, copied.extraction_error, copied.flush_seq) == (None, 0, "", 0)
    items = api.get(f"/session/{copied.pk}/messages", params={"format": "acontext"}).json()["data"]["items"]
    states = [item["session_task_process_status"] for item in items]
    assert states == ["success"] * 2 + ["failed"] + ["success"] * 5 + ["pending"] * 4


def test_a_copy_goes_on_by_itself(api: httpx.Client, session: Session) -> None:
    copied = copy(api, session)
    last = copied.messages.get(seq=12)
    assert copied.last_message_id == last.pk
    stored = make_message(copied, "thirteen")
    assert (stored.seq, stored.parent_id) == (13, last.pk)
    assert session.messages.count() == 12
    api.delete(f"/session/{session.pk}")
    assert copied.messages.count() == 13


def test_tracking_that_is_off_stays_off(api: httpx.Client, project: Project) -> None:
    session = make_session(project, disable_task_tracking=True)
    make_message(session)
    copied = copy(api, session)
    assert copied.disable_task_tracking
    assert copied.messages.get().extraction == "disable_tracking"
    status = api.get(f"/session/{copied.pk}/observing_status").json()["data"]
    assert (status["pending"], status["in_process"]) == (0, 0)


def test_tasks_come_along(api: httpx.Client, session: Session, tasks: list[Task]) -> None:
    copied = copy(api, session)
    theirs, ours = (api.get(f"/session/{pk}/task").json()["data"]["items"] for pk in (session.pk, copied.pk))
    own = {"id": "", "session_id": ""}
    assert [task | own for task in ours] == [task | own for task in theirs]
    assert ours[1]["data"]["user_preferences"] == ["Tables"]
    assert rows(Task, "order", session=copied) == rows(Task, "order", session=session)
    for model in (Progress, TaskChange):
        assert rows(model, "id", task__session=copied) == rows(model, "id", task__session=session)
    assert rows(Preference, "id", session=copied) == rows(Preference, "id", session=session)
    assert ExtractionRun.objects.count() == 1


def test_links_lead_to_rows_of_the_copy(api: httpx.Client, session: Session, tasks: list[Task]) -> None:
    copied = copy(api, session)

    def links(of: Session) -> list[tuple[int, int, str]]:
        found = TaskMessage.objects.filter(task__session=of, message__session=of)
        return sorted(found.values_list("task__order", "message__seq", "role"))

    assert links(copied) == links(session)
    assert len(links(copied)) == 9
    replaced = Preference.objects.get(session=copied, status="replaced")
    assert (replaced.replaced_by.session_id, replaced.replaced_by.statement) == (copied.pk, "Tables")
    assert (replaced.task.session_id, replaced.task.order) == (copied.pk, 1)
    assert Preference.objects.get(session=copied, statement="Before any request").task is None


def test_files_have_one_more_use(api: httpx.Client, session: Session) -> None:
    asset = Asset.objects.create(project_id=session.project_id, sha256="0" * 64, mime="image/png", size_b=1, name="x")
    AssetUse.objects.create(message=session.messages.get(seq=2), asset=asset)
    copied = copy(api, session)
    api.delete(f"/session/{session.pk}")
    assert AssetUse.objects.get(asset=asset).message == copied.messages.get(seq=2)


def test_an_empty_session(api: httpx.Client, project: Project) -> None:
    copied = copy(api, make_session(project))
    assert (copied.head_seq, copied.last_message_id, copied.configs, copied.end_user_id) == (0, None, None, None)


def test_the_number_of_statements_does_not_grow(
    api: httpx.Client, session: Session, tasks: list[Task], django_assert_max_num_queries: Callable
) -> None:
    copy(api, session)
    for _ in range(2):
        with django_assert_max_num_queries(15):
            assert api.post(f"/session/{session.pk}/copy").status_code == 200
        store(session, *({"role": "user", "content": "more"} for _ in range(20)))


def test_five_thousand_messages_are_the_most(api: httpx.Client, project: Project, monkeypatch: Any) -> None:
    monkeypatch.setattr(copying, "MOST_MESSAGES", 2)
    session = make_session(project)
    for _ in range(2):
        make_message(session)
    copy(api, session)
    make_message(session)
    answer = api.post(f"/session/{session.pk}/copy")
    assert (answer.status_code, answer.json()) == (413, {"code": 413, "msg": "SESSION_TOO_LARGE"})
    assert Session.objects.count() == 2


@pytest.mark.parametrize(
    ("wanted", "status", "said"),
    [("x", 400, "INVALID_SESSION_ID"), ("00000000-0000-0000-0000-000000000000", 404, "SESSION_NOT_FOUND")],
)
def test_nothing_to_copy(api: httpx.Client, wanted: str, status: int, said: str) -> None:
    answer = api.post(f"/session/{wanted}/copy", content=b"any body", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()) == (status, {"code": status, "msg": said})


def test_another_projects_session_is_not_found(other_api: httpx.Client, session: Session) -> None:
    answer = other_api.post(f"/session/{session.pk}/copy")
    assert (answer.status_code, answer.json()["msg"]) == (404, "SESSION_NOT_FOUND")
    assert Session.objects.count() == 1


def test_a_copy_is_whole_or_not_at_all(
    api: httpx.Client, session: Session, tasks: list[Task], monkeypatch: Any
) -> None:
    monkeypatch.setattr("tasks.copying.PREFERENCES", "JOIN nowhere")
    assert api.post(f"/session/{session.pk}/copy").status_code == 500
    assert (Session.objects.count(), Message.objects.count(), Task.objects.count()) == (1, 12, 3)


@pytest.mark.django_db(transaction=True)
def test_copies_made_while_messages_arrive_are_of_one_moment(api: httpx.Client, project: Project) -> None:
    session = make_session(project)
    done = threading.Event()

    def write() -> None:
        try:
            while not done.is_set():
                make_message(session)
        finally:
            connections.close_all()

    def read(_: int) -> str:
        try:
            return api.post(f"/session/{session.pk}/copy").json()["data"]["new_session_id"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        writing = pool.submit(write)
        copies = list(pool.map(read, range(8)))
        done.set()
        writing.result()
    for copied in Session.objects.filter(pk__in=copies):
        messages = list(copied.messages.order_by("seq"))
        assert [message.seq for message in messages] == list(range(1, copied.head_seq + 1))
        assert [message.parent_id for message in messages] == [None, *(m.pk for m in messages[:-1])][: len(messages)]
        assert copied.last_message_id == (messages[-1].pk if messages else None)
