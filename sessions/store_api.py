"""Storing messages as plain views: the busiest path, so nothing stands between request and statement."""

from django.http import HttpRequest, HttpResponse

from sessions import formats
from sessions.drafts import draft_of
from sessions.envelope import parse_uuid, reply
from sessions.errors import BadRequest
from sessions.formats import BadMessage, UnknownFormat
from sessions.ingest import store_message, store_messages
from sessions.keys import digest_from_header, project_of
from sessions.store_request import read_bulk_request, read_store_request


def store(request: HttpRequest, session_id: str) -> HttpResponse:
    """Store the message in the body and answer 201 with it.

    The key is checked inside the statement that stores. A request that fails before that is answered with its own
    fault only to the holder of a usable key, everyone else gets 401.
    """
    digest = digest_from_header(request.headers.get("Authorization"))
    try:
        body = read_store_request(request.body)
        stored = store_message(
            session_id=parse_uuid(session_id, "session_id"),
            blob=body.blob,
            format=body.format or formats.DEFAULT_FORMAT,
            meta=body.meta,
            key_digest=digest,
        )
    except (BadMessage, UnknownFormat) as error:
        project_of(digest)
        raise BadRequest(f"failed to normalize {body.format or formats.DEFAULT_FORMAT} message: {error}") from error
    except BadRequest:
        project_of(digest)
        raise
    return reply(stored.as_wire(), status=201)


def store_bulk(request: HttpRequest, session_id: str) -> HttpResponse:
    """Store the messages in the body, all or none, and answer 201 with them in order."""
    digest = digest_from_header(request.headers.get("Authorization"))
    index = 0
    try:
        drafts = []
        for index, body in enumerate(read_bulk_request(request.body)):  # noqa: B007 (read below)
            drafts.append(draft_of(body.blob, format=body.format or formats.DEFAULT_FORMAT, meta=body.meta))
        stored = store_messages(drafts, session_id=parse_uuid(session_id, "session_id"), key_digest=digest)
    except (BadMessage, UnknownFormat) as error:
        project_of(digest)
        raise BadRequest(f"messages[{index}].{error}") from error
    except BadRequest:
        project_of(digest)
        raise
    return reply({"items": [message.as_wire() for message in stored]}, status=201)
