"""Large base64 is kept as a file and given back to the byte, in its own format and in the others."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from sessions.models import Asset, AssetUse, Message, Session
from tests.sessions.media import MP4, PDF, PNG, WAV, b64, kept, large, read, store, url

pytestmark = pytest.mark.usefixtures("files")
PICTURE, SOUND, PAPER, FILM = large(PNG), large(WAV), large(PDF), large(MP4)
ODD = large(PNG, 60_001)


def url_safe(text: str) -> str:
    return text.replace("+", "-").replace("/", "_")


def openai(*content: Any) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "text", "text": "Look"}, *content]}


def anthropic(*content: Any) -> dict[str, Any]:
    return {"role": "user", "content": [*content, {"type": "text", "text": "Look"}]}


def base64_source(media_type: str, data: bytes) -> dict[str, Any]:
    return {"type": "base64", "media_type": media_type, "data": b64(data)}


IMAGE_URL = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{b64(PICTURE)}", "detail": "high"}}
IMAGE = {"type": "image", "source": base64_source("image/png", PICTURE)}
DOCUMENT = {"type": "document", "source": base64_source("application/pdf", PAPER), "title": "Paper"}
INLINE = {"inlineData": {"mimeType": "image/png", "data": b64(PICTURE)}}

CASES: list[tuple[str, dict[str, Any], bytes]] = [
    ("openai", openai(IMAGE_URL), PICTURE),
    ("openai", openai({"type": "image_url", "image_url": {"url": f"data:image/png;base64,{b64(ODD)}"}}), ODD),
    ("openai", openai({"type": "input_audio", "input_audio": {"data": b64(SOUND), "format": "wav"}}), SOUND),
    (
        "openai",
        openai(
            {
                "type": "file",
                "file": {"filename": "p.pdf", "file_data": f"data:application/pdf;base64,{b64(PAPER)}"},
            }
        ),
        PAPER,
    ),
    ("openai", openai({"type": "hologram", "hologram": [{"voxels": b64(PICTURE)}]}), PICTURE),
    ("openai", {"role": "assistant", "content": "Hear", "audio": {"id": "a", "data": b64(SOUND)}}, SOUND),
    ("anthropic", anthropic(IMAGE), PICTURE),
    ("anthropic", anthropic(DOCUMENT), PAPER),
    ("anthropic", anthropic({"type": "tool_result", "tool_use_id": "t", "content": [IMAGE]}), PICTURE),
    ("anthropic", anthropic({"type": "new_thing", "source": base64_source("x/y", PICTURE)}), PICTURE),
    ("gemini", {"role": "user", "parts": [INLINE]}, PICTURE),
    ("gemini", {"role": "user", "parts": [{"inlineData": {"mimeType": "video/mp4", "data": b64(FILM)}}]}, FILM),
    (
        "gemini",
        {"role": "user", "parts": [{"inline_data": {"mime_type": "image/png", "data": url_safe(b64(ODD))}}]},
        ODD,
    ),
    (
        "gemini",
        {"role": "user", "parts": [{"inlineData": {"mimeType": "image/png", "data": b64(ODD).rstrip("=")}}]},
        ODD,
    ),
    (
        "acontext",
        {"role": "user", "parts": [{"type": "image", "meta": {"data": b64(PICTURE), "mine": [1.0]}}]},
        PICTURE,
    ),
]


@pytest.mark.parametrize(("format", "blob", "data"), CASES)
def test_it_leaves_the_row_and_comes_back_to_the_byte(
    api: httpx.Client, session: Session, files: Path, format: str, blob: dict[str, Any], data: bytes
) -> None:
    answer = store(api, session, blob, format)
    row = Message.objects.get()
    assert len(json.dumps([row.blob, row.media])) < 3_000
    assert len(str(row.parts)) < 3_000
    [name] = kept(files)
    asset = Asset.objects.get()
    assert (asset.sha256, asset.size_b, (files / asset.name).read_bytes()) == (name, len(data), data)
    assert AssetUse.objects.get().message_id == row.pk
    text = api.get(url(session), params={"format": format}).text
    [item] = json.loads(text)["data"]["items"]
    if format == "acontext":
        assert item["parts"] == blob["parts"] == answer.json()["data"]["parts"]
    else:
        assert json.dumps(item, sort_keys=True) == json.dumps(blob, sort_keys=True)


@pytest.mark.parametrize("target", ["openai", "anthropic", "gemini", "acontext"])
@pytest.mark.parametrize(
    ("format", "blob"),
    [
        ("openai", openai(IMAGE_URL)),
        ("anthropic", anthropic(IMAGE)),
        ("gemini", {"role": "user", "parts": [INLINE]}),
        ("acontext", {"role": "user", "parts": [{"type": "image", "meta": {"type": "base64", "data": b64(PICTURE)}}]}),
    ],
)
def test_it_is_in_every_format(
    api: httpx.Client, session: Session, format: str, blob: dict[str, Any], target: str
) -> None:
    store(api, session, blob, format)
    assert b64(PICTURE) in json.dumps(read(api, session, target)["items"])


def test_many_at_once(api: httpx.Client, session: Session, files: Path) -> None:
    wanted = [openai(IMAGE_URL), {"role": "user", "content": "Hi"}, openai(IMAGE_URL, IMAGE_URL)]
    answer = api.post(url(session) + "/bulk", json={"messages": [{"blob": blob} for blob in wanted]})
    assert answer.status_code == 201
    assert read(api, session, "openai")["items"] == wanted
    assert (len(kept(files)), AssetUse.objects.count()) == (1, 2)


ALIKE: list[Any] = [
    {"at": ["parts", 0, "meta", "data"], "as": "base64", "before": "", "sha256": "0" * 64, "mime": "x", "size_b": 1},
    {"media": [{"at": ["blob", "content"]}]},
    "",
    "data:image/png;base64,",
]


def test_what_looks_like_a_marker_is_only_content(api: httpx.Client, session: Session) -> None:
    image = {"type": "image", "source": {**base64_source("image/png", PICTURE), "media": ALIKE}, "asset": ALIKE[0]}
    blob = {**anthropic(image, {"type": "text", "text": ""}), "media": ALIKE}
    store(api, session, blob, "anthropic")
    assert read(api, session, "anthropic")["items"] == [blob]


@pytest.mark.parametrize(
    "text",
    [
        "A" * 40_001,  # no length that base64 has
        "ab" * 20_000 + "\n",
        b64(PICTURE)[:76] + "\n" + b64(PICTURE)[76:],
        "data:image/png," + b64(PICTURE),
        "data:" + "x" * 300 + ";base64," + b64(PICTURE),
        "+-" * 20_000,
        b64(PICTURE)[:-1] + "é",
        b64(ODD)[:-2] + "/=",  # bits in it that base64 has no use for
    ],
)
def test_what_is_not_quite_base64_stays_as_it_is(api: httpx.Client, session: Session, files: Path, text: str) -> None:
    blob = openai({"type": "image_url", "image_url": {"url": text}})
    store(api, session, blob, "openai")
    assert read(api, session, "openai")["items"] == [blob]
    assert kept(files) == []


def test_small_media_long_text_and_arguments_stay_in_the_row(api: httpx.Client, session: Session, files: Path) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "a" * 40_000}}
    store(api, session, openai({"type": "input_audio", "input_audio": {"data": b64(PNG), "format": "wav"}}), "openai")
    store(api, session, {"role": "user", "content": "word " * 20_000}, "openai")
    store(api, session, {"role": "assistant", "tool_calls": [call]}, "openai")
    assert kept(files) == []


def test_the_answer_to_storing_is_whole(api: httpx.Client, session: Session) -> None:
    part = store(api, session, anthropic(IMAGE), "anthropic").json()["data"]["parts"][0]
    assert part["meta"]["data"] == b64(PICTURE)


def test_an_edit_that_takes_the_place_away_breaks_nothing(api: httpx.Client, session: Session) -> None:
    for n in range(3):
        call = {"type": "tool_use", "id": f"t{n}", "name": "look", "input": {}}
        store(api, session, {"role": "assistant", "content": [call]}, "anthropic")
        result = {"type": "tool_result", "tool_use_id": f"t{n}", "content": [IMAGE]}
        store(api, session, {"role": "user", "content": [result]}, "anthropic")
    strategies = json.dumps([{"type": "remove_tool_result", "params": {"keep_recent_n_tool_results": 1}}])
    for format in ("anthropic", "openai", "gemini", "acontext"):
        items = read(api, session, format, edit_strategies=strategies)["items"]
        assert json.dumps(items).count(b64(PICTURE)) == 1


def test_media_does_not_count_as_waiting_text(api: httpx.Client, session: Session) -> None:
    store(api, session, anthropic(IMAGE), "anthropic")
    session.refresh_from_db()
    assert session.pending_tokens < 200


def test_a_lost_file_leaves_the_rest_readable(api: httpx.Client, session: Session, files: Path) -> None:
    blob = anthropic(IMAGE)
    store(api, session, blob, "anthropic")
    (files / Asset.objects.get().name).unlink()
    said = read(api, session, "anthropic")["items"][0]["content"]
    assert said == [{"type": "text", "text": "[image]"}, {"type": "text", "text": "Look"}]
