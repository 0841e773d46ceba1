"""JSON as a tree that a page can fold, bounded in depth, in number and in length. No Django here."""

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

DEEPEST = 6
MOST_NODES = 150
TEXT_CHARACTERS = 1_200
KEY_CHARACTERS = 120
# Text longer than this is not even read: what a tree could show of it is little.
READ_CHARACTERS = 200_000
# As many lines as a person sees at a glance stand unfolded.
UNFOLDED_NODES = 30


@dataclass
class Node:
    """A value: its key or index, its kind, its words when it is no object or array, and how much was left out."""

    key: str | None
    kind: str
    text: str = ""
    children: list["Node"] = field(default_factory=list)
    size: int = 0
    hidden: int = 0
    is_open: bool = False

    @property
    def is_branch(self) -> bool:
        return self.kind in {"object", "array"} and not self.text


def tree_of(value: Any) -> Node | None:
    """Return an object or array as a tree, None for anything else. Text counts as the JSON that it is."""
    if isinstance(value, str):
        value = read_json(value)
    if not isinstance(value, dict | list):
        return None
    root = _grown(value)
    _unfold(root, room=[UNFOLDED_NODES])
    return root


def read_json(text: str) -> Any:
    """Return the object or array that a text is the JSON of; None for anything else."""
    if len(text) > READ_CHARACTERS or not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _grown(value: dict[Any, Any] | list[Any]) -> Node:
    """Make the tree level by level: what stands side by side is there before what lies inside of any of it."""
    root, room = _bare(None, value), MOST_NODES - 1
    waiting: deque[tuple[Node, Any, int]] = deque([(root, value, 0)])
    while waiting:
        node, held, depth = waiting.popleft()
        if held and (depth >= DEEPEST or not room):
            text = json.dumps(held, ensure_ascii=False, default=str)
            node.text, node.hidden = text[:TEXT_CHARACTERS], max(0, len(text) - TEXT_CHARACTERS)
            continue
        for name, inner in islice(_items(held), room):
            child = _bare(name, inner)
            node.children.append(child)
            if isinstance(inner, dict | list):
                waiting.append((child, inner, depth + 1))
        room -= len(node.children)
        node.hidden = node.size - len(node.children)
    return root


def _bare(key: str | None, value: Any) -> Node:
    """Return the node of a value, as yet with nothing inside."""
    if not isinstance(value, dict | list):
        return _leaf(key, value)
    return Node(key, "object" if isinstance(value, dict) else "array", size=len(value))


def _items(value: dict[Any, Any] | list[Any]) -> Iterator[tuple[str, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    return ((_cut(str(name), KEY_CHARACTERS), inner) for name, inner in pairs)


def _leaf(key: str | None, value: Any) -> Node:
    if isinstance(value, str):
        text = value.replace("\0", "\N{SYMBOL FOR NULL}")
        return Node(key, "string", text[:TEXT_CHARACTERS], hidden=max(0, len(text) - TEXT_CHARACTERS))
    kind = {bool: "boolean", type(None): "null"}.get(type(value), "number")
    return Node(key, kind, _cut(json.dumps(value, default=str), TEXT_CHARACTERS))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _unfold(root: Node, room: list[int]) -> None:
    """Open branches, the outer ones first, as long as what they show fits."""
    level = [root]
    while level:
        for node in level:
            node.is_open = node is root or len(node.children) <= room[0]
            if node.is_open:
                room[0] -= len(node.children)
        level = [inner for node in level if node.is_open for inner in node.children if inner.is_branch]
