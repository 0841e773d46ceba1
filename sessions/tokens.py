"""How many o200k_base tokens a message has (contract.md §7). No Django here."""

import importlib.machinery
import importlib.util
from functools import cache
from typing import Protocol

import msgspec

from sessions.parts import Kind, MessageLike, Part


class Counter(Protocol):
    def count(self, text: str, /) -> int: ...


@cache
def _counter() -> Counter:
    """Load the table on first use: 70 MB that a process which never counts should not carry.

    Only the package's compiled module is loaded. Its Python layer would build a second table as large again.
    """
    package = importlib.util.find_spec("bpe_openai")
    places = package.submodule_search_locations if package else None
    spec = importlib.machinery.PathFinder.find_spec("_bindings", places)
    if spec is None or spec.loader is None:
        raise ImportError("bpe-openai has no compiled module here")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    counter: Counter = module.tokenizer_for_encoding("o200k_base")
    return counter


def count_text(text: str) -> int:
    """Count the tokens of a text; special tokens count as plain text."""
    return _counter().count(text)


def countable_text(part: Part) -> str:
    """Return what counts of a part: its text, or a tool call's name and arguments. Media count nothing."""
    if part.type == Kind.TOOL_CALL and part.meta:
        shown = {key: part.meta[key] for key in ("arguments", "name") if key in part.meta}
        return msgspec.json.encode(shown, order="sorted").decode() + "\n"
    return part.text + "\n" if part.text else ""


def count_message(message: MessageLike) -> int:
    """Count the tokens of a message: of its parts, with no extra for roles or ids."""
    return count_parts(message.parts)


def count_parts(parts: list[Part]) -> int:
    """Count the tokens of parts: of their texts in a row."""
    text = "".join(countable_text(part) for part in parts)
    return count_text(text) if text else 0


def estimate_tokens(size_bytes: int) -> int:
    """Guess from a size in bytes, where a guess will do and the table is not worth loading."""
    return size_bytes // 4
