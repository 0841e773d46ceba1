"""Edit strategies by rule: what each takes away, in which order, and that no call is ever cut from its result."""

import random
from typing import Any

import pytest

from sessions.edits import BadStrategy, Draft, edit, read_strategies
from sessions.parts import Content, Part
from sessions.tokens import count_parts


def said(text: str) -> list[Part]:
    return [Part("text", text)]


def call(*ids: str, name: str = "", arguments: Any = '{"x":1}') -> list[Part]:
    return [Part("tool-call", meta={"id": i, "name": name or f"tool{i}", "arguments": arguments}) for i in ids]


def result(*ids: str, text: str = "found it") -> list[Part]:
    return [Part("tool-result", text, meta={"tool_call_id": i}) for i in ids]


def drafts_of(*messages: list[Part]) -> list[Draft[Content]]:
    return [
        Draft(Content("user", parts, {"n": number}), parts, count_parts(parts)) for number, parts in enumerate(messages)
    ]


def run(messages: list[list[Part]], *strategies: dict[str, Any], upto: int | None = None) -> list[Draft[Content]]:
    drafts = drafts_of(*messages)
    return edit(drafts, read_strategies(strategies), upto=len(drafts) - 1 if upto is None else upto)


def left(messages: list[list[Part]], *strategies: dict[str, Any], upto: int | None = None) -> list[int]:
    return [draft.source.facts["n"] for draft in run(messages, *strategies, upto=upto)]


def texts(drafts: list[Draft[Content]], kind: str = "tool-result") -> list[str | None]:
    return [part.text for draft in drafts for part in draft.parts if part.type == kind]


def arguments(drafts: list[Draft[Content]]) -> list[Any]:
    return [part.get("arguments") for draft in drafts for part in draft.parts if part.type == "tool-call"]


def strategy(kind: str, **params: Any) -> dict[str, Any]:
    return {"type": kind, "params": params}


# One question, five calls with their results, one answer.
TALK = [said("q"), *[parts for i in "01234" for parts in (call(i), result(i, text=f"long result {i}"))], said("done")]


class TestRemoveToolResult:
    @pytest.mark.parametrize("params", [None, {}, {"keep_recent_n_tool_results": None}, {"unknown": 1}])
    def test_the_last_three_stay(self, params: dict | None) -> None:
        drafts = run(TALK, {"type": "remove_tool_result", "params": params})
        assert texts(drafts) == ["Done", "Done", "long result 2", "long result 3", "long result 4"]
        assert [draft.changed for draft in drafts].count(True) == 2
        assert all(draft.tokens == count_parts(draft.parts) for draft in drafts)

    def test_kept_tools_do_not_count_as_recent(self) -> None:
        params = {"keep_tools": ["tool0", "tool4"], "keep_recent_n_tool_results": 1}
        drafts = run(TALK, strategy("remove_tool_result", **params))
        assert texts(drafts) == ["long result 0", "Done", "Done", "long result 3", "long result 4"]

    @pytest.mark.parametrize(("given", "shown"), [(" gone ", "gone"), ("  ", "Done"), (None, "Done")])
    def test_the_placeholder_is_trimmed(self, given: str | None, shown: str) -> None:
        params = {"keep_recent_n_tool_results": 4.9, "tool_result_placeholder": given}
        assert texts(run(TALK, strategy("remove_tool_result", **params)))[0] == shown

    def test_recent_is_judged_before_size(self) -> None:
        messages = [
            said("q"),
            call("a", "b", "c"),
            result("a", text="x " * 50),
            result("b"),
            result("c", text="y " * 50),
        ]
        params = {"keep_recent_n_tool_results": 1, "gt_token": 10}
        assert texts(run(messages, strategy("remove_tool_result", **params))) == ["Done", "found it", "y " * 50]

    def test_size_is_more_than_and_not_as_much_as(self) -> None:
        messages = [call("a"), result("a", text="hi")]
        for gt_token, shown in ((1, "hi"), (2, "hi"), (None, "Done")):
            params = {"keep_recent_n_tool_results": 0, "gt_token": gt_token}
            assert texts(run(messages, strategy("remove_tool_result", **params))) == [shown]

    def test_what_a_result_holds_beside_text_goes_too(self) -> None:
        meta = {"tool_call_id": "a", "is_error": False, "parts": [{"type": "image"}]}
        messages = [call("a"), [Part("tool-result", "text", asset={"sha256": "x"}, filename="a.png", meta=meta)]]
        (_, after) = run(messages, strategy("remove_tool_result", keep_recent_n_tool_results=0))
        assert after.parts == [Part("tool-result", "Done", meta={"tool_call_id": "a", "is_error": False})]
        assert messages[1][0].text == "text"


