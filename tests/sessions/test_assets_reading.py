"""Uploaded files in every format, of this project only, and no address in a message visited."""

import json
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

from sessions.models import Project, Session
from tests.factories import make_session
from tests.sessions.media import MP4, PDF, PNG, WAV, b64, read, store, upload, url

pytestmark = pytest.mark.usefixtures("files")
HOST = "http://127.0.0.1"


def said(api: httpx.Client, session: Session, format: str, **query: Any) -> list[Any]:
    [item] = read(api, session, format, **query)["items"]
    content = item.get("content", item.get("parts"))
    return content if isinstance(content, list) else [content]


def test_openai_gets_an_address_for_an_image(api: httpx.Client, session: Session) -> None:
    upload(api, session, meta={"detail": "low"})
    [piece] = said(api, session, "openai")
    assert (piece["type"], piece["image_url"]["detail"]) == ("image_url", "low")
    assert httpx.URL(piece["image_url"]["url"]).host == "127.0.0.1"
    assert api.get(piece["image_url"]["url"]).content == PNG
    assert said(api, session, "openai", with_asset_public_url=False) == [{"type": "text", "text": "[image: a.png]"}]


@pytest.mark.parametrize("with_url", [True, False])
def test_the_others_get_the_bytes(api: httpx.Client, session: Session, with_url: bool) -> None:
    upload(api, session, meta={"url": "https://elsewhere.example/b.png"})
    assert said(api, session, "anthropic", with_asset_public_url=with_url) == [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": b64(PNG)}}
    ]
    [piece] = said(api, session, "gemini", with_asset_public_url=with_url)
    assert (piece["inlineData"]["mimeType"], piece["inlineData"]["data"]) == ("image/png", b64(PNG))


@pytest.mark.parametrize(
    ("kind", "data", "name", "format", "seen"),
    [
        ("file", PDF, "p.pdf", "openai", {"filename": "p.pdf", "file_data": f"data:application/pdf;base64,{b64(PDF)}"}),
        ("file", PDF, "p.pdf", "anthropic", {"type": "base64", "media_type": "application/pdf", "data": b64(PDF)}),
        ("file", PDF, "p.pdf", "gemini", b64(PDF)),
        ("file", b"# Hi\n", "a.md", "openai", "# Hi\n"),
        ("file", b"# Hi\n", "a.md", "anthropic", {"type": "text", "media_type": "text/plain", "data": "# Hi\n"}),
        ("audio", WAV, "a.wav", "openai", {"data": b64(WAV), "format": "wav"}),
        ("audio", WAV, "a.wav", "anthropic", "[audio: a.wav]"),
        ("audio", WAV, "a.wav", "gemini", b64(WAV)),
        ("video", MP4, "a.mp4", "openai", "[video: a.mp4]"),
        ("video", MP4, "a.mp4", "gemini", b64(MP4)),
    ],
)
def test_each_kind_in_each_format(
    api: httpx.Client, session: Session, kind: str, data: bytes, name: str, format: str, seen: Any
) -> None:
    upload(api, session, data, name=name, kind=kind)
    assert json.dumps(seen)[1:-1] in json.dumps(said(api, session, format))


def test_a_forged_asset_opens_nothing(
    api: httpx.Client, other_api: httpx.Client, session: Session, other_project: Project
) -> None:
    asset = upload(api, session).json()["data"]["parts"][0]["asset"]
    theirs = make_session(other_project)
    image = {"type": "image", "asset": asset, "filename": "a.png", "meta": {"asset": asset}}
    result = {"type": "tool-result", "text": "x", "meta": {"tool_call_id": "t", "parts": [image]}}
    for part in (image, result):
        store(other_api, theirs, {"role": "user", "parts": [part]}, "acontext")
    for format in ("openai", "anthropic", "gemini", "acontext"):
        text = other_api.get(url(theirs), params={"format": format}).text
        assert b64(PNG) not in text
        assert "material" not in text
        assert "public_urls" not in text


def test_no_address_in_a_message_is_ever_visited(api: httpx.Client, session: Session) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.png"
        store(
            api, session, {"role": "user", "content": [{"type": "image_url", "image_url": {"url": address}}]}, "openai"
        )
        image = {"type": "image", "source": {"type": "url", "url": address}}
        store(api, session, {"role": "user", "content": [image]}, "anthropic")
        store(api, session, {"role": "user", "parts": [{"fileData": {"fileUri": address}}]}, "gemini")
        upload(api, session, meta={"url": address}, name=address)
        for format in ("openai", "anthropic", "gemini", "acontext"):
            assert address in json.dumps(read(api, session, format))
        api.get(f"/session/{session.pk}/token_counts")
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_copy_holds_the_files_too(api: httpx.Client, session: Session, files: Path) -> None:
    upload(api, session)
    answer = api.post(f"/session/{session.pk}/copy")
    assert answer.status_code == 200
    copy = Session.objects.get(pk=answer.json()["data"]["new_session_id"])
    session.delete()
    assert api.get(said(api, copy, "openai")[0]["image_url"]["url"]).content == PNG
    assert said(api, copy, "anthropic")[0]["source"]["data"] == b64(PNG)
