"""A message between its format and its row: what is to be stored, and what was."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sessions import formats
from sessions.assets.files import NewFile
from sessions.assets.taking_out import LARGE, TakingOut
from sessions.assets.uploading import NO_UPLOADS, Uploads
from sessions.models.fields import dump_json, dump_parts
from sessions.parts import Content, Kind, Part, has_open_tool_call
from sessions.titles import title_of
from sessions.tokens import estimate_tokens


@dataclass(frozen=True, slots=True)
class Draft:
    """The columns of a message that do not depend on what its session holds. JSON columns are text already.

    `content` is whole; of what `parts` and `blob` lack, `media` tells where it belongs and `files` has the bytes.
    """

    id: uuid.UUID
    role: str
    format: str
    content: Content
    parts: str
    blob: str | None
    facts: str
    meta: dict[str, Any]
    meta_text: str
    media: str | None = None
    files: Sequence[NewFile] = ()

    @property
    def tokens(self) -> int:
        return estimate_tokens(len(self.parts))

    @property
    def ends_turn(self) -> bool:
        """Whether the agent has said what it had to say and waits for nothing."""
        return self.role == "assistant" and not has_open_tool_call(self.content.parts)

    @property
    def goes_on(self) -> bool:
        """Whether it is a step inside of a turn: of the agent, or of a tool that it called."""
        return self.role == "assistant" or any(part.type == Kind.TOOL_RESULT for part in self.content.parts)

    @property
    def title(self) -> str:
        return title_of(self.content)


def draft_of(
    blob: Any,
    *,
    format: str = formats.DEFAULT_FORMAT,
    meta: dict[str, Any] | None = None,
    uploads: Uploads | None = None,
) -> Draft:
    """Read a blob in its format. Raises BadMessage or UnknownFormat, which say what is wrong and where.

    Raises BadRequest for a file that the blob names and the request lacks.
    """
    content = formats.parse(format, blob)
    kept = formats.blob_to_keep(format, blob, content)
    taking = None
    if format == "acontext":
        taking = (uploads or NO_UPLOADS).attach(content.parts, blob)
    parts, kept_text = dump_parts(content.parts), None if kept is None else dump_json(kept)
    if len(parts) > LARGE or (kept_text is not None and len(kept_text) > LARGE):
        taking = taking or TakingOut()
        parts = dump_parts(taking.of_parts(content.parts))
        kept_text = None if kept is None else dump_json(taking.of(kept, ("blob",)))
    return Draft(
        id=uuid.uuid4(),
        role=content.role,
        format=format,
        content=content,
        parts=parts,
        blob=kept_text,
        facts=dump_json(content.facts) if content.facts else "{}",
        meta=meta or {},
        meta_text=dump_json(meta) if meta else "{}",
        media=dump_json(taking.entries) if taking and taking.entries else None,
        files=tuple(taking.files.values()) if taking else (),
    )


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """What was stored, as far as the answer needs it."""

    id: uuid.UUID
    session_id: uuid.UUID
    seq: int
    parent_id: uuid.UUID | None
    role: str
    meta: dict[str, Any]
    parts: list[Part]
    status: str
    created_at: datetime

    @classmethod
    def of(
        cls,
        draft: Draft,
        session_id: uuid.UUID,
        *,
        seq: int,
        parent_id: uuid.UUID | None,
        extraction: str,
        created_at: datetime,
    ) -> "StoredMessage":
        """Put together what was to be stored and what the database made of it."""
        return cls(
            id=draft.id,
            session_id=session_id,
            seq=seq,
            parent_id=parent_id,
            role=draft.role,
            meta=draft.meta,
            parts=draft.content.parts,
            status=extraction or "pending",
            created_at=created_at,
        )

    def as_wire(self) -> dict[str, Any]:
        """The message as `store_message` answers: `meta` is the caller's own (contract.md §5.1)."""
        return {
            "id": self.id,
            "session_id": self.session_id,
            "parent_id": self.parent_id,
            "role": self.role,
            "meta": self.meta,
            "parts": self.parts,
            "task_id": None,
            "session_task_process_status": self.status,
            "created_at": self.created_at,
            "updated_at": self.created_at,
        }
