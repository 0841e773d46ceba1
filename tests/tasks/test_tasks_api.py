"""Tasks across sessions: found, shown with evidence and history, corrected, waited for; preferences of a user."""

import threading
import uuid
from datetime import timedelta

import httpx
import pytest
from django.db import connections
from django.utils import timezone

from sessions.models import Project, Session
from tasks.corrections import correct_task
from tasks.extraction.queue import claim_due
from tasks.extraction.run import extract
from tasks.models import Task
from tests.factories import PHONES, make_message, make_session, make_task, store
from tests.fakes import ScriptedLLM
from tests.tasks.answers import PHONE_TASKS


@pytest.fixture
def session(project: Project, llm: ScriptedLLM) -> Session:
    """A session whose two tasks were extracted."""
    session = make_session(project, user="anna")
    store(session, *PHONES)
    llm.will_answer(PHONE_TASKS)
    for lease in claim_due(now=timezone.now() + timedelta(hours=1)):
        extract(lease)
    return session


def test_one_task_names_the_messages_each_claim_rests_on(api: httpx.Client, session: Session) -> None:
    task = Task.objects.get(order=1)
    ids = dict(session.messages.values_list("seq", "id"))
    data = api.get(f"/task/{task.pk}").json()["data"]
    assert data["progresses"] == [
        {"text": "Listed the A16 chip and the 48MP camera", "evidence": [{"message_id": str(ids[2]), "seq": 2}]}
    ]
    assert [(link["seq"], link["role"]) for link in data["messages"]] == [(1, "request"), (2, "work")]
    assert [(line["kind"], line["after"], line["by"]) for line in data["history"]] == [
        ("created", task.description, "extraction"),
        ("status", "success", "extraction"),
    ]
    assert data["history"][1]["evidence"] == [{"message_id": str(ids[seq]), "seq": seq} for seq in (1, 2)]


def test_the_tasks_of_one_run_are_listed_in_their_order(api: httpx.Client, session: Session) -> None:
    oldest_first = api.get("/task", params={"time_desc": "false"}).json()["data"]["items"]
    assert [item["order"] for item in oldest_first] == [1, 2]


def test_a_correction_is_recorded_and_stands(api: httpx.Client, session: Session, llm: ScriptedLLM) -> None:
    task = Task.objects.get(order=1)
    answer = api.patch(f"/task/{task.pk}", json={"status": "failed", "reason": "Wrong phone"})
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert (data["status"], data["status_reason"], data["status_basis"]) == ("failed", "Wrong phone", None)
    last = data["history"][-1]
    assert (last["before"], last["after"], last["by"]) == ("success", "failed", "API key test")
    make_message(session, "Thanks")
    llm.will_answer(
        {**PHONE_TASKS, "tasks": [{**PHONE_TASKS["tasks"][0], "task": "T1", "messages": [5]}], "preferences": []}
    )
    for lease in claim_due(now=timezone.now() + timedelta(hours=1)):
        extract(lease)
    task.refresh_from_db()
    assert task.status == "failed"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"status": "done"},
        {"description": ""},
        {"description": "x" * 500},
        {"description": "a\0"},
        {"order": 7},
        {"status": 1},
        [],
    ],
)
def test_a_bad_correction_is_refused(api: httpx.Client, project: Project, body: object) -> None:
    task = make_task(make_session(project))
    assert api.patch(f"/task/{task.pk}", json=body).status_code == 400
    assert task.changes.count() == 0


def test_foreign_and_missing_tasks_are_not_found(api: httpx.Client, other_api: httpx.Client, project: Project) -> None:
    task = make_task(make_session(project))
    assert other_api.get(f"/task/{task.pk}").status_code == 404
    assert other_api.patch(f"/task/{task.pk}", json={"status": "failed"}).status_code == 404
    assert other_api.get("/task").json()["data"]["items"] == []
    assert other_api.get("/preference").json()["data"]["items"] == []
    assert api.get(f"/task/{uuid.uuid4()}").status_code == 404
    assert api.get("/task/nope").status_code == 400


