"""An agent merges, splits and moves over the API; what it may not is refused and changes nothing."""

import uuid

import httpx
import pytest

from sessions.models import Project, Session
from tasks.models import Task, TaskChange
from tests.factories import make_message, make_session, make_task
from tests.pages.test_session_page import link


@pytest.fixture
def session(project: Project) -> Session:
    session = make_session(project)
    for i in range(1, 5):
        make_message(session, f"Words {i}")
    link(make_task(session, "Book a room"), 1, 2, 3)
    link(make_task(session, "Find a train"), 4)
    return session


def pk(session: Session, order: int) -> str:
    return str(session.tasks.get(order=order).pk)


def test_split_move_and_merge_are_recorded_as_the_keys(api: httpx.Client, session: Session) -> None:
    body = {"messages": [2, 3], "description": "Pay for it", "reason": "Another wish"}
    new = api.post(f"/task/{pk(session, 1)}/split", json=body).json()["data"]
    assert (new["order"], new["data"]["task_description"]) == (3, "Pay for it")
    assert [message["seq"] for message in new["messages"]] == [2, 3]
    assert (new["history"][0]["kind"], new["history"][0]["by"]) == ("split", "API key test")
    moved = api.post(f"/task/{new['id']}/move", json={"messages": [3], "into": pk(session, 2)}).json()["data"]
    assert [message["seq"] for message in moved["messages"]] == [3, 4]
    merged = api.post(f"/task/{new['id']}/merge", json={"into": pk(session, 1)}).json()["data"]
    assert [message["seq"] for message in merged["messages"]] == [1, 2]
    assert api.get(f"/task/{new['id']}").status_code == 404
    assert set(TaskChange.objects.values_list("api_key__name", "is_correction")) == {("test", True)}


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("merge", {}, 400),
        ("merge", {"into": "x"}, 400),
        ("merge", {"into": str(uuid.uuid4())}, 404),
        ("split", {"messages": [], "description": "New"}, 400),
        ("split", {"messages": [1, 2, 3], "description": "All"}, 400),
        ("split", {"messages": [2], "description": " "}, 400),
        ("split", {"messages": [2], "description": "a\0"}, 400),
        ("split", {"messages": [2**80], "description": "New"}, 409),
        ("split", {"messages": [4], "description": "Not its own"}, 409),
        ("move", {"messages": [2]}, 400),
        ("move", {"messages": ["x"], "into": str(uuid.uuid4())}, 400),
    ],
)
def test_nonsense_is_refused(
    api: httpx.Client, session: Session, name: str, body: dict[str, object], status: int
) -> None:
    assert api.post(f"/task/{pk(session, 1)}/{name}", json=body).status_code == status
    assert not TaskChange.objects.exists()


def test_another_projects_tasks_are_not_there(
    api: httpx.Client, other_api: httpx.Client, session: Session, other_project: Project
) -> None:
    theirs = make_task(make_session(other_project))
    assert api.post(f"/task/{pk(session, 1)}/merge", json={"into": str(theirs.pk)}).status_code == 404
    assert other_api.post(f"/task/{pk(session, 1)}/merge", json={"into": str(theirs.pk)}).status_code == 404
    assert (
        other_api.post(f"/task/{pk(session, 1)}/split", json={"messages": [1], "description": "x"}).status_code == 404
    )
    assert Task.all_objects.filter(merged_into=None).count() == 3
