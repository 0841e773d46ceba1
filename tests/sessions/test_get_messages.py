"""Reading messages: order, paging from both ends, formats, states."""

import httpx
import pytest

from sessions.models import Project, Session
from tasks.models import TaskMessage
from tests.factories import PHONES, make_session, make_task, store


@pytest.fixture
def session(project: Project) -> Session:
    session = make_session(project)
    store(session, *({"role": "user", "content": f"m{n}"} for n in range(1, 6)))
    return session


def texts(data: dict) -> list[str]:
    return [item["content"] for item in data["items"]]


def read(api: httpx.Client, session: Session, **params: object) -> dict:
    answer = api.get(f"/session/{session.pk}/messages", params=params)
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert len(data["items"]) == len(data["ids"]) == len(data["metas"])
    return data


def test_an_empty_session(api: httpx.Client, project: Project) -> None:
    assert read(api, make_session(project)) == {
        "items": [],
        "ids": [],
        "metas": [],
        "has_more": False,
        "this_time_tokens": 0,
    }


def test_without_a_limit_all_come_and_the_cursor_does_not_matter(api: httpx.Client, session: Session) -> None:
    assert texts(read(api, session, cursor="garbage")) == ["m1", "m2", "m3", "m4", "m5"]


@pytest.mark.parametrize(
    ("time_desc", "pages"),
    [("false", [["m1", "m2"], ["m3", "m4"], ["m5"]]), ("true", [["m4", "m5"], ["m2", "m3"], ["m1"]])],
)
def test_pages_from_either_end_are_oldest_first(
    api: httpx.Client, session: Session, time_desc: str, pages: list
) -> None:
    seen, cursor = [], None
    while not seen or cursor:
        data = read(api, session, limit=2, time_desc=time_desc, **({"cursor": cursor} if cursor else {}))
        seen.append(texts(data))
        cursor = data.get("next_cursor")
    assert seen == pages


@pytest.mark.parametrize(
    "query", ["limit=201", "limit=-1", "limit=x", "limit=2&cursor=x", "format=klingon", "edit_strategies=x"]
)
def test_bad_queries_are_a_400(api: httpx.Client, session: Session, query: str) -> None:
    assert api.get(f"/session/{session.pk}/messages?{query}").status_code == 400


def test_tokens_are_counted_as_the_contract_says(api: httpx.Client, project: Project) -> None:
    session = make_session(project)
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"x":1}'}}
    store(session, {"role": "user", "content": "hi"}, {"role": "assistant", "content": None, "tool_calls": [call]})
    assert read(api, session)["this_time_tokens"] == 2 + 13


def test_several_tool_results_in_one_message_become_several_items(api: httpx.Client, project: Project) -> None:
    session = make_session(project)
    parts = [{"type": "tool-result", "text": text, "meta": {"tool_call_id": text}} for text in ("a", "b")]
    stored = store(session, {"role": "user", "parts": [*parts, {"type": "text", "text": "go on"}]}, format="acontext")
    data = read(api, session)
    assert data["items"] == [
        {"role": "tool", "tool_call_id": "a", "content": "a"},
        {"role": "tool", "tool_call_id": "b", "content": "b"},
        {"role": "user", "content": "go on"},
    ]
    assert data["ids"] == [str(stored.id)] * 3


def test_a_message_names_the_first_task_that_it_serves(api: httpx.Client, session: Session) -> None:
    tasks = [make_task(session), make_task(session)]
    for task in reversed(tasks):
        TaskMessage.objects.create(task=task, message=session.messages.get(seq=1))
    items = read(api, session, format="acontext")["items"]
    assert [item["task_id"] for item in items] == [str(tasks[0].pk), None, None, None, None]


def test_states_follow_from_the_cursor(api: httpx.Client, session: Session) -> None:
    Session.objects.update(cursor_seq=2)
    items = read(api, session, format="acontext")["items"]
    assert [item["session_task_process_status"] for item in items] == ["success"] * 2 + ["pending"] * 3
    status = api.get(f"/session/{session.pk}/observing_status").json()["data"]
    assert (status["observed"], status["in_process"], status["pending"]) == (2, 0, 3)


def test_the_number_of_queries_does_not_grow(api: httpx.Client, project: Project, django_assert_num_queries) -> None:
    session = make_session(project)
    read(api, session)  # the first use of a key is remembered, which is a query more
    for _ in range(2):
        store(session, *PHONES)
        with django_assert_num_queries(3):
            read(api, session)
