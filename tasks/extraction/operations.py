"""The changes an extractor may ask for. Each claim names its evidence: numbers (`seq`) of messages. No Django here.

A task is named by its handle: T1, T2, … for a known one, N1, N2, … for one that the same answer opens.
"""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from pydantic import BaseModel, Field

from tasks.extraction.window import Window

Status = Literal["pending", "running", "success", "failed"]
Basis = Literal["", "confirmed", "shown", "claimed"]
LinkRole = Literal["request", "work", "feedback"]
Situation = Literal["", "waiting", "abandoned"]
RiskKind = Literal["tool_failed", "not_run", "not_done", "asked_again"]


class NewTask(BaseModel):
    """A request of the user that no known task covers."""

    alias: str = Field(pattern=r"^N[1-9][0-9]*$")
    description: str
    request_seq: int


class Link(BaseModel):
    """Messages that serve a task."""

    task: str
    seqs: list[int]
    role: LinkRole = "work"


class ProgressNote(BaseModel):
    """A step the agent took, in its words, or "User: …" for a fact the user added."""

    task: str
    text: str
    evidence: list[int]


class StatusChange(BaseModel):
    """Where a task stands now, what that rests on, and why."""

    task: str
    status: Status
    basis: Basis = ""
    situation: Situation = ""
    reason: str = ""
    evidence: list[int]


class Merge(BaseModel):
    """A known task that is the same request as another, which stays and takes over what is known of it."""

    task: str
    into: str
    reason: str = ""
    evidence: list[int]


class Risk(BaseModel):
    """What speaks against a task's success. Found by rules, never asked for by an extractor."""

    task: str
    kind: RiskKind
    evidence: list[int]


class Edit(BaseModel):
    """A better description of a known task: the user changed their mind or said more exactly what they want."""

    task: str
    description: str
    reason: str = ""
    evidence: list[int]


class PreferenceChange(BaseModel):
    """A lasting wish of the user, in the third person. `target` names the preference that it updates or withdraws.

    `task` may be empty when the wish comes before any request.
    """

    op: Literal["add", "update", "withdraw"] = "add"
    target: str = ""
    statement: str = ""
    task: str = ""
    evidence: list[int]


class Unassigned(BaseModel):
    """Messages that serve no task: greetings, thanks, planning talk, system prompts."""

    seqs: list[int]
    why: str = ""


class Operations(BaseModel):
    """All that one run changes."""

    new_tasks: list[NewTask] = []
    links: list[Link] = []
    progress: list[ProgressNote] = []
    status: list[StatusChange] = []
    edits: list[Edit] = []
    merges: list[Merge] = []
    risks: list[Risk] = []
    preferences: list[PreferenceChange] = []
    unassigned: list[Unassigned] = []


@dataclass
class Usage:
    """What an answer cost: calls and tokens."""

    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0


@dataclass
class Extraction:
    """An extractor's answer to a window, already validated: what to apply and what was refused and why."""

    accepted: Operations
    rejected: list[dict[str, str]] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)


class Extractor(Protocol):
    """Reads a window and answers with operations. Raises the errors of `tasks.extraction.errors`."""

    name: str
    model: str
    prompt_version: str

    @property
    def longest_seconds(self) -> float:
        """How long an answer may take, all repairs included."""
        ...

    def extract(self, window: Window) -> Extraction: ...
