"""Conversations to evaluate on, and what an extractor found in them: the lines of JSON files. No Django here.

    {"id", "source", "messages": [OpenAI form], "gold": {"fine": {"tasks": [...]}, "coarse": {"tasks": [...]}}}
    {"id", "tasks": [{"order", "task_description", "status", "message_indexes", "progresses", "user_preferences"}]}

`gold` may hold the tasks at once, when there is one reading, and may be left out: then nothing is scored.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class BadDataset(Exception):
    """The file is not what an evaluation reads; the text says where and why."""


@dataclass(frozen=True)
class RightPreference:
    """A wish the user told, by the values a statement of it has to hold."""

    values: tuple[str, ...]
    # Whether the values are the user's own words, so that a statement can be expected to hold them.
    is_literal: bool = True


@dataclass(frozen=True)
class RightTask:
    """A task as a person labelled it. `preferences` is None where nobody looked for them."""

    descriptions: tuple[str, ...]
    messages: frozenset[int]
    status: str
    preferences: tuple[RightPreference, ...] | None = None


@dataclass(frozen=True)
class Conversation:
    """A conversation with the tasks that are right, or None when it has no labels."""

    id: str
    messages: list[dict[str, Any]]
    source: str = ""
    tasks: tuple[RightTask, ...] | None = None


@dataclass(frozen=True)
class FoundTask:
    """A task that an extractor found. Messages are positions in the conversation, from 0."""

    description: str
    messages: frozenset[int]
    status: str
    progresses: tuple[str, ...] = ()
    preferences: tuple[str, ...] = ()


@dataclass
class Cost:
    """What it took to read a conversation, and how much of what was claimed rests on messages of the session."""

    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    claims: int = 0
    valid_claims: int = 0
    refused_operations: int = 0


@dataclass
class Prediction:
    """What an extractor found in a conversation, and what became of the run."""

    id: str
    tasks: list[FoundTask] = field(default_factory=list)
    preferences: list[str] = field(default_factory=list)
    cost: Cost = field(default_factory=Cost)
    problems: list[str] = field(default_factory=list)

    def as_line(self) -> dict[str, Any]:
        """Return the line of the predictions' file."""
        tasks = [
            {
                "order": order,
                "task_description": task.description,
                "status": task.status,
                "message_indexes": sorted(task.messages),
                "progresses": list(task.progresses),
                "user_preferences": list(task.preferences),
            }
            for order, task in enumerate(self.tasks, start=1)
        ]
        extra: dict[str, Any] = {"problems": self.problems} if self.problems else {}
        if self.preferences:
            extra["user_preferences"] = self.preferences
        return {"id": self.id, "tasks": tasks, **extra, "cost": vars(self.cost)}


def read_dataset(path: Path, *, reading: str = "fine") -> list[Conversation]:
    """Read a file of JSON lines, or a folder of JSON files with a conversation each. Raises BadDataset."""
    conversations: list[Conversation] = []
    for place, text in _pieces(path):
        try:
            conversations.append(_conversation(json.loads(text), reading))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadDataset(f"{place}: {type(error).__name__}: {error}") from error
    ids = [conversation.id for conversation in conversations]
    if twice := {name for name in ids if ids.count(name) > 1}:
        raise BadDataset(f"{path}: more than one conversation is called {', '.join(sorted(twice))}")
    return conversations


def _pieces(path: Path) -> Iterator[tuple[str, str]]:
    if path.is_dir():
        yield from ((file.name, file.read_text(encoding="utf-8")) for file in sorted(path.glob("*.json")))
        return
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield f"{path.name}, line {number}", line


def _conversation(line: dict[str, Any], reading: str) -> Conversation:
    gold = line.get("gold")
    tasks = None if gold is None else tuple(_right_task(task) for task in gold.get(reading, gold)["tasks"])
    messages = line["messages"]
    if not isinstance(messages, list):
        raise ValueError("messages: must be a list")
    return Conversation(str(line["id"]), messages, str(line.get("source") or ""), tasks)


def _right_task(task: dict[str, Any]) -> RightTask:
    told = task.get("preferences")
    return RightTask(
        descriptions=tuple(task.get("description_refs") or [task["description"]]),
        messages=frozenset(task["message_indexes"]),
        status=task["status"],
        preferences=None
        if told is None
        else tuple(RightPreference(tuple(p["values"]), p.get("lexical") is not False) for p in told),
    )
