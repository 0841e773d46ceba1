"""A request sent again with its Idempotency-Key stores nothing again."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db import connections

from sessions.models import Message, Project, Session
from tests.factories import PHONES, make_message, make_session


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project)


def send(api: httpx.Client, session: Session, key: str, blob: object = PHONES[0]) -> httpx.Response:
    return api.post(f"/session/{session.pk}/messages", json={"blob": blob}, headers={"Idempotency-Key": key})


def test_the_second_time_gets_the_first_answer(api: httpx.Client, session: Session) -> None:
    first = send(api, session, "a")
    make_message(session)
    second = send(api, session, "a")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert Message.objects.count() == 2


def test_other_keys_and_other_sessions_store(api: httpx.Client, session: Session, project: Project) -> None:
    for target, key in ((session, "a"), (session, "b"), (make_session(project), "a")):
        assert send(api, target, key).status_code == 201
    assert Message.objects.count() == 3


def test_a_key_used_for_another_message_is_a_conflict(api: httpx.Client, session: Session) -> None:
    send(api, session, "a")
    answer = send(api, session, "a", PHONES[1])
    assert (answer.status_code, answer.json()["msg"]) == (409, "Idempotency-Key: it was used for other messages")


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_bad_key_is_refused(api: httpx.Client, session: Session, key: str) -> None:
    assert send(api, session, key).status_code == 400
    assert Message.objects.count() == 0


def test_another_project_learns_nothing(api: httpx.Client, other_api: httpx.Client, session: Session) -> None:
    send(api, session, "a")
    assert send(other_api, session, "a").status_code == 404


def test_bulk(api: httpx.Client, session: Session) -> None:
    def send_all(blobs: list) -> httpx.Response:
        body = {"messages": [{"blob": blob} for blob in blobs]}
        return api.post(f"/session/{session.pk}/messages/bulk", json=body, headers={"Idempotency-Key": "a"})

    first, second = send_all(PHONES), send_all(PHONES)
    assert first.json() == second.json()
    assert Message.objects.count() == 4
    assert send_all(PHONES[::-1]).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_store_one(api: httpx.Client, session: Session) -> None:
    def one(_: int) -> tuple[int, str]:
        try:
            answer = send(api, session, "a")
            return answer.status_code, answer.json()["data"]["id"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(one, range(8)))
    assert len(answers) == 1
    assert Message.objects.count() == 1
    session.refresh_from_db()
    assert session.head_seq == 1