class TestRemoveToolCallParams:
    def test_the_last_three_stay(self) -> None:
        assert arguments(run(TALK, strategy("remove_tool_call_params"))) == ["{}", "{}"] + ['{"x":1}'] * 3

    def test_kept_tools_and_size(self) -> None:
        messages = [
            call("a", arguments="z " * 40),
            call("b"),
            call("c", arguments={"big": "z " * 40}),
            [Part("tool-call")],
        ]
        params = {"keep_recent_n_tool_calls": 0, "keep_tools": ["toola"], "gt_token": 20}
        drafts = run(messages, strategy("remove_tool_call_params", **params))
        assert arguments(drafts) == ["z " * 40, '{"x":1}', "{}", None]


class TestMiddleOut:
    @pytest.mark.parametrize(("target", "kept"), [(10, [0, 1, 2, 3, 4]), (6, [0, 1, 4]), (2, [4]), (1, [])])
    def test_it_goes_from_the_middle(self, target: int, kept: list[int]) -> None:
        # "a\n" is two tokens.
        assert count_parts(said("a")) == 2
        assert left([said("a")] * 5, strategy("middle_out", token_reduce_to=target)) == kept

    def test_all_calls_of_a_message_go_with_their_results(self) -> None:
        messages = [said("start"), call("a", "b"), result("a"), result("b"), said("end")]
        assert left(messages, strategy("middle_out", token_reduce_to=4)) == [0, 4]


class TestTokenLimit:
    def test_exactly_at_the_limit_all_stays(self) -> None:
        assert left([said("a")] * 3, strategy("token_limit", limit_tokens=6)) == [0, 1, 2]
        assert left([said("a")] * 3, strategy("token_limit", limit_tokens=5)) == [1, 2]

    def test_a_call_goes_with_its_result(self) -> None:
        total = sum(draft.tokens for draft in drafts_of(*TALK))
        assert left(TALK, strategy("token_limit", limit_tokens=total - 3)) == list(range(3, 12))

    def test_a_result_without_its_call_goes_alone(self) -> None:
        assert left([result("elsewhere"), said("a"), said("b")], strategy("token_limit", limit_tokens=4)) == [1, 2]

    def test_nothing_may_be_left(self) -> None:
        assert left([said("a b c d e f g")], strategy("token_limit", limit_tokens=1)) == []

    def test_a_call_that_waits_for_its_result_stays(self) -> None:
        messages = [said("a"), call("a", "b"), result("a")]
        assert left(messages, strategy("token_limit", limit_tokens=1)) == [1, 2]
        assert left(messages, strategy("middle_out", token_reduce_to=1)) == [1, 2]

    def test_tools_without_ids_pair_with_the_call_before(self) -> None:
        def legacy() -> list[list[Part]]:
            asked = Part("tool-call", meta={"id": "", "name": "f", "arguments": "{}", "type": "function_call"})
            return [[asked], [Part("tool-result", "r", meta={"function_name": "f"})]]

        messages = [*legacy(), *legacy(), said("a")]
        total = sum(draft.tokens for draft in drafts_of(*messages))
        assert left(messages, strategy("token_limit", limit_tokens=total - 1)) == [2, 3, 4]


def test_results_that_only_name_the_tool_belong_to_its_call() -> None:
    """Gemini: the call was given an id when it was stored, the result has none."""
    answer = [Part("tool-result", "long result", meta={"name": "f"})]
    messages = [call("call_1", name="f"), answer, call("call_2", name="f"), answer, said("a")]
    assert left(messages, strategy("token_limit", limit_tokens=20)) == [2, 3, 4]
    params = {"keep_tools": ["f"], "keep_recent_n_tool_results": 0}
    assert texts(run(messages, strategy("remove_tool_result", **params))) == ["long result"] * 2


def test_strategies_run_by_priority_and_equal_ones_in_turn() -> None:
    kinds = ["token_limit", "remove_tool_call_params", "middle_out", "remove_tool_result"]
    needed = {"token_limit": {"limit_tokens": 9}, "middle_out": {"token_reduce_to": 9}}
    found = read_strategies({"type": kind, "params": needed.get(kind)} for kind in kinds)
    assert [each.TYPE for each in found] == [kinds[3], kinds[1], kinds[2], kinds[0]]
    twice = [strategy("remove_tool_result", tool_result_placeholder=text) for text in ("one", "two")]
    assert texts(run(TALK, *twice))[:2] == ["two", "two"]


