"""Read the body of a request that stores messages, without trusting it."""

import json
import re
from typing import Any

import msgspec

from sessions.errors import BadRequest
from sessions.json_objects import DEEPEST, check_json_object, depth_of

MOST_AT_ONCE = 1_000
# Half of a surrogate pair may stand alone in JSON; PostgreSQL and UTF-8 have no place for it.
SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
LONE_HALF = re.compile("[\ud800-\udfff]")


class StoreRequest(msgspec.Struct):
    """The body. `format` absent, null or empty means openai."""

    blob: Any = None
    format: str | None = None
    meta: dict[str, Any] | None = None


class BulkRequest(msgspec.Struct):
    """The body of a bulk store: messages in their order."""

    messages: list[StoreRequest]


ONE = msgspec.json.Decoder(StoreRequest)
MANY = msgspec.json.Decoder(BulkRequest)


def read_store_request(body: bytes, *, name: str = "body") -> StoreRequest:
    """Return the request in a body; raises BadRequest, which says what is wrong and where."""
    request = _decode(ONE, body, name)
    _check(request, "", may_be_deep=_may_be_deep(body))
    return request


def read_bulk_request(body: bytes) -> list[StoreRequest]:
    """Return the requests in the body of a bulk store; raises BadRequest, which says which one is wrong, and where."""
    requests = _decode(MANY, body).messages
    if not 1 <= len(requests) <= MOST_AT_ONCE:
        raise BadRequest(f"messages: there must be 1 to {MOST_AT_ONCE}, and there are {len(requests)}")
    may_be_deep = _may_be_deep(body)
    for index, request in enumerate(requests):
        _check(request, f"messages[{index}].", may_be_deep=may_be_deep)
    return requests


def _may_be_deep(body: bytes) -> bool:
    """Whether there are brackets enough for too deep a nesting; saves most bodies the walk."""
    return body.count(b"{") + body.count(b"[") > DEEPEST


def _check(request: StoreRequest, where: str, *, may_be_deep: bool) -> None:
    if not isinstance(request.blob, dict):
        raise BadRequest(f"{where}blob: must be an object")
    if may_be_deep and depth_of([request.blob, request.meta]) > DEEPEST:
        raise BadRequest(f"{where}blob: nested deeper than {DEEPEST} levels")
    if request.meta:
        check_json_object(request.meta, f"{where}meta")


def _decode[Request](decoder: msgspec.json.Decoder[Request], body: bytes, name: str = "body") -> Request:
    try:
        if SURROGATE.search(body):
            whole = json.loads(body.decode())
            body = LONE_HALF.sub("\ufffd", json.dumps(whole, ensure_ascii=False)).encode()
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise BadRequest(f"parameter error: {error}") from None
    except RecursionError:
        raise BadRequest(f"{name}: nested too deeply") from None
    except (msgspec.DecodeError, ValueError) as error:
        raise BadRequest(f"{name}: not JSON: {error}") from None
