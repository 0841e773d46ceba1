"""Storing messages as plain views: the busiest path, so nothing stands between request and statement."""

import uuid
from collections.abc import Sequence
from functools import partial

from django.http import HttpRequest, HttpResponse

from sessions.assets.uploading import Uploads
from sessions.drafts import Draft, StoredMessage, draft_of
from sessions.envelope import parse_uuid, reply
from sessions.errors import BadRequest
from sessions.formats import DEFAULT_FORMAT, BadMessage, UnknownFormat
from sessions.idempotency import store_once
from sessions.ingest import store_drafts
from sessions.keys import digest_from_header, project_of
from sessions.multipart import is_multipart, read_multipart
from sessions.store_request import StoreRequest, read_bulk_request, read_store_request


def store(request: HttpRequest, session_id: str) -> HttpResponse:
    """Store the message in the body and answer 201 with it.

    The key is checked inside the statement that stores. A request that fails before that is answered with its own
    fault only to the holder of a usable key, everyone else gets 401.
    """
    digest = digest_from_header(request.headers.get("Authorization"))
    try:
        session = parse_uuid(session_id, "session_id")
        draft = _uploaded(request, digest) if is_multipart(request) else _draft(read_store_request(request.body))
        stored, is_new = _store([draft], request, session, digest)
    except BadRequest:
        project_of(digest)
        raise
    return _answer(stored[0].as_wire(), is_new=is_new)


def store_bulk(request: HttpRequest, session_id: str) -> HttpResponse:
    """Store the messages in the body, all or none, and answer 201 with them in order."""
    digest = digest_from_header(request.headers.get("Authorization"))
    try:
        session = parse_uuid(session_id, "session_id")
        wanted = read_bulk_request(request.body)
        drafts = [_draft(body, f"messages[{index}]: ") for index, body in enumerate(wanted)]
        stored, is_new = _store(drafts, request, session, digest)
    except BadRequest:
        project_of(digest)
        raise
    return _answer({"items": [message.as_wire() for message in stored]}, is_new=is_new)


def _uploaded(request: HttpRequest, digest: bytes) -> Draft:
    """Read a request with files, which are written while it is read: only for the holder of a usable key."""
    project = project_of(digest)
    body, files = read_multipart(request)
    return _draft(body, uploads=Uploads(files, project.id))


def _draft(body: StoreRequest, where: str = "", uploads: Uploads | None = None) -> Draft:
    format = body.format or DEFAULT_FORMAT
    try:
        return draft_of(body.blob, format=format, meta=body.meta, uploads=uploads)
    except UnknownFormat as error:
        raise BadRequest(f"{where}{error}") from error
    except BadMessage as error:
        raise BadRequest(f"{where}failed to normalize {format} message: {error}") from error


def _store(
    drafts: Sequence[Draft], request: HttpRequest, session_id: uuid.UUID, digest: bytes
) -> tuple[list[StoredMessage], bool]:
    """Store the drafts, once for each `Idempotency-Key` if there is one; whether they were stored just now."""
    store = partial(store_drafts, session_id=session_id, key_digest=digest)
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return store(drafts), True
    return store_once(drafts, key, session_id=session_id, key_digest=digest, store=store)


def _answer(data: object, *, is_new: bool) -> HttpResponse:
    response = reply(data, status=201)
    if not is_new:
        response.headers["Idempotent-Replayed"] = "true"
    return response