def test_tasks_are_found_by_each_filter(api: httpx.Client, project: Project) -> None:
    anna, ben = make_session(project, user="anna/1"), make_session(project, user="ben")
    old = timezone.now() - timedelta(days=3)
    make_task(anna, "Fix the login", status="failed")
    make_task(anna, "Write 中文 docs", status="success", created_at=old)
    make_task(ben, "Fix the logout", status="failed")

    def found(**params: object) -> list[str]:
        answer = api.get("/task", params=params)
        assert answer.status_code == 200, answer.text
        return [item["data"]["task_description"] for item in answer.json()["data"]["items"]]

    assert found() == ["Fix the logout", "Fix the login", "Write 中文 docs"]
    assert found(time_desc="false")[0] == "Write 中文 docs"
    assert found(status="failed") == ["Fix the logout", "Fix the login"]
    assert found(user="anna/1", status="failed") == ["Fix the login"]
    assert found(status=["failed", "success"], user="anna/1") == ["Fix the login", "Write 中文 docs"]
    assert found(q="中文") == ["Write 中文 docs"]
    assert found(q="100%") == []
    assert found(session_id=ben.pk) == ["Fix the logout"]
    day_ago = (timezone.now() - timedelta(days=1)).isoformat()
    assert found(until=day_ago) == ["Write 中文 docs"]
    assert found(since=day_ago) == ["Fix the logout", "Fix the login"]
    assert found(user="nobody") == []


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"basis": "confirmed"}, ["Confirmed"]),
        ({"basis": "none"}, ["Waiting", "Corrected"]),
        ({"risk": "any"}, ["Risky"]),
        ({"risk": "not_done"}, []),
        ({"situation": "waiting"}, ["Waiting"]),
        ({"corrected": "true"}, ["Corrected"]),
    ],
)
def test_what_the_page_filters_by_the_api_filters_by(
    api: httpx.Client, project: Project, params: dict[str, str], expected: list[str]
) -> None:
    session = make_session(project)
    correct_task(make_task(session, "Corrected", status="success", basis="shown"), status="failed")
    make_task(session, "Confirmed", status="success", basis="confirmed")
    make_task(session, "Risky", status="success", basis="claimed", risk="not_run")
    make_task(session, "Waiting", status="running", situation="waiting")
    items = api.get("/task", params=params).json()["data"]["items"]
    assert [item["data"]["task_description"] for item in items] == expected


@pytest.mark.parametrize(
    "query",
    [
        "status=x",
        "status=failed&status=x",
        "basis=sure",
        "risk=high",
        "since=yesterday",
        "since=2026-01-01T00:00:00",
        "limit=0",
        "cursor=x",
        "session_id=x",
        "q=%00",
        "user=%00",
    ],
)
def test_bad_filters_are_a_400(api: httpx.Client, query: str) -> None:
    assert api.get(f"/task?{query}").status_code == 400


def test_paging_shows_every_task_once_with_constant_queries(
    api: httpx.Client, project: Project, django_assert_num_queries
) -> None:
    session = make_session(project)
    for number in range(5):
        make_task(session, f"Task {number}")
    api.get("/task")
    seen, cursor = [], None
    while not seen or cursor:
        with django_assert_num_queries(4):
            data = api.get("/task", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()["data"]
        seen += [item["order"] for item in data["items"]]
        cursor = data.get("next_cursor")
    assert seen == [5, 4, 3, 2, 1]


def test_the_preferences_of_a_user(api: httpx.Client, session: Session) -> None:
    items = api.get("/preference", params={"user": "anna"}).json()["data"]["items"]
    assert [(item["statement"], item["user"], item["evidence"]) for item in items] == [
        ("The user wants comparisons as tables", "anna", [3])
    ]
    assert api.get("/preference", params={"user": "ben"}).json()["data"]["items"] == []
    assert api.get("/preference", params={"status": "withdrawn"}).json()["data"]["items"] == []


def test_waiting_ends_at_the_time_given(api: httpx.Client, project: Project) -> None:
    session = make_session(project)
    make_message(session)
    assert api.get(f"/session/{session.pk}/task", params={"wait": 0.05}).json()["data"]["items"] == []
    assert api.get(f"/session/{session.pk}/task", params={"wait": 26}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_waiting_ends_when_the_tasks_are_there(api: httpx.Client, project: Project) -> None:
    session = make_session(project)
    store(session, *PHONES)

    def work() -> None:
        for lease in claim_due(now=timezone.now() + timedelta(hours=1)):
            extract(lease)
        connections.close_all()

    worker = threading.Timer(0.2, work)
    worker.start()
    items = api.get(f"/session/{session.pk}/task", params={"wait": 20}).json()["data"]["items"]
    worker.join()
    assert [item["order"] for item in items] == [1, 2]
