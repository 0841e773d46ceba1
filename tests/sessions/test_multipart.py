"""Storing a message with files, as the SDKs send it."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from sessions.models import Asset, AssetUse, Message, Project, Session
from tests.sessions.media import MP4, PDF, PNG, SVG, WAV, kept, read, upload, url

pytestmark = pytest.mark.usefixtures("files")


def test_a_file_becomes_the_asset_of_its_part(api: httpx.Client, session: Session, files: Path) -> None:
    answer = upload(api, session, PNG, name="A b.PNG", meta={"detail": "low"})
    assert answer.status_code == 201
    [part] = answer.json()["data"]["parts"]
    row = Asset.objects.get()
    assert part == {
        "type": "image",
        "asset": {
            "bucket": "assets",
            "s3_key": f"assets/{session.project_id}/{row.sha256[:2]}/{row.sha256}",
            "etag": "",
            "sha256": row.sha256,
            "mime": "image/png",
            "size_b": len(PNG),
        },
        "filename": "A b.PNG",
        "meta": {"detail": "low"},
    }
    assert (files / row.name).read_bytes() == PNG
    assert read(api, session, "acontext")["items"][0]["parts"] == [part]


@pytest.mark.parametrize(
    ("data", "name", "mime"),
    [
        (PNG, "a.txt", "image/png"),
        (PDF, "", "application/pdf"),
        (WAV, "a.mp3", "audio/wav"),
        (MP4, "a", "video/mp4"),
        (SVG, "a.png", "image/svg+xml"),
        (b"<!DOCTYPE html><p>", "a.png", "text/html; charset=utf-8"),
        (b"# Title\n", "README.md", "text/markdown; charset=utf-8"),
        (b'{"a": 1}', "a.json", "application/json"),
        (b"a,b\n", "A.CSV", "text/csv; charset=utf-8"),
        ("Grüße".encode(), "a.png", "text/plain; charset=utf-8"),
        (b"\x00\x01\x02", "a.png", "application/octet-stream"),
        (b"PK\x03\x04....", "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"PK\x03\x04....", "a.png", "application/zip"),
        (b"", "a.png", "text/plain; charset=utf-8"),
    ],
)
def test_the_type_is_told_by_the_content(
    api: httpx.Client, session: Session, data: bytes, name: str, mime: str
) -> None:
    part = upload(api, session, data, name=name or "x", kind="file").json()["data"]["parts"][0]
    assert (part["asset"]["mime"], part["asset"]["size_b"]) == (mime, len(data))


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\a.png", "a.png"),
        ("图片 😀.png", "图片 😀.png"),
        ("it's; a=b.png", "it's; a=b.png"),
        ("a" * 400 + ".png", "a" * 251 + ".png"),
    ],
)
def test_a_name_is_a_name_and_no_path(
    api: httpx.Client, session: Session, files: Path, name: str, kept_as: str
) -> None:
    part = upload(api, session, name=name).json()["data"]["parts"][0]
    assert part["filename"] == kept_as
    assert kept(files) == [part["asset"]["sha256"]]


def test_one_file_may_serve_many_parts_and_any_type(api: httpx.Client, session: Session, files: Path) -> None:
    parts: list[dict[str, Any]] = [
        {"type": "text", "text": "look", "file_field": "f"},
        {"type": "image", "file_field": "f"},
        {"type": "file", "file_field": "g"},
    ]
    payload = {"format": "acontext", "blob": {"role": "user", "parts": parts}}
    sent = {"f": ("a.png", PNG), "g": ("b.png", PNG), "unused": ("c.pdf", PDF)}
    answer = api.post(url(session), data={"payload": json.dumps(payload)}, files=sent)
    stored = answer.json()["data"]["parts"]
    assert [part["filename"] for part in stored] == ["a.png", "a.png", "b.png"]
    assert (len(kept(files)), AssetUse.objects.count()) == (1, 1)
    content = read(api, session, "openai")["items"][0]["content"]
    assert [piece["type"] for piece in content] == ["text", "image_url", "image_url", "file"]


def test_a_message_without_files_may_come_so_too(api: httpx.Client, session: Session) -> None:
    payload = {"blob": {"role": "user", "content": "Hi"}, "meta": {"a": 1}}
    answer = api.post(url(session), data={"payload": json.dumps(payload)}, files={"x": ("x", b"x")})
    assert (answer.status_code, answer.json()["data"]["meta"]) == (201, {"a": 1})
    assert Asset.objects.count() == 0


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (None, "invalid payload json"),
        ("", "invalid payload json"),
        ("{", "invalid payload json"),
        ("[]", "parameter error"),
        ('{"format": "klingon", "blob": {}}', "invalid format"),
        ('{"format": "acontext"}', "blob: must be an object"),
        ('{"format": "acontext", "blob": {"role": "robot"}}', "failed to normalize acontext message"),
        (
            '{"format": "acontext", "blob": {"role": "user", "parts": [{"type": "image", "file_field": "f9"}]}}',
            "missing file f9",
        ),
        (
            '{"format": "acontext", "blob": {"role": "user", "parts": [{"type": "image", "file_field": 9}]}}',
            "parts[0].file_field: must be text",
        ),
    ],
)
def test_what_is_wrong_is_said(api: httpx.Client, session: Session, files: Path, payload: str, said: str) -> None:
    fields = {} if payload is None else {"payload": payload}
    answer = api.post(url(session), data=fields, files={"f1": ("a.png", PNG)})
    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert said in answer.json()["msg"]
    assert (kept(files), Message.objects.count()) == ([], 0)


def test_a_file_cannot_come_with_json(api: httpx.Client, session: Session) -> None:
    blob = {"role": "user", "parts": [{"type": "text", "text": "a"}, {"type": "image", "file_field": "f1"}]}
    for path, body in (("", {"blob": blob}), ("/bulk", {"messages": [{"blob": blob, "format": "acontext"}]})):
        answer = api.post(url(session) + path, json={"format": "acontext", **body})
        assert answer.status_code == 400
        assert "parts[1].file_field: missing uploaded file f1" in answer.json()["msg"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x\r\nnonsense"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="payload"\r\n\r\n{}\r\n'),
    ],
)
def test_broken_multipart_is_refused(api: httpx.Client, session: Session, kind: str, body: bytes) -> None:
    answer = api.post(url(session), content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (400, 400)


def test_more_files_than_anyone_needs_are_refused(api: httpx.Client, session: Session) -> None:
    answer = api.post(url(session), data={"payload": "{}"}, files={f"f{n}": ("a", b"a") for n in range(101)})
    assert answer.status_code == 400
    assert "files" in answer.json()["msg"]


def test_a_large_file_is_refused(api: httpx.Client, session: Session, settings: Any) -> None:
    settings.API_MAX_BODY_BYTES = 1_000
    answer = upload(api, session, PNG * 100)
    assert (answer.status_code, answer.json()["code"]) == (413, 413)


def test_nothing_is_read_without_a_key(api: httpx.Client, session: Session, files: Path) -> None:
    api.headers["Authorization"] = "Bearer sk-ac-nope"
    assert upload(api, session).status_code == 401
    assert kept(files) == []


def test_another_projects_session_gets_no_file(other_api: httpx.Client, session: Session, files: Path) -> None:
    answer = upload(other_api, session)
    assert (answer.status_code, answer.json()["msg"]) == (404, "session not found")
    assert (kept(files), Asset.objects.count()) == ([], 0)


def test_projects_share_no_files(
    api: httpx.Client, other_api: httpx.Client, session: Session, other_project: Project, files: Path
) -> None:
    from tests.factories import make_session

    upload(api, session)
    upload(other_api, make_session(other_project))
    assert (len(kept(files)), Asset.objects.count()) == (2, 2)


def test_the_same_key_stores_a_file_once(api: httpx.Client, session: Session, files: Path) -> None:
    api.headers["Idempotency-Key"] = "k1"
    first, again, other = upload(api, session), upload(api, session), upload(api, session, PDF)
    assert first.json()["data"] == again.json()["data"]
    assert (again.headers["Idempotent-Replayed"], other.status_code) == ("true", 409)
    assert (Message.objects.count(), len(kept(files))) == (1, 1)
