"""Extracting a session again over HTTP: asked for, looked at, applied or discarded."""

import uuid

import httpx
import pytest

from sessions.models import Project, Session
from tasks.models import Reextraction, Task
from tests.factories import PHONES, make_message, make_session, store
from tests.fakes import ScriptedLLM
from tests.tasks.rereading import ONE_TASK, extract_all, finish

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(project: Project) -> Session:
    session = make_session(project)
    store(session, *PHONES)
    extract_all()
    return session


def ask(api: httpx.Client, session: Session, **body: object) -> dict:
    answer = api.post(f"/session/{session.pk}/reextract", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_preview_then_apply(api: httpx.Client, session: Session, llm: ScriptedLLM) -> None:
    asked = ask(api, session, extractor="llm", model="gpt-4o")
    assert (asked["status"], asked["extractor"], asked["model"], asked["done_seq"], asked["to_seq"]) == (
        "working",
        "llm",
        "gpt-4o",
        0,
        4,
    )
    address = f"/reextraction/{asked['id']}"
    assert api.get(address).json()["data"]["preview"] is None
    assert api.post(f"{address}/apply").status_code == 409
    llm.will_answer(ONE_TASK)
    finish(Reextraction.objects.get())
    data = api.get(address).json()["data"]
    assert (data["status"], data["calls"], data["input_tokens"], data["cost_usd"]) == ("ready", 1, 100, 0.0004)
    first, second = data["preview"]["tasks"]
    assert (first["kind"], first["now"]["status"], first["then"]["status"]) == ("changed", "success", "failed")
    assert {"field": "status", "before": "success", "after": "failed"} in first["differences"]
    assert (second["kind"], second["then"], second["now"]["messages"]) == ("gone", None, [3, 4])
    assert data["preview"]["preferences_added"] == ["The user compares before buying"]
    assert api.post(f"{address}/apply").json()["data"]["status"] == "applied"
    assert api.post(f"{address}/apply").json()["data"]["status"] == "applied"
    (task,) = api.get(f"/session/{session.pk}/task").json()["data"]["items"]
    assert (task["data"]["task_description"], task["extractor"]) == ("Research the iPhone 15 and compare it", "llm")
    assert api.post(f"{address}/discard").status_code == 409
    assert api.get(address).json()["data"]["preview"] is None


def test_a_ready_proposal_is_applied_when_it_is_asked_for_with_apply(
    api: httpx.Client, session: Session, llm: ScriptedLLM
) -> None:
    ask(api, session)
    llm.will_answer(ONE_TASK)
    finish(Reextraction.objects.get())
    assert ask(api, session, apply=True)["status"] == "applied"
    ask(api, session, apply=True)
    llm.will_answer(ONE_TASK)
    finish(Reextraction.objects.filter(status="working").get())
    assert set(Reextraction.objects.values_list("status", flat=True)) == {"applied"}


def test_discard_leaves_the_tasks(api: httpx.Client, session: Session) -> None:
    asked = ask(api, session)
    for _ in range(2):
        assert api.post(f"/reextraction/{asked['id']}/discard").json()["data"]["status"] == "discarded"
    assert api.post(f"/reextraction/{asked['id']}/apply").status_code == 409
    assert Task.objects.count() == 2


def test_a_correction_over_the_api_survives(api: httpx.Client, session: Session, llm: ScriptedLLM) -> None:
    ask(api, session)
    llm.will_answer(ONE_TASK)
    finish(Reextraction.objects.get())
    task = Task.objects.get(order=1)
    api.patch(f"/task/{task.pk}", json={"status": "success", "reason": "It works for me"})
    assert ask(api, session, apply=True)["status"] == "applied"
    data = api.get(f"/task/{task.pk}").json()["data"]
    assert (data["status"], data["status_reason"]) == ("success", "It works for me")
    assert data["data"]["task_description"] == "Research the iPhone 15 and compare it"
    assert [message["seq"] for message in data["messages"]] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"extractor": "magic"}, 400),
        ({"extractor": "llm"}, 400),
        ({"model": "gpt-4.1"}, 400),
        ({"speed": "high"}, 400),
        ({"model": "x" * 300}, 400),
    ],
)
def test_bad_input_is_refused(api: httpx.Client, session: Session, body: dict, status: int) -> None:
    answer = api.post(f"/session/{session.pk}/reextract", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, status)
    assert Reextraction.objects.count() == 0


def test_another_kind_is_a_conflict(api: httpx.Client, session: Session, llm: ScriptedLLM) -> None:
    ask(api, session, extractor="llm")
    assert ask(api, session, extractor="llm")["id"] == str(Reextraction.objects.get().pk)
    assert api.post(f"/session/{session.pk}/reextract", json={"extractor": "offline"}).status_code == 409


def test_another_projects_are_not_found(api: httpx.Client, other_api: httpx.Client, session: Session) -> None:
    asked = ask(api, session)
    assert other_api.post(f"/session/{session.pk}/reextract").status_code == 404
    for pk in (asked["id"], uuid.uuid4()):
        assert other_api.get(f"/reextraction/{pk}").status_code == 404
        for verb in ("apply", "discard"):
            assert other_api.post(f"/reextraction/{pk}/{verb}").status_code == 404
    assert api.get("/reextraction/nonsense").status_code == 400
    session.delete()
    assert api.get(f"/reextraction/{asked['id']}").status_code == 404


def test_an_empty_session_is_refused(api: httpx.Client, project: Project) -> None:
    session = make_session(project)
    assert api.post(f"/session/{session.pk}/reextract").status_code == 400
    make_message(session)
    assert api.post(f"/session/{session.pk}/reextract").status_code == 200
