"""A run's operations, calls and exchange in words that a person reads. Takes whatever JSON a run of any age holds."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

# An exchange is as long as its window; a page need not be.
SHOWN_CHARACTERS = 60_000
LONG_VALUE = 120
# The names that accepted operations stand under, by the names that rejected ones carry.
ONE_OF = {"new_tasks": "new_task", "links": "link", "edits": "edit", "preferences": "preference"}
# JSONB keeps no order; this is the order of reading. What is not named here comes between the first and the last.
FIRST, LAST = ("new_tasks", "edits", "status", "progress"), ("links", "preferences", "unassigned")
FIRST_OF_CALL, LAST_OF_CALL = ("mode", "ms"), ("error", "problems")
TEXTS = ("description", "text", "statement", "why")
ALSO = ("problem", "op", "role", "target", "basis", "alias", "task", "request_seq", "seqs", "evidence", "reason")


@dataclass(frozen=True)
class Line:
    """One operation: what it is, which task it concerns, its words, the messages it names, and why (or why not)."""

    what: str
    handle: str = ""
    text: str = ""
    stretches: tuple[tuple[int, int], ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Fact:
    """A named value of a call."""

    name: str
    value: str
    is_long: bool = False


@dataclass(frozen=True)
class Block:
    """A piece of what was asked or answered."""

    title: str
    text: str
    hidden: int = 0


def accepted_lines(accepted: Any, handles: dict[str, str]) -> list[Line]:
    """Say what was done. `handles` names the tasks that were opened: N1 in the answer is T5 in the session."""
    if not isinstance(accepted, dict):
        return [_line("", item, handles) for item in _items(accepted)]
    return [
        _line(ONE_OF.get(str(kind), str(kind)), operation, handles)
        for kind, operations in _ordered(accepted, FIRST, LAST)
        for operation in _items(operations)
    ]


def rejected_lines(rejected: Any, handles: dict[str, str]) -> list[Line]:
    """Say what was refused, each with the rule it broke."""
    return [_rejected(item, handles) for item in _items(rejected)]


def _rejected(item: Any, handles: dict[str, str]) -> Line:
    if not isinstance(item, dict) or "operation" not in item:
        return Line(_("Something"), text=_text(item))
    try:
        value = json.loads(str(item.get("value", "")))
    except ValueError:
        value = str(item.get("value", ""))
    if item["operation"] == "coverage":
        value = {"seqs": value}
    elif isinstance(value, str):
        # Only the task was noted down.
        value = {"task": value}
    line = _line(str(item["operation"]), value, handles)
    return Line(line.what, line.handle, line.text, line.stretches, str(item.get("problem", "")))


def _line(kind: str, value: Any, handles: dict[str, str]) -> Line:
    if not isinstance(value, dict):
        return Line(_what(kind, {}), text=_text(value))
    handle = str(value.get("task") or value.get("alias") or "")
    text = next((str(value[name]) for name in TEXTS if value.get(name)), "")
    if status := value.get("status"):
        text = f"{status}, {value['basis']}" if value.get("basis") else str(status)
    known = {*TEXTS, *ALSO, "status"}
    rest = {name: other for name, other in value.items() if name not in known}
    if rest:
        text = f"{text} {_text(rest)}".strip()
    seqs = [value.get("request_seq"), *_items(value.get("seqs")), *_items(value.get("evidence"))]
    stretches = _stretches([seq for seq in seqs if isinstance(seq, int)])
    return Line(_what(kind, value), handles.get(handle, handle), text, stretches, str(value.get("reason") or ""))


def _what(kind: str, value: dict[str, Any]) -> str:
    if kind == "preference":
        return {"update": _("Preference changed"), "withdraw": _("Preference withdrawn")}.get(
            str(value.get("op")), _("Preference")
        )
    names = {
        "new_task": _("New task"),
        "link": _("Messages of a task"),
        "progress": _("Progress"),
        "status": _("Status"),
        "edit": _("Described anew"),
        "unassigned": _("Serves no task"),
        "coverage": _("Messages left out"),
        "": _("Operation"),
    }
    return names.get(kind) or _named(kind)


def _ordered(items: dict[str, Any], first: tuple[str, ...], last: tuple[str, ...]) -> list[tuple[str, Any]]:
    places = {name: place for place, name in enumerate((*first, "", *last))}
    return sorted(items.items(), key=lambda item: places.get(str(item[0]), len(first)))


def _stretches(seqs: list[int]) -> tuple[tuple[int, int], ...]:
    """Join numbers that follow one another: 3, 4, 5, 9 become 3-5 and 9."""
    joined: list[tuple[int, int]] = []
    for seq in sorted(set(seqs)):
        if joined and joined[-1][1] == seq - 1:
            joined[-1] = (joined[-1][0], seq)
        else:
            joined.append((seq, seq))
    return tuple(joined)


def call_facts(attempts: Any) -> list[list[Fact]]:
    """Name the values of each call, whatever they are; empty ones are left out."""
    return [list(_facts(call)) for call in _items(attempts)]


def _facts(call: Any) -> Iterator[Fact]:
    if not isinstance(call, dict):
        yield Fact(_("What came of it"), _text(call))
        return
    for name, value in _ordered(call, FIRST_OF_CALL, LAST_OF_CALL):
        text = _text(value)
        if value not in (None, "", [], {}):
            yield Fact(_named(name), text, is_long=len(text) > LONG_VALUE or "\n" in text)


def exchange_blocks(exchange: Any) -> list[Block]:
    """Lay out what was asked and answered, in its order."""
    if not isinstance(exchange, dict):
        return [_block(_("Exchange"), exchange)] if exchange else []
    titles = {"asked": _("Asked"), "answered": _("Answered")}
    return [
        _block(titles.get(part) or _named(part), item) for part, items in exchange.items() for item in _items(items)
    ]


def _block(title: str, item: Any) -> Block:
    if isinstance(item, dict) and isinstance(item.get("role"), str) and isinstance(item.get("content"), str):
        title, item = f"{title}: {_(item['role']) if item['role'] else ''}", item["content"]
    text = _text(item)
    return Block(title, text[:SHOWN_CHARACTERS], max(len(text) - SHOWN_CHARACTERS, 0))


def _items(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _named(name: str) -> str:
    """Name a field of unknown make."""
    if name == "ms":
        return _("Milliseconds")
    return name.replace("_", " ").strip().capitalize()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=2 if isinstance(value, dict) and len(value) > 2 else None)
