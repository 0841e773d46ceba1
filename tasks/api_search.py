"""Search for agents: the same hits as on the page; ours, beyond the contract."""

import uuid
from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from sessions.api import ApiRequest
from sessions.envelope import reply_page
from sessions.errors import BadRequest
from sessions.schemas import Envelope
from tasks.api_tasks import moment_of
from tasks.search import words
from tasks.search.finding import Hit, Wanted, find

router = Router(tags=["search"])


class SearchQuery(Schema):
    """`q` is needed; every filter may be left out."""

    q: str = Field(
        description="Words that must all be there, in any language; the last may be unfinished", max_length=500
    )
    kind: Literal["message", "task"] | None = None
    user: str | None = Field(None, description="Your identifier of the person the agent acted for")
    since: datetime | None = Field(None, description="Created at this time or later")
    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = None


class HitOut(Schema):
    """A message or a task that has all the words."""

    kind: str = Field(examples=["message"], description="message or task")
    session_id: uuid.UUID
    session_title: str
    user: str | None
    message_id: uuid.UUID | None = None
    seq: int | None = Field(None, description="A message's number in its session")
    role: str | None = Field(None, description="Of a message: user or assistant")
    task_id: uuid.UUID | None = None
    order: int | None = Field(None, description="A task's number in its session")
    status: str | None = Field(None, description="Of a task")
    snippet: str = Field(description="The stretch of its text with most of the words")
    marks: list[list[int]] = Field(description="Where in the snippet the words are: start and end, in characters")
    created_at: datetime


class HitPage(Schema):
    items: list[HitOut]
    next_cursor: str | None = None
    has_more: bool


@router.get("", response=Envelope[HitPage], operation_id="search", summary="Find messages and tasks by their words")
def search(request: ApiRequest, query: Query[SearchQuery]) -> HttpResponse:
    """List what has all the words, newest first. A message is found a few seconds after it is stored."""
    asked = words.Query.of(query.q)
    if not asked.is_searchable:
        raise BadRequest("q: must have a word of two letters, or a sign of a script without spaces")
    since = moment_of(query.since, "since") if query.since else None
    wanted = Wanted(asked, query.kind or "", query.user or "", since)
    hits, cursor = find(request.auth, wanted, limit=query.limit, cursor=query.cursor)
    return reply_page([as_wire(hit) for hit in hits], cursor)


def as_wire(hit: Hit) -> dict[str, Any]:
    """The hit as the API shows it: what concerns the other kind is null."""
    marks, place = [], 0
    for piece in hit.pieces:
        if piece.is_hit:
            marks.append([place, place + len(piece.text)])
        place += len(piece.text)
    user = hit.session.end_user
    return {
        "kind": hit.kind,
        "session_id": hit.session.pk,
        "session_title": hit.session.title,
        "user": user.identifier if user else None,
        "message_id": hit.message_id,
        "seq": None if hit.task else hit.number,
        "role": hit.role or None,
        "task_id": hit.task.pk if hit.task else None,
        "order": hit.number if hit.task else None,
        "status": hit.task.status if hit.task else None,
        "snippet": "".join(piece.text for piece in hit.pieces),
        "marks": marks,
        "created_at": hit.created_at,
    }
