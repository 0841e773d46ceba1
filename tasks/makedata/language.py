"""What a language brings to a conversation. Texts have slots in braces, which `slots.py` fills."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Step:
    """One call of a tool, what it answers, and the progress that is noted of it."""

    tool: str
    arguments: Mapping[str, Any]
    result: str
    progress: str


@dataclass(frozen=True)
class Story:
    """A request and how it goes on. `task` is the request as extraction puts it down."""

    request: str
    task: str
    steps: Sequence[Step]
    answer: str


@dataclass(frozen=True)
class Language:
    """All that is said in one language. `joint` stands between two sentences."""

    code: str
    joint: str
    stories: Sequence[Story]
    sentences: Sequence[str]
    details: Sequence[str]
    thanks: Sequence[str]
    complaints: Sequence[str]
    small_talk: Sequence[tuple[str, str]]
    # A wish as the user says it, and as it is remembered.
    preferences: Sequence[tuple[str, str]]
    failure: str
    confirmed: str
    shown: str
    claimed: str
    failed: str
