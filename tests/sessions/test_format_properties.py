"""For any JSON: a parser understands it or says what is wrong, and what it understood can be written in all formats."""

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions import formats
from tests.sessions.test_format_cases import ACCEPTED, TARGETS, canonical, restored, source_of

EXAMPLES = 250
bounded = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

WORDS = [
    "type",
    "role",
    "content",
    "parts",
    "text",
    "image",
    "image_url",
    "input_audio",
    "file",
    "refusal",
    "tool_calls",
    "function",
    "custom",
    "function_call",
    "name",
    "arguments",
    "input",
    "id",
    "tool_call_id",
    "tool_use",
    "tool_use_id",
    "tool_result",
    "thinking",
    "redacted_thinking",
    "signature",
    "source",
    "base64",
    "url",
    "media_type",
    "data",
    "title",
    "document",
    "cache_control",
    "citations",
    "is_error",
    "inlineData",
    "inline_data",
    "mimeType",
    "mime_type",
    "fileData",
    "fileUri",
    "functionCall",
    "functionResponse",
    "response",
    "args",
    "thought",
    "thoughtSignature",
    "user",
    "assistant",
    "model",
    "system",
    "tool",
    "meta",
    "format",
    "detail",
    "tool-call",
    "tool-result",
    "data_type",
    "original_role",
    "asset",
    "filename",
    "file_id",
    "file_data",
]
TEXTS = st.text(max_size=8) | st.sampled_from(
    [
        *WORDS,
        "data:image/png;base64,AA==",
        "data:,x",
        "data:x",
        "https://a.example/b.pdf",
        "http://[",
        "{}",
        '{"a":1',
        "null",
        "\0",
        "[" * 200,
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**20, 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
KEYS = st.sampled_from(WORDS) | st.text(max_size=4)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=25
)
PIECES = {
    "openai": ["text", "image_url", "input_audio", "file", "refusal", "x"],
    "anthropic": ["text", "image", "document", "tool_use", "tool_result", "thinking", "redacted_thinking", "x"],
    "gemini": [],
    "acontext": [
        "text",
        "image",
        "audio",
        "video",
        "file",
        "tool-call",
        "tool-result",
        "data",
        "thinking",
        "redacted_thinking",
    ],
}
ROLES = {
    "openai": ["user", "assistant", "system", "developer", "tool", "function"],
    "anthropic": ["user", "assistant"],
    "gemini": ["user", "model"],
    "acontext": ["user", "assistant"],
}


def damaged(value: Any, data: st.DataObject, odds: int = 12) -> Any:
    """Put any JSON in the place of some of a real message."""
    if data.draw(st.integers(0, odds)) == 0:
        return data.draw(JSON)
    if isinstance(value, list):
        return [damaged(item, data) for item in value]
    if isinstance(value, dict):
        return {key: damaged(item, data) for key, item in value.items() if data.draw(st.integers(0, 20))}
    return value


def message_like(source: str, data: st.DataObject) -> Any:
    """Anything, something that looks like a message of the format, or a real one with some of it damaged."""
    shape = data.draw(st.integers(0, 5))
    if shape == 0:
        return data.draw(JSON)
    if shape > 2:
        names = [name for name in ACCEPTED if source_of(name) == source]
        return damaged(ACCEPTED[data.draw(st.sampled_from(names))]["blob"], data)
    typed = {"type": st.sampled_from(PIECES[source])} if PIECES[source] else {}
    key = KEYS.filter(lambda word: word != "type")
    piece = st.tuples(st.fixed_dictionaries(typed), st.dictionaries(key, JSON, max_size=4)).map(
        lambda two: two[0] | two[1]
    )
    held = "parts" if source in ("gemini", "acontext") else "content"
    role = data.draw(st.sampled_from(ROLES[source]))
    return {
        "role": role,
        held: data.draw(st.lists(piece, max_size=4)),
        **data.draw(st.dictionaries(KEYS, JSON, max_size=2)),
    }


def check(source: str, blob: Any) -> None:
    try:
        content = formats.parse(source, blob)
    except formats.BadMessage:
        return
    kept = formats.blob_to_keep(source, blob, content)
    stored = restored(content)
    own = formats.render(source, stored) if kept is None else [kept]
    assert canonical(own) == canonical([blob])
    for message in (stored, formats.paired([stored])[0]):
        for target in TARGETS:
            items = formats.render(target, message)
            assert items
            msgspec.json.encode(items)
            if target != "acontext":
                # What is written is a message of its format, so that it can be sent on and stored again.
                for item in items:
                    formats.parse(target, item)


@pytest.mark.parametrize("source", TARGETS)
def test_any_json_is_understood_or_refused_and_never_lost(source: str) -> None:
    @bounded
    @given(st.data())
    def run(data: st.DataObject) -> None:
        check(source, message_like(source, data))

    run()
