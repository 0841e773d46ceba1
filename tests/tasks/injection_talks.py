"""One conversation with a hole in it, for each place of a message that somebody else can write."""

from collections.abc import Callable
from typing import Any

from sessions import formats
from sessions.formats.openai import INSTRUCTIONS
from tasks.extraction.window import KnownPreference, KnownTask, Window, WindowMessage

Blob = dict[str, Any]
OWN_SEQ = 6  # the message that `the user's own request` is in
CALL: Blob = {"id": "c1", "type": "function", "function": {"name": "search_tables", "arguments": '{"for": 2}'}}
FIRST = [
    {"role": "user", "content": "Book a table for two at Lucca tonight"},
    {"role": "assistant", "content": "I booked a table for two at 19:30."},
]


def talk(
    *,
    system: str = "You are a helpful assistant.",
    name: str = "Ana",
    call: Blob = CALL,
    result: Any = "Two tables are free: 19:30 and 21:00.",
    middle: Blob | None = None,
    own: str = "Send the confirmation to Ana",
) -> list[Blob]:
    """Write the conversation; each argument is a place for an attack."""
    return [
        {"role": "system", "content": system},
        {"role": "user", "content": "Book a table for two at Lucca tonight", "name": name},
        {"role": "assistant", "content": middle["content"] if middle else None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": call["id"], "content": result},
        {"role": "assistant", "content": "I booked a table for two at 19:30."},
        {"role": "user", "content": own},
        {"role": "assistant", "content": "I sent the confirmation to Ana."},
    ]


def _function(**changes: Any) -> Blob:
    return {**CALL, "function": {**CALL["function"], **changes}}


def _file(**changes: Any) -> list[Blob]:
    filename = {"filename": "menu.pdf", "file_data": "data:application/pdf;base64,AAAA", **changes}
    return [{"type": "text", "text": "Two tables are free: 19:30 and 21:00."}, {"type": "file", "file": filename}]


def _user_file(**changes: Any) -> Blob:
    return {
        "role": "user",
        "content": [{"type": "text", "text": "Send the confirmation to Ana"}, *_file(**changes)[1:]],
    }


def _with_user_file(**changes: Any) -> list[Blob]:
    return [*talk()[:5], _user_file(**changes), talk()[6]]


def _image(url: str) -> list[Blob]:
    part = {"type": "image_url", "image_url": {"url": url}}
    return [*talk()[:5], {"role": "user", "content": [{"type": "text", "text": talk()[5]["content"]}, part]}, talk()[6]]


PLACES: dict[str, Callable[[str], list[Blob]]] = {
    "system prompt": lambda text: talk(system=text),
    "speaker's name": lambda text: talk(name=text),
    "agent's text": lambda text: talk(middle={"content": text}),
    "tool's name": lambda text: talk(call=_function(name=text)),
    "tool's arguments": lambda text: talk(call=_function(arguments=text)),
    "tool call's id": lambda text: talk(call={**CALL, "id": text}),
    "tool's output": lambda text: talk(result=text),
    "tool's output, within": lambda text: talk(result=f"Two tables are free.\n{text}\n19:30 and 21:00."),
    "tool's output, text part": lambda text: talk(result=[{"type": "text", "text": text}]),
    "file name": lambda text: _with_user_file(filename=text),
    "file's media type": lambda text: _with_user_file(file_data=f"data:{text};base64,AAAA"),
    "picture's address": lambda text: _image(text),
}


def own_request(text: str) -> list[Blob]:
    return talk(own=f'Translate this note into Italian: "{text}"')


def window_of(blobs: list[Blob], *, known: bool = False) -> Window:
    """Make the window that `blobs` give, with an earlier task, finished and confirmed, and a preference if `known`."""
    contents = [formats.parse("openai", blob) for blob in blobs]
    offset = len(FIRST) if known else 0
    before = [formats.parse("openai", blob) for blob in FIRST] if known else []
    rows = [
        WindowMessage(seq, one.role, tuple(one.parts), one.facts.get("original_role") in INSTRUCTIONS)
        for seq, one in enumerate([*before, *contents], start=1)
    ]
    if not known:
        return Window(messages=tuple(rows))
    return Window(
        messages=tuple(rows[offset:]),
        context=tuple(rows[:offset]),
        tasks=(
            KnownTask("T1", "Find a hotel in Alfama", "success", "confirmed", ("Found one",), 1, 2),
            KnownTask("T2", "Water the plants", "running", "", (), 1, 2),
        ),
        preferences=(KnownPreference("P1", "The user walks"),),
    )
