"""The caller's own JSON objects, which are kept as JSONB: meta and configs."""

import re
from typing import Any

import msgspec

from sessions.errors import BadRequest

LIMIT_BYTES = 65_536
# JSON's spelling of NUL, but not of a backslash followed by "u0000". JSONB has no place for it.
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def check_json_object(value: dict[str, Any], name: str, *, limit: int | None = LIMIT_BYTES) -> None:
    """Refuse what JSONB cannot hold, and what is larger than the limit; raises BadRequest."""
    try:
        encoded = msgspec.json.encode(value)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"{name}: {error}") from None
    if limit is not None and len(encoded) > limit:
        raise BadRequest(f"{name} size exceeds 64KB limit")
    if NUL.search(encoded):
        raise BadRequest(f"{name}: must not contain NUL")
