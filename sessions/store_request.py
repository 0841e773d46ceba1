"""Read the body of `POST /session/{id}/messages` without trusting it."""

import json
import re
from typing import Any

import msgspec

from sessions.errors import BadRequest

META_LIMIT_BYTES = 65_536
# Deeper than any provider's message, and shallow enough that every JSON reader we have can read it back.
DEEPEST = 100
# Half of a surrogate pair may stand alone in JSON; PostgreSQL and UTF-8 have no place for it.
SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
# JSON's spelling of NUL, but not of a backslash followed by "u0000". JSONB has no place for it.
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
LONE_HALF = re.compile("[\ud800-\udfff]")


class StoreRequest(msgspec.Struct):
    """The body. `format` absent, null or empty means openai."""

    blob: Any = None
    format: str | None = None
    meta: dict[str, Any] | None = None


DECODER = msgspec.json.Decoder(StoreRequest)


def read_store_request(body: bytes) -> StoreRequest:
    """Return the request in a body; raises BadRequest, which says what is wrong and where."""
    request = _decode(body)
    if not isinstance(request.blob, dict):
        raise BadRequest("blob: must be an object")
    if body.count(b"{") + body.count(b"[") > DEEPEST and _depth([request.blob, request.meta]) > DEEPEST:
        raise BadRequest(f"blob: nested deeper than {DEEPEST} levels")
    if request.meta:
        check_meta(request.meta)
    return request


def check_meta(meta: dict[str, Any]) -> None:
    """Refuse what cannot be stored as JSONB, or should not; raises BadRequest."""
    encoded = msgspec.json.encode(meta)
    if len(encoded) > META_LIMIT_BYTES:
        raise BadRequest("meta size exceeds 64KB limit")
    if NUL.search(encoded):
        raise BadRequest("meta: must not contain NUL")


def _decode(body: bytes) -> StoreRequest:
    try:
        if SURROGATE.search(body):
            whole = json.loads(body.decode())
            body = LONE_HALF.sub("\ufffd", json.dumps(whole, ensure_ascii=False)).encode()
        return DECODER.decode(body)
    except msgspec.ValidationError as error:
        raise BadRequest(f"parameter error: {error}") from None
    except RecursionError:
        raise BadRequest("body: nested too deeply") from None
    except (msgspec.DecodeError, ValueError) as error:
        raise BadRequest(f"body: not JSON: {error}") from None


def _depth(value: Any) -> int:
    """How deeply arrays and objects are nested, without recursion."""
    deepest, level = 0, [value]
    while level:
        level = [inner for outer in level for inner in (outer.values() if isinstance(outer, dict) else outer)]
        level = [inner for inner in level if isinstance(inner, dict | list)]
        deepest += 1
    return deepest
