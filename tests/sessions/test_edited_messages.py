"""Reading messages through edit strategies, and counting tokens, over HTTP."""

import base64
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sessions.models import Message, Project, Session
from tests.factories import make_message, make_session, store

NIL = "00000000-0000-0000-0000-000000000000"


def call(name: str, **extra: Any) -> dict[str, Any]:
    function = {"name": name, "arguments": '{"city": "Lyon", "days": 3}'}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": name, "type": "function", "function": function}],
    } | extra


def result(name: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": name, "content": f"a long forecast from {name} " * 5}


BLOBS = [{"role": "user", "content": "Weather?"}, call("a", x_vendor=1), result("a"), call("b"), result("b")]


@pytest.fixture
def session(project: Project) -> Session:
    session = make_session(project)
    store(session, *BLOBS)
    return session


def read(api: httpx.Client, session: Session, *strategies: dict, **params: Any) -> dict[str, Any]:
    if strategies:
        params["edit_strategies"] = json.dumps(strategies)
    answer = api.get(f"/session/{session.pk}/messages", params=params)
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert len(data["items"]) == len(data["ids"]) == len(data["metas"])
    return data


LAST_ONLY = {"type": "remove_tool_result", "params": {"keep_recent_n_tool_results": 1}}
NO_PARAMS = {"type": "remove_tool_call_params", "params": {"keep_recent_n_tool_calls": 0}}


def test_old_results_and_params_are_emptied_and_nothing_is_saved(api: httpx.Client, session: Session) -> None:
    data = read(api, session, LAST_ONLY, NO_PARAMS)
    assert data["items"][2] == {"role": "tool", "tool_call_id": "a", "content": "Done"}
    assert [item["tool_calls"][0]["function"]["arguments"] for item in data["items"][1::2]] == ["{}", "{}"]
    assert data["items"][4] == BLOBS[4]
    plain = read(api, session)
    assert plain["items"] == BLOBS
    assert data["this_time_tokens"] < plain["this_time_tokens"]
    assert data["ids"] == plain["ids"]


def test_tokens_are_those_of_what_is_given_back(api: httpx.Client, session: Session) -> None:
    data = read(api, session, {"type": "token_limit", "params": {"limit_tokens": 70}}, format="acontext")
    assert [item["role"] for item in data["items"]] == ["assistant", "user"]
    assert data["ids"] == [item["id"] for item in data["items"]]
    copied = make_session(session.project)
    store(copied, *BLOBS[3:])
    assert data["this_time_tokens"] == read(api, copied)["this_time_tokens"]


def test_without_a_pin_the_last_message_is_named(api: httpx.Client, session: Session) -> None:
    ids = [str(pk) for pk in session.messages.order_by("seq").values_list("pk", flat=True)]
    assert read(api, session)["edit_at_message_id"] == ids[-1]
    assert read(api, session, LAST_ONLY)["edit_at_message_id"] == ids[-1]
    assert read(api, session, LAST_ONLY, limit=2)["edit_at_message_id"] == ids[1]
    for unknown in ("", "garbage", NIL, ids[2].upper()):
        data = read(api, session, LAST_ONLY, pin_editing_strategies_at_message=unknown)
        assert data["edit_at_message_id"] == ids[-1]
    assert read(api, session, pin_editing_strategies_at_message=ids[2])["edit_at_message_id"] == ids[-1]


def test_a_pin_keeps_the_prefix(api: httpx.Client, session: Session) -> None:
    first = read(api, session, LAST_ONLY)
    store(session, call("c"), result("c"))
    pinned = read(api, session, LAST_ONLY, pin_editing_strategies_at_message=first["edit_at_message_id"])
    assert pinned["items"] == [*first["items"], call("c"), result("c")]
    assert pinned["edit_at_message_id"] == first["edit_at_message_id"]
    assert read(api, session, LAST_ONLY)["items"][4]["content"] == "Done"


def test_everything_may_be_edited_away(api: httpx.Client, session: Session) -> None:
    data = read(api, session, {"type": "token_limit", "params": {"limit_tokens": 1}})
    assert (data["items"], data["ids"], data["metas"], data["this_time_tokens"]) == ([], [], [], 0)
    assert data["edit_at_message_id"]


def test_gemini_results_go_with_the_call_that_they_name(api: httpx.Client, project: Project) -> None:
    session = make_session(project)
    asked = {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {"city": "Lyon"}}}]}
    answered = {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"output": "rain " * 20}}}]}
    store(session, asked, answered, asked, answered, format="gemini")
    whole = read(api, session, format="gemini")
    limit = {"type": "token_limit", "params": {"limit_tokens": whole["this_time_tokens"] - 1}}
    assert read(api, session, limit, format="gemini")["ids"] == whole["ids"][2:]
    emptied = read(api, session, LAST_ONLY, format="gemini")["items"][1]["parts"][0]["functionResponse"]
    assert (emptied["name"], emptied["response"]) == ("f", {"output": "Done"})


