"""The official SDK uploads files and reads them back."""

import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from acontext import AcontextAsyncClient, AcontextClient
from acontext.messages import MessagePart, build_acontext_message
from acontext.uploads import FileUpload

from sessions.models import ApiKey, Project
from tests.servers import run_async, serving
from tests.sessions.media import PDF, PNG, kept

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files")]


@pytest.fixture
def address() -> Iterator[str]:
    with serving() as address:
        yield f"{address}/api/v1"


@pytest.fixture
def key(project: Project) -> str:
    return ApiKey.issue(project, name="sdk")[1]


def test_a_file_comes_and_goes_through_the_sdk(address: str, key: str, files: Path) -> None:
    with AcontextClient(api_key=key, base_url=address) as client:
        session = client.sessions.create()
        part = MessagePart(type="image", file_field="picture", meta={"detail": "low"})
        blob = build_acontext_message(role="user", parts=["Look:", part])
        stored = client.sessions.store_message(
            session.id,
            blob=blob,
            format="acontext",
            meta={"a": 1},
            file_field="picture",
            file=FileUpload(filename="été.png", content=PNG, content_type="text/html"),
        )
        asset = stored.parts[1].asset
        assert asset is not None
        assert (asset.mime, asset.size_b, stored.parts[1].filename, stored.meta) == (
            "image/png",
            len(PNG),
            "été.png",
            {"a": 1},
        )
        read = client.sessions.get_messages(session.id, format="acontext")
        assert read.public_urls is not None
        answer = httpx.get(read.public_urls[asset.sha256].url)
        assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
        assert (
            client.sessions.get_messages(session.id, format="acontext", with_asset_public_url=False).public_urls is None
        )
        client.sessions.delete(session.id)
        assert httpx.get(read.public_urls[asset.sha256].url).status_code == 404
        assert kept(files) == []


def test_so_it_does_through_the_async_one(address: str, key: str) -> None:
    async def talk() -> None:
        async with AcontextAsyncClient(api_key=key, base_url=address) as client:
            session = await client.sessions.create()
            blob = {"role": "user", "parts": [{"type": "file", "file_field": "f"}]}
            await client.sessions.store_message(
                session.id, blob=blob, format="acontext", file_field="f", file=("a.pdf", io.BytesIO(PDF))
            )
            read = await client.sessions.get_messages(session.id, format="anthropic")
            assert read.items[0]["content"][0]["source"]["media_type"] == "application/pdf"

    run_async(talk())
