"""The changes an extractor may ask for. Each claim names its evidence: numbers (`seq`) of messages. No Django here.

A task is named by its handle: T1, T2, … for a known one, N1, N2, … for one that the same answer opens.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from pydantic import BaseModel, Field

from tasks.extraction.window import Window

Status = Literal["pending", "running", "success", "failed"]
Basis = Literal["", "confirmed", "shown", "claimed"]
LinkRole = Literal["request", "work", "feedback"]
Situation = Literal["", "waiting", "abandoned"]
RiskKind = Literal["tool_failed", "not_run", "not_done", "asked_again"]

# What a run's record holds of a call: characters of each text, problems of each answer, characters of each problem.
LONGEST_KEPT = 60_000
MOST_PROBLEMS, LONGEST_PROBLEM = 10, 300


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
    """What was asked and what it cost, also when nothing came of it. Cached tokens are part of the input.

    `attempts` has an entry for each call: mode, ms, tokens, and `problems` of its answer or the `error` there was
    instead. `exchange` holds the words: a list of messages `asked`, a list of texts `answered`.
    """

    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    mode: str = ""
    attempts: list[dict[str, Any]] = field(default_factory=list)
    exchange: dict[str, list[Any]] = field(default_factory=dict)

    def asked(self, message: dict[str, str]) -> None:
        """Keep the words of a message that is sent."""
        self.exchange.setdefault("asked", []).append({**message, "content": _shortened(message["content"])})

    def answered(self, text: str) -> None:
        """Keep the words of an answer."""
        self.exchange.setdefault("answered", []).append(_shortened(text))

    def problems(self, problems: list[str]) -> None:
        """Say what was wrong with the answer of the latest call."""
        if problems and self.attempts:
            self.attempts[-1]["problems"] = [problem[:LONGEST_PROBLEM] for problem in problems[:MOST_PROBLEMS]]


def _shortened(text: str) -> str:
    """Keep the head and the tail of a text of unusual length."""
    half = LONGEST_KEPT // 2
    if len(text) <= LONGEST_KEPT:
        return text
    return f"{text[:half]}\n… [{len(text) - 2 * half} characters left out] …\n{text[-half:]}"


@dataclass
class Extraction:
    """An extractor's answer to a window, already validated: what to apply and what was refused and why."""

    accepted: Operations
    rejected: list[dict[str, str]] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)


# Told before each wait how many seconds it may take, so that the session stays this run's; raises LeaseLost.
Keep = Callable[[float], None]


def keep_nothing(seconds: float) -> None:
    """For a reading that holds no lease."""


class Extractor(Protocol):
    """Reads one window and answers with operations. Raises the errors of `tasks.extraction.errors`."""

    name: str
    model: str
    prompt_version: str
    # What was asked so far, also when `extract` raises.
    usage: Usage

    @property
    def longest_seconds(self) -> float:
        """How long the first answer may take; `keep` is told of what comes after."""
        ...

    def extract(self, window: Window, keep: Keep = keep_nothing) -> Extraction: ...
