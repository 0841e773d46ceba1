"""Conversations whose tasks are known beforehand: each "Request 1702: …" of the user is one task, whatever the windows.

Every message says which request it is about, so that the right answer follows from the prompt alone.
"""

import random
from dataclasses import dataclass, field
from typing import Any

POISON = "POISON"
NO_TASK = "chatter"


@dataclass
class Expected:
    """One task as it must stand in the end; messages by their place in the talk, from 1."""

    request: int
    description: str
    messages: list[int] = field(default_factory=list)
    progress: list[str] = field(default_factory=list)


@dataclass
class Talk:
    """What one session stores, and what must come of it. `texts` are what each message must still say."""

    number: int
    blobs: list[dict[str, Any]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    tasks: list[Expected] = field(default_factory=list)
    preferences: list[str] = field(default_factory=list)
    poisoned: list[int] = field(default_factory=list)
    user: str = ""
    session_id: str = ""
    acknowledged: dict[int, str] = field(default_factory=dict)

    def say(self, text: str, task: Expected | None = None, **blob: Any) -> int:
        """Add a message; return its place."""
        self.blobs.append({"role": "user", "content": text, **blob})
        self.texts.append(text)
        if task:
            task.messages.append(len(self.blobs))
        return len(self.blobs)


def make_talk(number: int, rng: random.Random) -> Talk:
    """Write a conversation of two to six requests, some of them worked on in turns, some with tools."""
    talk = Talk(number, user=f"person-{number % 3}" if number % 2 else "")
    if rng.random() < 0.3:
        talk.say(f"Hello there, just {NO_TASK}.")
    open_tasks: list[Expected] = []
    for index in range(rng.randint(2, 6)):
        request = number * 100 + index
        task = Expected(request, f"Request {request}: make item {request}")
        talk.tasks.append(task)
        wish = ""
        if rng.random() < 0.3:
            wish = f" Preference {request}: always."
            talk.preferences.append(statement_of(request))
        talk.say(f"{task.description}.{wish}", task)
        open_tasks.append(task)
        if rng.random() < 0.3:
            continue  # the next request comes before this one is done
        rng.shuffle(open_tasks)
        for one in open_tasks:
            _work(talk, one, rng)
        open_tasks.clear()
        if rng.random() < 0.04:
            talk.poisoned.append(talk.say(f"{POISON} {request}: no answer can be had for this.", role="assistant"))
    for one in open_tasks:
        _work(talk, one, rng)
    return talk


def _work(talk: Talk, task: Expected, rng: random.Random) -> None:
    if rng.random() < 0.5:
        call_id = f"call-{task.request}"
        function = {"name": "make_item", "arguments": f'{{"number": "{task.request}"}}'}
        talk.say(
            f"Working on request {task.request}.",
            task,
            role="assistant",
            tool_calls=[{"id": call_id, "type": "function", "function": function}],
        )
        talk.say(f"The tool ended request {task.request}.", task, role="tool", tool_call_id=call_id)
    talk.say(f"Done with request {task.request}.", task, role="assistant")
    task.progress.append(progress_of(task.request))


def progress_of(request: int) -> str:
    return f"Item {request} is ready"


def statement_of(request: int) -> str:
    return f"The user wants rule {request} always"
