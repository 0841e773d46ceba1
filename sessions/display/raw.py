"""One message as it is stored, in blocks that a page can show. No Django here."""

from dataclasses import dataclass
from typing import Any

import msgspec

from sessions.display.json_tree import Node, tree_of

# Longer JSON is cut; the plain text of the message has all of it.
SHOWN_CHARACTERS = 60_000


@dataclass(frozen=True)
class RawBlock:
    """A piece of what is stored, by its name: parts, meta, facts or blob."""

    title: str
    text: str
    tree: Node | None
    hidden: int = 0


def raw_blocks(stored: dict[str, Any]) -> list[RawBlock]:
    """Lay out what is stored of a message; what is empty is left out."""
    return [_block(title, msgspec.to_builtins(value)) for title, value in stored.items() if value]


def _block(title: str, value: Any) -> RawBlock:
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    return RawBlock(title, text[:SHOWN_CHARACTERS], tree_of(value), max(0, len(text) - SHOWN_CHARACTERS))
