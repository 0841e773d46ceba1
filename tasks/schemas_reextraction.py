"""What the endpoints of extracting a session again take and give."""

import uuid
from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field


class ReextractIn(BaseModel):
    """How to read the session; all of it may be left out."""

    model_config = ConfigDict(extra="forbid")

    extractor: Literal["offline", "llm"] | None = Field(None, description="llm, where one is configured, by default")
    model: str = Field("", description="Another model than the configured one")
    apply: bool = Field(False, description="Apply as soon as it is ready, without a look at what changes")


class ReextractionOut(Schema):
    """A second reading of a session, as a proposal."""

    id: uuid.UUID
    session_id: uuid.UUID
    status: str = Field(examples=["ready"], description="working, ready, applied, discarded or failed")
    extractor: str
    model: str | None
    to_seq: int = Field(description="Messages up to this number are read")
    done_seq: int = Field(description="Messages up to this number have been read")
    error: str | None = Field(None, description="Why the last try failed")
    retry_at: datetime | None = Field(None, description="When the next try is")
    calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None = Field(None, description="Where prices are known")
    created_at: datetime
    finished_at: datetime | None = None


class ComparedTaskOut(Schema):
    description: str
    status: str
    status_basis: str | None = None
    situation: str | None = None
    risk: str | None = None
    messages: list[int] = Field(description="Numbers of messages in the session")
    progresses: list[str]


class DifferenceOut(Schema):
    field: str = Field(description="status, basis, situation, risk, description, messages or progresses")
    before: str
    after: str


class ComparedOut(Schema):
    """One task, now and then."""

    kind: str = Field(examples=["changed"], description="changed, added, gone, kept (a person corrected it) or same")
    now: ComparedTaskOut | None = None
    then: ComparedTaskOut | None = None
    differences: list[DifferenceOut]


class PreviewOut(Schema):
    """What applying would change, as things stand now."""

    tasks: list[ComparedOut]
    preferences_added: list[str]
    preferences_gone: list[str]


class ReextractionDetailsOut(ReextractionOut):
    preview: PreviewOut | None = Field(None, description="Once it is ready and until it is applied or discarded")