def test_after_the_pin_nothing_changes() -> None:
    drafts = run(TALK, strategy("remove_tool_result", keep_recent_n_tool_results=1), upto=4)
    assert texts(drafts) == ["Done", "long result 1", "long result 2", "long result 3", "long result 4"]
    assert left(TALK, strategy("token_limit", limit_tokens=1), upto=4) == list(range(5, 12))


def test_a_call_before_the_pin_stays_when_its_result_comes_after() -> None:
    messages = [said("a"), call("a"), said("meanwhile"), result("a"), said("b")]
    assert left(messages, strategy("token_limit", limit_tokens=1), upto=2) == [1, 3, 4]
    assert left(messages, strategy("middle_out", token_reduce_to=1), upto=1) == [1, 2, 3, 4]


def test_the_pinned_prefix_is_the_same_however_the_talk_goes_on() -> None:
    for upto in range(len(TALK)):
        for kind in (strategy("token_limit", limit_tokens=30), strategy("middle_out", token_reduce_to=30)):
            before = left(TALK[: upto + 1], kind)
            assert left(TALK, kind, upto=upto) == before + list(range(upto + 1, len(TALK)))


@pytest.mark.parametrize("seed", range(60))
def test_no_strategy_cuts_a_call_from_its_result(seed: int) -> None:
    chance = random.Random(seed)
    messages: list[list[Part]] = []
    for number in range(chance.randrange(1, 12)):
        ids = [f"{number}-{i}" for i in range(chance.randrange(4))]
        messages.append(said("word " * chance.randrange(1, 9)))
        messages.append(call(*ids) or said("no tool"))
        chance.shuffle(ids)
        cut = chance.randrange(len(ids) + 1)
        messages += [parts for parts in (result(*ids[:cut]), result(*ids[cut:])) if parts]
    upto = chance.randrange(len(messages))
    wanted = chance.choice([("token_limit", "limit_tokens"), ("middle_out", "token_reduce_to")])
    kept = run(messages, strategy(wanted[0], **{wanted[1]: chance.randrange(1, 120)}), upto=upto)
    calls = {part.get("id") for draft in kept for part in draft.parts if part.type == "tool-call"}
    results = {part.get("tool_call_id") for draft in kept for part in draft.parts if part.type == "tool-result"}
    assert calls == results
    order = [draft.source.facts["n"] for draft in kept]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"type": "shorten"}, "unknown strategy type: shorten"),
        ({}, "unknown strategy type"),
        ({"type": ["token_limit"]}, "unknown strategy type"),
        ({"type": "token_limit", "params": [1]}, "params must be an object"),
        ({"type": "token_limit"}, "token_limit strategy requires 'limit_tokens' parameter"),
        (strategy("token_limit", limit_tokens="5"), "limit_tokens must be an integer, got string"),
        (strategy("token_limit", limit_tokens=True), "limit_tokens must be an integer, got boolean"),
        (strategy("token_limit", limit_tokens=0), "limit_tokens must be > 0, got 0"),
        (strategy("token_limit", limit_tokens=0.5), "limit_tokens must be > 0, got 0"),
        (strategy("token_limit", limit_tokens=float("inf")), "limit_tokens must be an integer, got inf"),
        (strategy("token_limit", limit_tokens=float("nan")), "limit_tokens must be an integer, got nan"),
        ({"type": "middle_out", "params": {}}, "middle_out strategy requires 'token_reduce_to' parameter"),
        (strategy("middle_out", token_reduce_to=2.5), "token_reduce_to must be an integer, got 2.5"),
        (strategy("middle_out", token_reduce_to=-1), "token_reduce_to must be > 0, got -1"),
        (
            strategy("remove_tool_result", keep_recent_n_tool_results=-1),
            "keep_recent_n_tool_results must be >= 0, got -1",
        ),
        (
            strategy("remove_tool_result", tool_result_placeholder=7),
            "tool_result_placeholder must be a string, got number",
        ),
        (strategy("remove_tool_result", keep_tools="f"), "keep_tools must be an array of strings, got string"),
        (strategy("remove_tool_result", keep_tools=[1]), "keep_tools must be an array of strings, got array"),
        (strategy("remove_tool_result", gt_token=0), "gt_token must be > 0, got 0"),
        (strategy("remove_tool_call_params", gt_token={}), "gt_token must be an integer, got object"),
    ],
)
def test_what_is_wrong_is_said(item: dict, said: str) -> None:
    with pytest.raises(BadStrategy) as refused:
        read_strategies([strategy("remove_tool_result"), item])
    assert str(refused.value).startswith(f"edit_strategies[1]: {said}")
