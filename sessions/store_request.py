"""Read the body of `POST /session/{id}/messages` without trusting it."""

import json
import re
from typing import Any

import msgspec

from sessions.errors import BadRequest
from sessions.json_objects import check_json_object

# Deeper than any provider's message, and shallow enough that every JSON reader we have can read it back.
DEEPEST = 100
# Half of a surrogate pair may stand alone in JSON; PostgreSQL and UTF-8 have no place for it.
SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
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
        check_json_object(request.meta, "meta")
    return request


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
