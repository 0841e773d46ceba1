"""The caller's own JSON objects, which are kept as JSONB: meta and configs."""

import json
import re
from typing import Any

from django.utils.translation import gettext as _

from sessions.errors import BadRequest

LIMIT_BYTES = 65_536
# Deeper than anyone's data, and shallow enough that every JSON reader we have can read it back.
DEEPEST = 100
# JSON's spelling of NUL, but not of a backslash followed by "u0000". JSONB has no place for it.
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def check_json_object(
    value: dict[str, Any], name: str, *, limit: int | None = LIMIT_BYTES, nul_allowed: bool = False
) -> None:
    """Refuse what cannot be stored (NaN, lone surrogates, NUL) and what is larger than the limit; raises BadRequest."""
    try:
        encoded = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"{name}: {error}") from None
    if limit is not None and len(encoded) > limit:
        raise BadRequest(_("%(name)s size exceeds 64KB limit") % {"name": name})
    if encoded.count(b"{") + encoded.count(b"[") > DEEPEST and depth_of(value) > DEEPEST:
        raise BadRequest(_("%(name)s: nested deeper than %(n)d levels") % {"name": name, "n": DEEPEST})
    if not nul_allowed and NUL.search(encoded):
        raise BadRequest(_("%(name)s: must not contain NUL") % {"name": name})


def depth_of(value: Any) -> int:
    """How deeply arrays and objects are nested, without recursion."""
    deepest, level = 0, [value]
    while level:
        level = [inner for outer in level for inner in (outer.values() if isinstance(outer, dict) else outer)]
        level = [inner for inner in level if isinstance(inner, dict | list)]
        deepest += 1
    return deepest
