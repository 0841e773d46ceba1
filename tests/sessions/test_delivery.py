"""What became of each message, and that its state agrees everywhere."""

from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from sessions.models import Message, Project, Session
from tests.factories import make_session, store


@pytest.fixture
def session(project: Project) -> Session:
    """Seven messages: two read, one of them in vain, two at work, three waiting."""
    session = make_session(project)
    store(session, *({"role": "user", "content": f"m{n}"} for n in range(1, 8)))
    Message.objects.filter(seq=1).update(extraction="failed", extraction_error="the answer was cut off")
    Session.objects.update(cursor_seq=2, lease_to_seq=4, lease_until=timezone.now() + timedelta(minutes=1))
    return session


def states(api: httpx.Client, session: Session, **params: object) -> list[tuple[int, str]]:
    answer = api.get(f"/session/{session.pk}/messages/status", params=params)
    assert answer.status_code == 200, answer.text
    return [(item["seq"], item["status"]) for item in answer.json()["data"]["items"]]


def test_every_message_has_its_state(api: httpx.Client, session: Session) -> None:
    assert states(api, session) == [
        (1, "failed"),
        (2, "success"),
        (3, "running"),
        (4, "running"),
        (5, "pending"),
        (6, "pending"),
        (7, "pending"),
    ]
    counts = api.get(f"/session/{session.pk}/observing_status").json()["data"]
    assert {key: counts[key] for key in ("observed", "in_process", "pending", "failed", "disabled")} == {
        "observed": 1,
        "in_process": 2,
        "pending": 3,
        "failed": 1,
        "disabled": 0,
    }


@pytest.mark.parametrize("status", ["pending", "running", "success", "failed", "disable_tracking"])
def test_the_filter_agrees_with_the_list(api: httpx.Client, session: Session, status: str) -> None:
    expected = [pair for pair in states(api, session) if pair[1] == status]
    assert states(api, session, status=status) == expected


def test_a_failed_one_says_why(api: httpx.Client, session: Session) -> None:
    items = api.get(f"/session/{session.pk}/messages/status", params={"status": "failed"}).json()["data"]["items"]
    assert [item["reason"] for item in items] == ["the answer was cut off"]


def test_paging_and_refusals(api: httpx.Client, other_api: httpx.Client, session: Session) -> None:
    path = f"/session/{session.pk}/messages/status"
    first = api.get(path, params={"limit": 4}).json()["data"]
    rest = api.get(path, params={"limit": 4, "cursor": first["next_cursor"]}).json()["data"]
    assert [item["seq"] for item in first["items"] + rest["items"]] == [1, 2, 3, 4, 5, 6, 7]
    assert api.get(path, params={"status": "lost"}).status_code == 400
    assert other_api.get(path).status_code == 404