def test_a_result_loses_its_image_too(api: httpx.Client, project: Project) -> None:
    session = make_session(project)
    data = base64.b64encode(bytes(range(256)) * 200).decode()
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}
    use = {"type": "tool_use", "id": "a", "name": "f", "input": {}}
    shot = {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "see"}, image]}
    blobs = [{"role": "assistant", "content": [use]}, {"role": "user", "content": [shot]}]
    store(session, *blobs, format="anthropic")
    assert read(api, session, format="anthropic")["items"] == blobs
    none = {"type": "remove_tool_result", "params": {"keep_recent_n_tool_results": 0}}
    (block,) = read(api, session, none, format="anthropic")["items"][1]["content"]
    assert block["tool_use_id"] == "a"
    assert "Done" in str(block["content"])
    assert data not in str(block)


@pytest.mark.parametrize("none", ["", "[]", "null", " [ ] "])
def test_no_strategies(api: httpx.Client, session: Session, none: str) -> None:
    assert read(api, session, edit_strategies=none)["items"] == BLOBS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x", "invalid edit_strategies JSON"),
        ("{}", "invalid edit_strategies JSON"),
        ("7", "invalid edit_strategies JSON"),
        ("[1]", "invalid edit_strategies JSON"),
        ("[" * 20_000, "invalid edit_strategies JSON"),
        ('[{"type": "shorten"}]', "edit_strategies[0]: unknown strategy type: shorten"),
        ('[{"type": "token_limit"}]', "edit_strategies[0]: token_limit strategy requires 'limit_tokens' parameter"),
        ('[{"type": "token_limit", "params": {"limit_tokens": 1e999}}]', "edit_strategies[0]: limit_tokens must be an"),
        ('[{"type": "\\ud800"}]', "edit_strategies[0]: unknown strategy type"),
    ],
)
def test_bad_strategies_are_a_400_with_the_reason(api: httpx.Client, session: Session, text: str, said: str) -> None:
    answer = api.get(f"/session/{session.pk}/messages", params={"edit_strategies": text})
    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert answer.json()["msg"].startswith(said)


def test_an_empty_session_needs_no_editing(api: httpx.Client, project: Project) -> None:
    data = read(
        api, make_session(project), LAST_ONLY, NO_PARAMS, {"type": "token_limit", "params": {"limit_tokens": 1}}
    )
    assert data == {"items": [], "ids": [], "metas": [], "has_more": False, "this_time_tokens": 0}


class TestTokenCounts:
    def count(self, api: httpx.Client, session: Session) -> int:
        return api.get(f"/session/{session.pk}/token_counts").json()["data"]["total_tokens"]

    def test_all_messages_count(self, api: httpx.Client, session: Session) -> None:
        assert self.count(api, session) == read(api, session)["this_time_tokens"] > 50

    def test_an_empty_session_has_none(self, api: httpx.Client, project: Project) -> None:
        assert self.count(api, make_session(project)) == 0

    def test_images_count_nothing(self, api: httpx.Client, project: Project) -> None:
        session = make_session(project)
        store(
            session, {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x.test/a.png"}}]}
        )
        assert self.count(api, session) == 0

    def test_a_message_is_counted_once(
        self, api: httpx.Client, session: Session, django_assert_num_queries: Callable
    ) -> None:
        first = self.count(api, session)
        assert not Message.objects.filter(token_count=None).exists()
        with django_assert_num_queries(4):
            assert self.count(api, session) == first
        make_message(session, "hi")
        with django_assert_num_queries(5):
            assert self.count(api, session) == first + 2

    @pytest.mark.parametrize(("wanted", "status"), [("x", 400), (NIL, 404)])
    def test_no_session(self, api: httpx.Client, wanted: str, status: int) -> None:
        assert api.get(f"/session/{wanted}/token_counts").status_code == status

    def test_another_projects_session_is_not_found(self, other_api: httpx.Client, session: Session) -> None:
        answer = other_api.get(f"/session/{session.pk}/token_counts")
        assert (answer.status_code, answer.json()["msg"]) == (404, "session not found")
