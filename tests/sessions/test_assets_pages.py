"""Files of messages on the pages: pictures are shown, the rest is to be saved, and only by members of the project."""

import json
import re
from pathlib import Path

import httpx
import pytest
from django.test import Client

from sessions.models import Asset, Project, Session
from tests.factories import make_session
from tests.sessions.media import PDF, PNG, SVG, b64, large, store, upload

pytestmark = pytest.mark.usefixtures("files")


def address(session: Session, asset: Asset) -> str:
    return f"/sessions/{session.pk}/assets/{asset.sha256}/"


@pytest.mark.parametrize("how", ["uploaded", "openai", "anthropic", "gemini"])
def test_a_picture_is_on_the_page(api: httpx.Client, page: Client, session: Session, how: str) -> None:
    picture = large(PNG)
    match how:
        case "uploaded":
            upload(api, session, picture)
        case "openai":
            image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{b64(picture)}"}}
            store(api, session, {"role": "user", "content": [image]}, how)
        case "anthropic":
            source = {"type": "base64", "media_type": "image/png", "data": b64(picture)}
            store(api, session, {"role": "user", "content": [{"type": "image", "source": source}]}, how)
        case "gemini":
            piece = {"inlineData": {"mimeType": "image/png", "data": b64(picture)}}
            store(api, session, {"role": "user", "parts": [piece]}, how)
    place = address(session, Asset.objects.get())
    assert f'<img src="{place}"' in page.get(f"/sessions/{session.pk}/").content.decode()
    answer = page.get(place)
    assert (answer.status_code, answer.getvalue()) == (200, picture)
    assert answer["Content-Type"] == "image/png"
    assert "attachment" not in answer.get("Content-Disposition", "")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_pictures_inside_of_a_tools_result_are_on_the_page(api: httpx.Client, page: Client, session: Session) -> None:
    pictures = large(PNG), large(PNG)
    sources = [{"type": "base64", "media_type": "image/png", "data": b64(picture)} for picture in pictures]
    content = [{"type": "text", "text": "Two"}, *({"type": "image", "source": source} for source in sources)]
    result = {"type": "tool_result", "tool_use_id": "t1", "content": content}
    store(api, session, {"role": "user", "content": [result]}, "anthropic")
    places = re.findall(r'<img src="([^"]+)"', page.get(f"/sessions/{session.pk}/").content.decode())
    assert [page.get(place).getvalue() for place in places] == list(pictures)


@pytest.mark.parametrize("data", [SVG, PDF, b"<html><script>alert(1)</script>"])
@pytest.mark.parametrize("kind", ["image", "file"])
def test_what_could_run_is_only_saved(
    api: httpx.Client, page: Client, session: Session, data: bytes, kind: str
) -> None:
    upload(api, session, data, name="a.png", kind=kind)
    place = address(session, Asset.objects.get())
    html = page.get(f"/sessions/{session.pk}/").content.decode()
    assert f'<img src="{place}"' not in html
    assert f'href="{place}" download="a.png"' in html
    answer = page.get(place)
    assert answer.getvalue() == data
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_files_are_for_members_and_by_session(
    api: httpx.Client, other_api: httpx.Client, page: Client, session: Session, other_project: Project
) -> None:
    upload(api, session)
    theirs = make_session(other_project)
    upload(other_api, theirs, PDF)
    mine, foreign = (Asset.objects.get(project=owner.project_id) for owner in (session, theirs))
    assert page.get(address(session, mine)).getvalue() == PNG
    assert page.get(address(theirs, foreign)).status_code == 404
    assert page.get(address(session, foreign)).status_code == 404
    assert page.get(address(make_session(session.project), mine)).status_code == 404
    assert page.get(f"/sessions/{session.pk}/assets/nonsense/").status_code == 404
    answer = Client().get(address(session, mine))
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/login/")


def test_a_lost_file_is_not_found(api: httpx.Client, page: Client, session: Session, files: Path) -> None:
    upload(api, session)
    asset = Asset.objects.get()
    (files / asset.name).unlink()
    assert page.get(address(session, asset)).status_code == 404


def test_a_raw_message_is_whole(api: httpx.Client, page: Client, session: Session) -> None:
    data = b64(large(PNG))
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}, "extra": 1}
    store(api, session, {"role": "user", "content": [image]}, "anthropic")
    raw = json.loads(page.get(f"/sessions/{session.pk}/messages/1/raw/").content)
    assert raw["parts"][0]["meta"]["data"] == raw["blob"]["content"][0]["source"]["data"] == data
