"""Answer a request with a file, so that no browser takes it for a page of ours."""

from io import BytesIO

from django.core.files.storage import default_storage
from django.http import FileResponse

from sessions.errors import NotFound
from sessions.models import Asset
from sessions.sniffing import BINARY, PICTURES

POLICY = "default-src 'none'; sandbox"


def file_response(asset: Asset, *, name: str = "", media_type: str = "", may_be_shown: bool = False) -> FileResponse:
    """Answer with the bytes of an asset; only a picture may be shown and not saved. Raises NotFound."""
    try:
        file = default_storage.open(asset.name)
    except FileNotFoundError:
        raise NotFound("the file of this asset is lost") from None
    response = FileResponse(
        file,
        as_attachment=not (may_be_shown and asset.mime in PICTURES),
        filename=name or asset.sha256,
        content_type=media_type or asset.mime or BINARY,
    )
    return _locked(response)


def inline_response(data: bytes, *, name: str) -> FileResponse:
    """Answer with a small file that stood in a message, to be saved and never shown."""
    # An agent may call its file anything; a header takes one line.
    filename = "".join(sign if sign.isprintable() else "_" for sign in name)
    return _locked(FileResponse(BytesIO(data), as_attachment=True, filename=filename, content_type=BINARY))


def _locked(response: FileResponse) -> FileResponse:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, max-age=300"
    return response
