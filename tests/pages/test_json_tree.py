"""JSON as a tree: what is shown of it, and where it ends."""

import json
from typing import Any

import pytest

from sessions.display.json_tree import DEEPEST, MOST_NODES, TEXT_CHARACTERS, Node, tree_of
from sessions.templatetags.transcript import json_block, tree


def count(node: Node) -> int:
    return 1 + sum(count(child) for child in node.children)


def depth(node: Node) -> int:
    return 1 + max((depth(child) for child in node.children), default=0)


def grown(value: Any) -> Node:
    node = tree_of(value)
    assert node is not None
    return node


@pytest.mark.parametrize("value", ["plain", "3", '"text"', "{broken", "", None, 3, True, "[" * 100_000])
def test_only_objects_and_arrays_are_trees(value: Any) -> None:
    assert tree_of(value) is None


def test_every_kind_of_value_is_told() -> None:
    root = grown('{"s": "x", "n": 1.5, "b": true, "z": null, "o": {"k": [1]}, "e": {}, "l": []}')
    assert [(child.key, child.kind, child.text) for child in root.children] == [
        ("s", "string", "x"), ("n", "number", "1.5"), ("b", "boolean", "true"), ("z", "null", "null"),
        ("o", "object", ""), ("e", "object", ""), ("l", "array", ""),
    ]  # fmt: skip


def test_keys_keep_their_order_and_arrays_their_numbers() -> None:
    root = grown({"b": 1, "a": ["x", "y"]})
    assert [child.key for child in root.children] == ["b", "a"]
    assert [child.key for child in root.children[1].children] == ["0", "1"]


def test_a_wide_value_is_cut_and_says_how_much_is_left() -> None:
    root = grown(list(range(10_000)))
    assert len(root.children) == MOST_NODES - 1
    assert root.hidden == 10_000 - len(root.children)
    assert "more" in tree(root)


def test_many_branches_are_cut_together() -> None:
    root = grown([{str(i): list(range(50)) for i in range(50)} for _ in range(50)])
    assert count(root) <= MOST_NODES + DEEPEST


def test_what_stands_beside_a_long_list_is_shown_and_so_is_each_of_its_items() -> None:
    items = [{"id": n, "name": f"item {n}", "tags": ["a", "b"]} for n in range(60)]
    root = grown({"items": items, "total": 60})
    assert [child.key for child in root.children] == ["items", "total"]
    shown = root.children[0].children
    assert [child.key for child in shown] == [str(n) for n in range(60)]
    assert [child.key for child in shown[0].children] == ["id", "name", "tags"]
    assert '"name": "item 59"' in shown[-1].text
    assert "more" not in tree(root)


def test_what_is_left_out_is_said_to_be_in_the_plain_text_beside() -> None:
    root = grown(list(range(200)))
    assert "51 more, in the plain text" in json_block(root, "[0]")
    assert ">51 more<" in tree(root)


def test_a_deep_value_ends_in_one_line() -> None:
    value: Any = "bottom"
    for _ in range(90):
        value = {"k": value}
    root = grown(value)
    assert depth(root) <= DEEPEST + 2
    assert "bottom" in tree(root)


def test_long_text_is_cut() -> None:
    root = grown({"text": "x" * 5_000})
    assert len(root.children[0].text) == TEXT_CHARACTERS
    assert root.children[0].hidden == 5_000 - TEXT_CHARACTERS


def test_small_branches_are_open_and_large_ones_closed() -> None:
    root = grown({"small": {"a": 1}, "large": list(range(100))})
    assert [child.is_open for child in root.children] == [True, False]


def test_numbers_of_any_size_and_nul_are_shown() -> None:
    text = tree(grown('{"big": 123456789012345678901234567890, "far": 1e999, "nul": "a\\u0000b"}'))
    assert "123456789012345678901234567890" in text
    assert "a␀b" in text


def test_nothing_in_a_tree_becomes_markup() -> None:
    attack = "<img src=x onerror=alert(1)>"
    for value in ({attack: attack}, [attack], {"k": {attack: [attack]}}):
        text = tree(grown(json.dumps(value)))
        assert "<img" not in text
        assert "&lt;img" in text
