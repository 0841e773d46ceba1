"""Read messages back: a page of them, in the format that the caller wants."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.db.models import OuterRef, QuerySet, Subquery

from sessions import cursors, formats
from sessions.assets.reading import Stored
from sessions.edits import Draft, Strategy, edit
from sessions.events import events_beside
from sessions.material import Links
from sessions.models import Message, Session
from sessions.tokens import count_message
from sessions.tool_pairs import pair_tools


@dataclass
class Transcript:
    """One page, oldest first. `items`, `ids` and `metas` have the same length, whatever the format does."""

    items: list[Any] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    metas: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    public_urls: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: int = 0
    next_cursor: str | None = None
    edited_at: str | None = None

    def as_wire(self) -> dict[str, Any]:
        wire: dict[str, Any] = {
            "items": self.items,
            "ids": self.ids,
            "metas": self.metas,
            "has_more": self.next_cursor is not None,
            "this_time_tokens": self.tokens,
        }
        if self.events:
            wire["events"] = self.events
        if self.public_urls:
            wire["public_urls"] = self.public_urls
        if self.next_cursor:
            wire["next_cursor"] = self.next_cursor
        if self.edited_at:
            wire["edit_at_message_id"] = self.edited_at
        return wire


def read_transcript(
    session: Session,
    *,
    format: str,
    limit: int = 0,
    cursor: str | None = None,
    newest_first: bool = False,
    with_events: bool = False,
    strategies: Sequence[Strategy] = (),
    pin: str = "",
    links: Links | None = None,
) -> Transcript:
    """Read a page of a session: all of it when `limit` is 0, else `limit` messages from the end that is asked for.

    Strategies edit what is given back, up to the message with the id `pin` when the page has it; later messages stay.
    Files of messages are linked to when there are `links`.
    Raises UnknownFormat, and BadRequest for a cursor that is not one.
    """
    formats.format_named(format)
    rows = with_first_task(session.messages.all())
    if limit:
        page, next_cursor = cursors.page(rows, ["seq"], [int], limit=limit, cursor=cursor, descending=newest_first)
        messages = page[::-1] if newest_first else page
    else:
        messages, next_cursor = list(rows.order_by("seq")), None
    transcript = Transcript(next_cursor=next_cursor)
    if with_events:
        is_newest = not (limit and cursor) if newest_first else next_cursor is None
        found = events_beside(session, messages, is_newest_page=is_newest)
        transcript.events = [event.as_wire(session.project_id) for event in found]
    if messages:
        pair_tools(messages, format, session)
        stored = Stored(session.project_id, messages, links)
        _edit_and_render(transcript, messages, format, session, strategies, pin, stored)
    return transcript


def _edit_and_render(
    transcript: Transcript,
    messages: Sequence[Message],
    format: str,
    session: Session,
    strategies: Sequence[Strategy],
    pin: str,
    stored: Stored,
) -> None:
    last = len(messages) - 1
    upto = next((n for n, message in enumerate(messages) if str(message.id) == pin), last) if strategies else last
    transcript.edited_at = str(messages[upto].id)
    for draft in edit([_draft(message) for message in messages], strategies, upto=upto):
        message = draft.source
        if draft.changed:
            # The provider's own words say what the edit took away, so the parts speak. Nothing of this is saved.
            message.parts, message.blob = draft.parts, None
        stored.put_back(message, format)
        for item in render_stored(message, format, session):
            transcript.items.append(item)
            transcript.ids.append(str(message.id))
            transcript.metas.append(message.meta)
        transcript.tokens += draft.tokens
    transcript.public_urls = stored.public_urls


def _draft(message: Message) -> Draft[Message]:
    return Draft(message, message.parts, count_message(message) if message.token_count is None else message.token_count)


def with_first_task(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Add `first_task_id`, the contract's `task_id`. Links belong to the app above; they are reached by name."""
    links = Message.objects.filter(pk=OuterRef("pk")).order_by("task_links__task__order")
    return messages.annotate(first_task_id=Subquery(links.values("task_links__task_id")[:1]))


def render_stored(message: Message, format: str, session: Session) -> list[Any]:
    """Write a stored message in a format; the provider's own words again when they were given in the same one."""
    if format == "acontext":
        return [acontext_item(message, session)]
    if format == message.format and message.blob is not None:
        return [message.blob]
    return list(formats.render(format, message))


def acontext_item(message: Message, session: Session) -> dict[str, Any]:
    """Write a message as the contract's own format shows it, with ids, state and times (contract.md §5.2)."""
    system = {key: value for key, value in message.facts.items() if key != "acontext_meta"}
    meta = {**message.facts.get("acontext_meta", {}), **system, "source_format": message.format}
    if message.meta:
        meta["__user_meta__"] = message.meta
    return {
        "id": message.id,
        "session_id": message.session_id,
        "parent_id": message.parent_id,
        "role": message.role,
        "parts": msgspec.to_builtins(message.parts),
        "meta": meta,
        "task_id": getattr(message, "first_task_id", None),
        "session_task_process_status": message.tracking_status(session),
        "created_at": message.created_at,
        "updated_at": message.updated_at,
    }
