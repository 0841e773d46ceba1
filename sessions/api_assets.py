"""The endpoints that give out files of messages."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Router

from sessions.api import find_session
from sessions.assets.serving import file_response
from sessions.errors import NotFound
from sessions.material import open_token
from sessions.models import Asset
from sessions.sniffing import BINARY

router = Router(tags=["assets"])


def answered_with(media_type: str) -> dict[str, Any]:
    """Say in the document that the answer is a file."""
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {"responses": {200: {"description": "The file", "content": content}}}


@router.get(
    "/material/{token}",
    auth=None,
    operation_id="get_material",
    summary="Fetch a file by its public link",
    openapi_extra=answered_with("*/*"),
)
def get_material(request: HttpRequest, token: str) -> HttpResponseBase:
    """Give the file to whoever has the link, which `get_messages` makes. Needs no key; ends after a day."""
    asset, name = open_token(token)
    try:
        return file_response(asset, name=name)
    except NotFound:
        raise NotFound("material not found") from None


@router.get(
    "/session/{session_id}/asset/download",
    operation_id="download_asset",
    summary="Download a file of a message",
    openapi_extra=answered_with(BINARY),
)
def download_asset(request: HttpRequest, session_id: str, s3_key: str) -> HttpResponseBase:
    """Give the bytes of an asset that messages of the project hold, by the `s3_key` that parts show."""
    session = find_session(request, session_id)
    asset = Asset.objects.filter(project=session.project, name=s3_key, uses__isnull=False).first()
    if asset is None:
        raise NotFound("asset not found")
    return file_response(asset, media_type=BINARY)
