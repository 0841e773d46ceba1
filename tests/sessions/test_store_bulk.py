"""Many messages in one request: all or none, in their order."""

import httpx
import pytest

from sessions.models import Message, Project, Session
from tests.factories import PHONES, make_message, make_session


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project)


def send(api: httpx.Client, session: Session, messages: object) -> httpx.Response:
    return api.post(f"/session/{session.pk}/messages/bulk", json={"messages": messages})


def test_many_are_stored_behind_what_is_there(api: httpx.Client, session: Session) -> None:
    first = make_message(session)
    answer = send(api, session, [{"blob": blob, "meta": {"n": n}} for n, blob in enumerate(PHONES)])
    assert answer.status_code == 201
    items = answer.json()["data"]["items"]
    assert [item["meta"] for item in items] == [{"n": n} for n in range(4)]
    ids = [str(first.id), *(item["id"] for item in items)]
    assert [item["parent_id"] for item in items] == ids[:-1]
    assert [str(pk) for pk in session.messages.order_by("seq").values_list("pk", flat=True)] == ids
    session.refresh_from_db()
    assert (session.head_seq, session.turn_ended, str(session.last_message_id)) == (5, True, ids[-1])
    make_message(session)
    assert str(session.messages.get(seq=6).parent_id) == ids[-1]


def test_each_text_is_kept_as_it_is(api: httpx.Client, session: Session) -> None:
    blobs = [{"role": "user", "content": text} for text in ("nul \0", "{a,b}", '"', "\\", "NULL", "", "中文")]
    blobs.append({"role": "user", "content": [{"type": "hologram"}]})
    assert send(api, session, [{"blob": blob} for blob in blobs]).status_code == 201
    assert api.get(f"/session/{session.pk}/messages").json()["data"]["items"] == blobs


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([], "messages: there must be 1 to 1000"),
        ([{"blob": PHONES[0]}] * 1001, "there are 1001"),
        ([{"blob": PHONES[0]}, {"blob": 7}], "messages[1].blob: must be an object"),
        ([{"blob": PHONES[0]}, {"blob": {"role": "user"}}], "messages[1]: failed to normalize openai message: content"),
        ([{"blob": PHONES[0]}, {"blob": PHONES[0], "format": "x"}], "messages[1]: unknown format"),
        ([{"blob": PHONES[0]}, {"blob": PHONES[0], "meta": {"a": "\0"}}], "messages[1].meta: must not contain NUL"),
        ("x", "parameter error"),
        (None, "parameter error"),
    ],
)
def test_one_bad_message_refuses_all(api: httpx.Client, session: Session, messages: object, said: str) -> None:
    answer = send(api, session, messages)
    assert answer.status_code == 400
    assert said in answer.json()["msg"]
    session.refresh_from_db()
    assert (Message.objects.count(), session.head_seq) == (0, 0)


def test_access(api: httpx.Client, other_api: httpx.Client, session: Session) -> None:
    assert send(other_api, session, [{"blob": PHONES[0]}]).status_code == 404
    del api.headers["Authorization"]
    assert send(api, session, [{"blob": PHONES[0]}]).status_code == 401
    assert Message.objects.count() == 0


def test_a_session_without_tracking(api: httpx.Client, project: Project) -> None:
    session = make_session(project, disable_task_tracking=True)
    items = send(api, session, [{"blob": blob} for blob in PHONES]).json()["data"]["items"]
    assert {item["session_task_process_status"] for item in items} == {"disable_tracking"}
    session.refresh_from_db()
    assert (session.cursor_seq, session.pending_since) == (4, None)
