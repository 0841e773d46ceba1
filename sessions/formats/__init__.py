"""Provider formats: parse a blob into content, render content back. No Django here.

    parse("openai", {"role": "user", "content": "Hi"})  ->  Content("user", [Part("text", "Hi")])
    render("openai", content)                           ->  [{"role": "user", "content": "Hi"}]

Rendering may give several items for one message: OpenAI wants one message for each tool result. A message is rendered
on its own; `paired` first fills in which call a result answers, where its own format did not say.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from sessions.formats import acontext, anthropic, gemini, openai
from sessions.formats.errors import BadMessage, UnknownFormat
from sessions.formats.pairing import is_missing_calls, paired
from sessions.parts import Content, MessageLike

__all__ = [
    "DEFAULT_FORMAT",
    "FORMATS",
    "BadMessage",
    "UnknownFormat",
    "blob_to_keep",
    "is_missing_calls",
    "paired",
    "parse",
    "render",
]


class Format(NamedTuple):
    parse: Callable[[Any], Content]
    render: Callable[[MessageLike], list[dict[str, Any]]]


DEFAULT_FORMAT = "openai"
FORMATS = {
    "acontext": Format(acontext.parse, acontext.render),
    "anthropic": Format(anthropic.parse, anthropic.render),
    "gemini": Format(gemini.parse, gemini.render),
    "openai": Format(openai.parse, openai.render),
}


def format_named(name: str) -> Format:
    """Return the format of this name; raises UnknownFormat."""
    try:
        return FORMATS[name]
    except KeyError:
        raise UnknownFormat(name, sorted(FORMATS)) from None


def parse(name: str, blob: Any) -> Content:
    """Read a message in a format; raises UnknownFormat or BadMessage, which says what is wrong and where."""
    return format_named(name).parse(blob)


def render(name: str, message: MessageLike) -> list[dict[str, Any]]:
    """Write a message in a format, as one item or several; raises UnknownFormat."""
    return format_named(name).render(message)


def blob_to_keep(name: str, blob: Any, content: Content) -> Any:
    """Return the blob if rendering would not give back the same JSON, else None: most are not kept twice."""
    rendered = render(name, content)
    if len(rendered) == 1 and _canonical(rendered[0]) == _canonical(blob):
        return None
    return blob


def _canonical(value: Any) -> bytes:
    """JSON with sorted keys: equal bytes mean equal JSON values, also 1 and 1.0 told apart."""
    return msgspec.json.encode(value, order="sorted")
