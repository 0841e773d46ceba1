"""A session that speaks all formats, read over HTTP in each of them."""

import httpx
import pytest

from sessions.models import Message, Project, Session
from tests.factories import make_session, store
from tests.sessions.test_format_cases import ACCEPTED, TARGETS, canonical, source_of

CALL = {"role": "model", "parts": [{"functionCall": {"name": "get_weather", "args": {"city": "Oslo"}}}]}
ANSWER = {"role": "user", "parts": [{"functionResponse": {"name": "get_weather", "response": {"output": "4 °C"}}}]}


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project)


def read(api: httpx.Client, session: Session, **params: object) -> dict:
    answer = api.get(f"/session/{session.pk}/messages", params=params)
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert len(data["items"]) == len(data["ids"]) == len(data["metas"])
    return data


@pytest.mark.parametrize("source", TARGETS)
def test_all_that_is_accepted_is_stored_and_read_back_in_every_format(
    api: httpx.Client, session: Session, source: str
) -> None:
    blobs = [case["blob"] for name, case in ACCEPTED.items() if source_of(name) == source]
    for blob in blobs:
        answer = api.post(f"/session/{session.pk}/messages", json={"format": source, "blob": blob, "meta": {"n": 1}})
        assert answer.status_code == 201, answer.text
    for target in TARGETS:
        data = read(api, session, format=target)
        assert len(set(data["ids"])) == len(blobs)
        if target == source != "acontext":
            assert canonical(data["items"]) == canonical(blobs)


def test_a_refusal_names_the_format_and_the_place(api: httpx.Client, session: Session) -> None:
    blob = {"role": "user", "content": [{"type": "image"}]}
    answer = api.post(f"/session/{session.pk}/messages", json={"format": "anthropic", "blob": blob})
    assert answer.status_code == 400
    assert "failed to normalize anthropic message: content[0].source: must be an object" in answer.json()["msg"]


def test_a_gemini_pair_without_ids_is_a_pair_elsewhere_and_plain_at_home(api: httpx.Client, session: Session) -> None:
    store(session, CALL, ANSWER, format="gemini")
    assert read(api, session, format="gemini")["items"] == [CALL, ANSWER]
    asked, answered = read(api, session)["items"]
    assert asked["tool_calls"][0]["id"] == answered["tool_call_id"]
    assert read(api, session)["items"] == [asked, answered]
    assert not Message.objects.exclude(blob=None).exists()


def test_a_page_that_starts_with_a_result_looks_back_for_the_call(
    api: httpx.Client, session: Session, django_assert_num_queries
) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "get_time", "arguments": "{}"}}
    store(session, {"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "c1", "content": "9"})
    read(api, session)  # the first use of a key is remembered, which is a query more
    with django_assert_num_queries(4):
        items = read(api, session, format="gemini", limit=1, time_desc="true")["items"]
    answered = {"id": "c1", "name": "get_time", "response": {"output": "9"}}
    assert items == [{"role": "user", "parts": [{"functionResponse": answered}]}]


def test_reading_in_another_format_changes_nothing_that_is_stored(api: httpx.Client, session: Session) -> None:
    store(session, CALL, ANSWER, format="gemini")
    before = list(Message.objects.order_by("seq").values_list("parts", "blob", "facts"))
    for target in TARGETS:
        read(api, session, format=target)
    assert list(Message.objects.order_by("seq").values_list("parts", "blob", "facts")) == before
