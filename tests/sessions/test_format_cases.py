"""Each thing a provider says, in and out of every format: lossless, degraded in a way that shows, or refused.

The cases are files: `data/formats/FORMAT/NAME.json` holds a payload, and what it becomes in each format. A case that
is refused has `refused`, the start of the reason, in the place of `to`.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sessions import formats
from sessions.formats import pairing
from sessions.formats.words import EMPTY
from sessions.parts import Content, Part

FOLDER = Path(__file__).parent / "data" / "formats"
CASES = {f"{path.parent.name}/{path.stem}": json.loads(path.read_text()) for path in sorted(FOLDER.rglob("*.json"))}
ACCEPTED = {name: case for name, case in CASES.items() if "to" in case}
REFUSED = {name: case for name, case in CASES.items() if "refused" in case}
TARGETS = ["openai", "anthropic", "gemini", "acontext"]
# Where payloads hold words for a reader, and how inline bytes begin that must not get lost.
SAID = ("text", "thinking", "refusal", "transcript", "reasoning_content", "code", "output", "content", "url", "fileUri")
INLINE = re.compile("iVBORw0KGgo|UklGRiQ|SUQzBAA|JVBERi0|TGFuZGlu|UEsDBBQ|ZkxhQw|AAAAGGZ0|AAAAIGZ0")
# These tell only how the same thing was spelled.
SPELLING = ("as_text", "is_id_ours")


@pytest.fixture(autouse=True)
def same_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids that are made up are random; here they are not."""
    monkeypatch.setattr(pairing.secrets, "token_hex", lambda size: "0a1b2c3d")


def source_of(name: str) -> str:
    return name.partition("/")[0]


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def restored(content: Content) -> Content:
    """The content as it is after it was stored: parts and facts went through JSON."""
    parts = msgspec.json.decode(msgspec.json.encode(content.parts), type=list[Part])
    return Content(content.role, parts, json.loads(json.dumps(content.facts)))


def answer(source: str, blob: Any, target: str) -> list[Any]:
    """What a client gets that stored the blob in one format and asks for another."""
    content = formats.parse(source, blob)
    if target == source and (kept := formats.blob_to_keep(source, blob, content)) is not None:
        return [kept]
    return formats.render(target, restored(content))


def plain(content: Content) -> Content:
    """Leave out what only tells a spelling."""
    parts = [
        Part(p.type, p.text, p.asset, p.filename, {k: v for k, v in p.meta.items() if k not in SPELLING} or None)
        if p.meta
        else p
        for p in content.parts
    ]
    return Content(content.role, parts, {k: v for k, v in content.facts.items() if k not in SPELLING})


def without_defaults(value: Any) -> Any:
    if isinstance(value, list):
        return [without_defaults(item) for item in value]
    if isinstance(value, dict):
        return {k: without_defaults(v) for k, v in value.items() if not (k == "is_error" and v is False)}
    return value


def verdict(source: str, case: dict[str, Any], target: str) -> str:
    """Lossless: the same JSON in the same format; else the same message after a trip through the other format.

    `carries` is what a message says where nobody looks, and what a lossless one has to have.
    """
    blob = case["blob"]
    if target == source:
        return "lossless" if canonical(answer(source, blob, target)) == canonical([blob]) else "degraded"
    content = formats.parse(source, blob)
    items = formats.render(target, restored(content))
    if EMPTY in canonical(items) or not all(word in canonical(items) for word in case.get("carries", [])):
        return "degraded"
    try:
        there = [formats.parse(target, item) for item in items]
    except formats.BadMessage:
        return "degraded"
    if len({content.role for content in there}) > 1:
        return "degraded"
    facts = {key: value for content in there for key, value in content.facts.items()}
    back = Content(there[0].role, [part for content in there for part in content.parts], facts)
    return "lossless" if seen(source, content) == seen(source, back) else "degraded"


def seen(source: str, content: Content) -> str:
    """All that a client of the format can tell of a message; of our own format, what any client can tell."""
    content = plain(content)
    views = ["openai", "anthropic", "gemini"] if source == "acontext" else [source]
    rendered = [formats.render(view, content) for view in views]
    hints = [part.get("cache_control") for part in content.parts if part.get("cache_control")]
    facts = content.facts if source == "acontext" else {}
    return canonical([without_defaults(rendered), hints, facts])


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_a_client_gets_back_in_each_format(name: str) -> None:
    case, source = ACCEPTED[name], source_of(name)
    for target in TARGETS:
        expected = case["to"][target]
        items = answer(source, case["blob"], target)
        assert items == expected.get("items", [case["blob"]]), f"{name} -> {target}"
        assert verdict(source, case, target) == expected["verdict"], f"{name} -> {target}"


@pytest.mark.parametrize("name", ACCEPTED)
def test_the_same_format_is_lossless_and_what_degrades_says_how(name: str) -> None:
    case = ACCEPTED[name]
    assert case["to"][source_of(name)] == {"verdict": "lossless"}
    assert set(case["to"]) == set(TARGETS)
    assert all(expected["verdict"] == "lossless" or expected["how"] for expected in case["to"].values())


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_names_the_place(name: str) -> None:
    case = REFUSED[name]
    with pytest.raises(formats.BadMessage) as refusal:
        formats.parse(source_of(name), case["blob"])
    assert str(refusal.value).startswith(case["refused"])


def said_in(value: Any, key: str = "") -> Iterator[str]:
    """The words that a payload says to a reader."""
    if isinstance(value, dict):
        for inner_key, inner in value.items():
            yield from said_in(inner, inner_key)
    elif isinstance(value, list):
        for inner in value:
            yield from said_in(inner, key)
    elif isinstance(value, str) and key in SAID and not value.startswith("data:"):
        yield from re.findall(r"[^\W_]{3,}", value)


@pytest.mark.parametrize("name", ACCEPTED)
def test_no_word_is_lost(name: str) -> None:
    words = set(said_in(ACCEPTED[name]["blob"]))
    for target in TARGETS:
        answered = canonical(answer(source_of(name), ACCEPTED[name]["blob"], target))
        assert not [word for word in words if word not in answered], f"{name} -> {target}"


@pytest.mark.parametrize("name", [name for name in ACCEPTED if INLINE.search(json.dumps(ACCEPTED[name]["blob"]))])
def test_inline_bytes_survive_or_are_named(name: str) -> None:
    for target in TARGETS:
        answered = canonical(answer(source_of(name), ACCEPTED[name]["blob"], target))
        survived = INLINE.search(answered) or "Landing gear" in answered
        assert survived or re.search(r"\[(image|audio|video|file)\b", answered), f"{name} -> {target}"
