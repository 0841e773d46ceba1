"""Files for tests, each with the first bytes that its kind has, and a folder of their own to keep them in."""

import base64
import json
import os
from pathlib import Path
from typing import Any

import httpx

from sessions.models import Session

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 20
PDF = b"%PDF-1.7\n" + b"page" * 20
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"sound" * 20
MP4 = b"\x00\x00\x00\x18ftypisom" + b"frame" * 20
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def large(start: bytes = PNG, size: int = 60_000) -> bytes:
    """Return bytes that no other call returns, and that are too large for a row."""
    return start + os.urandom(size)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def url(session: Session) -> str:
    return f"/session/{session.pk}/messages"


def upload(
    api: httpx.Client, session: Session, data: bytes = PNG, *, name: str = "a.png", kind: str = "image", **part: Any
) -> httpx.Response:
    """Store a message with one file as the SDKs do: nulls and all."""
    parts = [{"type": kind, "text": None, "meta": None, "file_field": "f1", **part}]
    payload = {"format": "acontext", "blob": {"role": "user", "parts": parts}}
    files = {"f1": (name, data, "application/x-client-says")}
    return api.post(url(session), data={"payload": json.dumps(payload)}, files=files)


def store(api: httpx.Client, session: Session, blob: dict[str, Any], format: str) -> httpx.Response:
    answer = api.post(url(session), json={"format": format, "blob": blob})
    assert answer.status_code == 201, answer.text
    return answer


def read(api: httpx.Client, session: Session, format: str, **query: Any) -> dict[str, Any]:
    answer = api.get(url(session), params={"format": format, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def kept(folder: Path) -> list[str]:
    """Return the names of all files in the storage."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())
