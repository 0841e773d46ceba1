"""Tool results find their calls over the messages of a session, whatever format each came in."""

from typing import Any

import pytest

from sessions import formats
from sessions.parts import Content


def read(*messages: tuple[str, dict[str, Any]]) -> list[Content]:
    return [formats.parse(name, blob) for name, blob in messages]


def write(target: str, messages: list[Content], before: list[Content] | None = None) -> list[dict[str, Any]]:
    return [item for message in formats.paired(messages, before or []) for item in formats.render(target, message)]


def openai_call(*calls: tuple[str, str]) -> tuple[str, dict[str, Any]]:
    listed = [{"id": i, "type": "function", "function": {"name": name, "arguments": "{}"}} for i, name in calls]
    return "openai", {"role": "assistant", "tool_calls": listed}


def openai_result(call_id: str, text: str = "done") -> tuple[str, dict[str, Any]]:
    return "openai", {"role": "tool", "tool_call_id": call_id, "content": text}


def gemini_call(*names: str) -> tuple[str, dict[str, Any]]:
    return "gemini", {"role": "model", "parts": [{"functionCall": {"name": name, "args": {}}} for name in names]}


def gemini_result(*names: str, **extra: str) -> tuple[str, dict[str, Any]]:
    answers = [{"functionResponse": {"name": name, "response": {"output": name}, **extra}} for name in names]
    return "gemini", {"role": "user", "parts": answers}


def test_gemini_gets_the_name_of_the_call_by_its_id() -> None:
    messages = read(openai_call(("c1", "f"), ("c2", "g")), openai_result("c2", '{"n": 1}'), openai_result("c1"))
    assert write("gemini", messages)[1:] == [
        {"role": "user", "parts": [{"functionResponse": {"id": "c2", "name": "g", "response": {"n": 1}}}]},
        {"role": "user", "parts": [{"functionResponse": {"id": "c1", "name": "f", "response": {"output": "done"}}}]},
    ]


def test_an_anthropic_error_with_an_image_stays_one_in_gemini() -> None:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
    result = {"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "no"}, image]}
    messages = read(openai_call(("c1", "f")), ("anthropic", {"role": "user", "content": [result | {"is_error": True}]}))
    assert write("gemini", messages)[1]["parts"] == [
        {
            "functionResponse": {
                "id": "c1",
                "name": "f",
                "response": {"error": "no"},
                "parts": [{"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}],
            }
        }
    ]


@pytest.mark.parametrize("answered", [("f", "g"), ("g", "f")])
def test_gemini_responses_without_ids_find_their_calls_by_name_in_any_order(answered: tuple[str, ...]) -> None:
    call, result = (
        message["content"] for message in write("anthropic", read(gemini_call("f", "g"), gemini_result(*answered)))
    )
    ids = {block["name"]: block["id"] for block in call}
    assert len(set(ids.values())) == 2
    assert [block["tool_use_id"] for block in result] == [ids[name] for name in answered]


def test_two_calls_of_one_name_are_answered_in_their_order() -> None:
    messages = read(openai_call(("c1", "f"), ("c2", "f")), gemini_result("f"), gemini_result("f"), gemini_result("f"))
    assert [item["tool_call_id"] for item in write("openai", messages)[1:]] == ["c1", "c2", ""]


def test_a_response_with_an_id_does_not_take_another_calls_turn() -> None:
    messages = read(openai_call(("c1", "f"), ("c2", "f")), gemini_result("f", id="c2"), gemini_result("f"))
    assert [item["tool_call_id"] for item in write("openai", messages)[1:]] == ["c2", "c1"]


def test_the_legacy_function_pair_becomes_a_normal_one_elsewhere() -> None:
    call = {"role": "assistant", "function_call": {"name": "f", "arguments": "{}"}}
    messages = read(("openai", call), ("openai", {"role": "function", "name": "f", "content": "4"}))
    asked, answered = write("anthropic", messages)
    assert asked["content"][0]["id"] == answered["content"][0]["tool_use_id"] != ""
    assert formats.render("openai", messages[0]) == [call]


def test_a_result_without_id_and_name_takes_the_only_open_call() -> None:
    alone = ("openai", {"role": "tool", "content": "4"})
    assert write("anthropic", read(openai_call(("c1", "f")), alone))[1]["content"][0]["tool_use_id"] == "c1"
    unclear = write("anthropic", read(openai_call(("c1", "f"), ("c2", "g")), alone))[1]["content"]
    assert unclear == [{"type": "text", "text": "[tool-result] 4"}]


def test_calls_stored_without_ids_get_the_same_ones_each_time() -> None:
    parts = [{"type": "tool-call", "meta": {"name": "f", "arguments": "{}"}} for _ in range(2)]
    messages = read(("acontext", {"role": "assistant", "parts": parts}), gemini_result("f"))
    first, again = write("openai", messages), write("openai", messages)
    assert first == again
    one, other = (call["id"] for call in first[0]["tool_calls"])
    assert one != other
    assert first[1]["tool_call_id"] == one


def test_earlier_messages_help_a_page_that_starts_in_the_middle() -> None:
    before, page = read(openai_call(("c1", "f"))), read(openai_result("c1"))
    assert formats.is_missing_calls(page)
    assert not formats.is_missing_calls([*before, *page])
    assert write("gemini", page)[0]["parts"] == [{"text": "[tool-result: c1] done"}]
    assert write("gemini", page, before)[0]["parts"][0]["functionResponse"]["name"] == "f"


def test_messages_that_say_all_are_the_same_objects() -> None:
    messages = read(("openai", {"role": "user", "content": "Hi"}), openai_call(("c1", "f")))
    assert all(new is old for new, old in zip(formats.paired(messages), messages, strict=True))


def test_a_made_up_id_is_stored_and_stays() -> None:
    content = formats.parse(*gemini_call("f"))
    made = content.parts[0].get("id")
    assert made.startswith("call_")
    assert len(made) == len("call_") + 8
    assert formats.render("openai", content)[0]["tool_calls"][0]["id"] == made
    assert formats.render("gemini", content)[0]["parts"] == [{"functionCall": {"name": "f", "args": {}}}]
