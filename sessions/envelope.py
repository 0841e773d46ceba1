"""The one shape of every API answer: `{"code": 0, "data": …, "msg": ""}` (contract.md §1.3)."""

import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from django.http import HttpResponse

from sessions.errors import BadRequest

JSON = "application/json; charset=utf-8"


def reply(data: Any = None, *, status: int = 200, msg: str = "") -> HttpResponse:
    """Answer with success; `data` is left out when there is none, as the contract has it."""
    body: dict[str, Any] = {"code": 0, "msg": msg} if data is None else {"code": 0, "data": data, "msg": msg}
    return HttpResponse(msgspec.json.encode(body), content_type=JSON, status=status)


def reply_page(items: Sequence[Any], next_cursor: str | None) -> HttpResponse:
    """Answer with one page of a list; `next_cursor` is left out on the last."""
    page: dict[str, Any] = {"items": items, "has_more": next_cursor is not None}
    return reply(page | ({"next_cursor": next_cursor} if next_cursor else {}))


def refuse(status: int, msg: str, *, error: str = "") -> HttpResponse:
    """Answer with an error; `msg` is what the SDKs show, so it carries the reason."""
    # A reason may quote the client, and a client may send half a surrogate pair.
    body = {"code": status, "msg": msg.encode(errors="replace").decode()} | ({"error": error} if error else {})
    return HttpResponse(msgspec.json.encode(body), content_type=JSON, status=status)


def parse_uuid(text: str, name: str) -> uuid.UUID:
    """Read a UUID in any spelling of contract.md §1.5; raises BadRequest."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise BadRequest(f"invalid {name}: {text[:60]!r} is not a UUID") from None
