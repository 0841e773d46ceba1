"""Links to files: what they are, who may open them, and when they end."""

import time
from typing import Any

import httpx
import pytest
from django.core.files.storage import default_storage
from django.test import RequestFactory

from sessions.material import LIFETIME, SIGNER, STEADY, Links
from sessions.models import Asset, Project, Session
from tests.factories import make_session
from tests.sessions.media import PNG, SVG, read, upload, url

pytestmark = pytest.mark.usefixtures("files")


def link_in(api: httpx.Client, session: Session) -> str:
    [link] = read(api, session, "acontext")["public_urls"].values()
    return link["url"]


def test_acontext_gets_links_by_digest(api: httpx.Client, session: Session) -> None:
    part = upload(api, session).json()["data"]["parts"][0]
    urls = read(api, session, "acontext")["public_urls"]
    assert list(urls) == [part["asset"]["sha256"]]
    assert urls[part["asset"]["sha256"]].keys() == {"url", "expire_at"}
    assert "public_urls" not in read(api, session, "acontext", with_asset_public_url=False)
    assert "public_urls" not in read(api, session, "openai")


def test_a_link_stays_the_same_for_a_while(api: httpx.Client, session: Session) -> None:
    upload(api, session)
    asset, request = Asset.objects.get(), RequestFactory().get("/")
    first = Links(request, now=lambda: 10 * STEADY).to(asset, "a")
    assert Links(request, now=lambda: 11 * STEADY - 1).to(asset, "a") == first
    assert Links(request, now=lambda: 11 * STEADY).to(asset, "a") != first
    assert first["expire_at"].timestamp() == 11 * STEADY + LIFETIME


def test_where_a_link_leads_can_be_set(api: httpx.Client, session: Session, settings: Any) -> None:
    upload(api, session)
    settings.EXTERNAL_URL = "https://acontext.example.com/"
    assert link_in(api, session).startswith("https://acontext.example.com/api/v1/material/")


def test_an_unknown_host_needs_the_setting_only_for_files(api: httpx.Client, session: Session, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["known.example"]
    assert read(api, session, "openai")["items"] == []
    upload(api, session)
    answer = api.get(url(session))
    assert (answer.status_code, "EXTERNAL_URL" in answer.json()["msg"]) == (400, True)


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (PNG, '图片 "1".png', "image/png"),
        (SVG, "a.svg", "image/svg+xml"),
        (b"<html>", "a.html", "text/html; charset=utf-8"),
    ],
)
def test_a_link_opens_without_a_key_and_runs_nothing(
    api: httpx.Client, session: Session, data: bytes, name: str, media_type: str
) -> None:
    name = name.replace('"', "'")
    upload(api, session, data, name=name)
    address = link_in(api, session)
    api.headers.pop("Authorization")
    answer = api.get(address)
    assert (answer.status_code, answer.content) == (200, data)
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"].startswith("attachment; filename")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert int(answer.headers["content-length"]) == len(data)


def test_a_link_that_opens_nothing(api: httpx.Client, session: Session, other_project: Project) -> None:
    upload(api, session)
    asset, token = Asset.objects.get(), link_in(api, session).rpartition("/")[2]
    old = Links(RequestFactory().get("/"), now=lambda: time.time() - LIFETIME - STEADY - 1).to(asset, "a")["url"]
    foreign = SIGNER.sign_object([asset.pk.hex, str(other_project.pk), time.time() + 99, ""])
    for bad in ("x", "x:y", token[:-1], token + "x", "%00", "é", old.rpartition("/")[2], foreign):
        answer = api.get(f"/material/{bad}")
        assert (answer.status_code, answer.json()) == (404, {"code": 404, "msg": "material not found"}), bad


def test_deletion_ends_a_link(api: httpx.Client, session: Session, django_capture_on_commit_callbacks: Any) -> None:
    upload(api, session)
    address = link_in(api, session)
    assert api.get(address).status_code == 200
    api.delete(f"/session/{session.pk}")
    assert Asset.objects.count() == 1, "the file is removed after the transaction"
    assert api.get(address).json() == {"code": 404, "msg": "material not found"}


def test_a_lost_file_is_not_found(api: httpx.Client, session: Session) -> None:
    upload(api, session)
    address = link_in(api, session)
    default_storage.delete(Asset.objects.get().name)
    assert api.get(address).status_code == 404
    [item] = read(api, session, "anthropic")["items"]
    assert item["content"] == [{"type": "text", "text": "[image: a.png]"}]


def test_an_asset_is_downloaded_by_its_key(
    api: httpx.Client, other_api: httpx.Client, session: Session, other_project: Project
) -> None:
    key = upload(api, session, SVG).json()["data"]["parts"][0]["asset"]["s3_key"]
    path = f"/session/{session.pk}/asset/download"
    answer = api.get(path, params={"s3_key": key})
    assert (answer.status_code, answer.content) == (200, SVG)
    assert answer.headers["content-type"] == "application/octet-stream"
    theirs = f"/session/{make_session(other_project).pk}/asset/download"
    assert other_api.get(path, params={"s3_key": key}).status_code == 404
    assert other_api.get(theirs, params={"s3_key": key}).status_code == 404
    assert api.get(path, params={"s3_key": key + "/../../x"}).status_code == 404
    assert api.get(path).status_code == 400
    assert api.get("/session/nonsense/asset/download", params={"s3_key": key}).status_code == 400
