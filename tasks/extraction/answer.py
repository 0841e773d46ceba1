"""What the LLM answers, and how it becomes operations. Flat and fully required: small models manage that.

Links and evidence that a model gets wrong are mended here, where the messages are at hand; what cannot be mended is
refused by `validate` with a reason that goes back to the model. No Django here.
"""

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from tasks.extraction.operations import (
    Basis,
    Edit,
    Link,
    Merge,
    NewTask,
    Operations,
    PreferenceChange,
    ProgressNote,
    StatusChange,
    Unassigned,
)
from tasks.extraction.window import Window
from tasks.extraction.wording import normalized

# What the model says of a task, as status and situation: small models fill one field of six words better than two.
STANDINGS: dict[str, tuple[Any, Any]] = {
    "pending": ("pending", ""),
    "running": ("running", ""),
    "waiting": ("running", "waiting"),
    "success": ("success", ""),
    "failed": ("failed", ""),
    "abandoned": ("failed", "abandoned"),
}
Standing = Literal["pending", "running", "waiting", "success", "failed", "abandoned"]
EVIDENCE = 3

# Of a wish's words, how many must stand in a message that is taken for the one it comes from.
ENOUGH_OVERLAP = 0.4
HANDLE = re.compile(r"[TP][0-9]+")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="ignore")


class ProgressAnswer(_Strict):
    text: str
    message: int


class TaskAnswer(_Strict):
    description: str
    status: Standing
    basis: Basis
    reason: str
    progress: list[ProgressAnswer]
    task: str
    request: int
    messages: list[int]


class PreferenceAnswer(_Strict):
    statement: str
    replaces: str
    message: int


class MergeAnswer(_Strict):
    task: str
    into: str
    reason: str


class Answer(_Strict):
    tasks: list[TaskAnswer]
    preferences: list[PreferenceAnswer]
    no_task: list[int]
    merges: list[MergeAnswer] = []


def answer_schema() -> dict[str, Any]:
    """Return the JSON schema of an answer without references: strict modes want every object closed and complete."""

    def closed(**properties: Any) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }

    def many(items: dict[str, Any]) -> dict[str, Any]:
        return {"type": "array", "items": items}

    text, number = {"type": "string"}, {"type": "integer"}
    task = closed(
        description=text,
        status={"type": "string", "enum": list(STANDINGS)},
        basis={"type": "string", "enum": ["confirmed", "shown", "claimed", ""]},
        reason=text,
        progress=many(closed(text=text, message=number)),
        task=text,
        request=number,
        messages=many(number),
    )
    preference = closed(statement=text, replaces=text, message=number)
    merge = closed(task=text, into=text, reason=text)
    return closed(tasks=many(task), preferences=many(preference), no_task=many(number), merges=many(merge))


def to_operations(answer: Answer, window: Window) -> Operations:
    """Translate an answer. Handles are kept as they are; aliases N1, N2, … are given in the order of the requests."""
    operations = Operations()
    persons = [message.seq for message in window.messages if message.is_from_person]
    persons = persons or [message.seq for message in window.context if message.is_from_person]
    known = {task.handle for task in window.tasks}
    stands = {(task.handle, task.status, task.basis) for task in window.tasks}
    new = sorted((task for task in answer.tasks if _is_new(task, window, known)), key=lambda task: task.request)
    handles = {id(task): f"N{number}" for number, task in enumerate(new, start=1)}
    for task in (*new, *(task for task in answer.tasks if id(task) not in handles)):
        handle = handles.get(id(task), task.task)
        named = window.by_seq.get(task.request)
        request = named.seq if named and named.is_from_person else _closest_request(task.description, window, persons)
        if id(task) in handles:
            operations.new_tasks.append(NewTask(alias=handle, description=task.description, request_seq=request))
            operations.links.append(Link(task=handle, seqs=[request], role="request"))
        elif handle in known:
            _maybe_edit(operations, window, task, request)
        seqs = sorted({seq for seq in task.messages if window.first_seq <= seq <= window.last_seq})
        if seqs:
            operations.links.append(Link(task=handle, seqs=seqs))
        for note in task.progress:
            operations.progress.append(
                ProgressNote(task=handle, text=note.text, evidence=[_closest(note.text, note.message, seqs, window)])
            )
        status, situation = STANDINGS[task.status]
        change = StatusChange(
            task=handle,
            status=status,
            situation=situation,
            basis=task.basis,
            reason=task.reason,
            evidence=_evidence_of(task, seqs or [request], window),
        )
        if seqs or (handle, status, task.basis) not in stands:
            operations.status.append(change)
    for wish in answer.preferences:
        operations.preferences.append(_preference(wish, window, persons, operations))
    newest = [persons[-1] if persons else window.last_seq]
    operations.merges = [
        Merge(task=merge.task, into=merge.into, reason=merge.reason, evidence=newest) for merge in answer.merges
    ]
    _account_for_all(operations, answer, window)
    return operations


def _is_new(task: TaskAnswer, window: Window, known: set[str]) -> bool:
    """Whether a task is to be opened. A handle that nobody has opens one only for a new message of the user's.

    Models number new tasks by themselves at times; else the handle is kept, for `validate` to refuse.
    """
    if task.task in known:
        return False
    asks = window.by_seq.get(task.request)
    asks_anew = asks is not None and asks.is_from_person and asks.seq >= window.first_seq
    return asks_anew or not HANDLE.fullmatch(task.task)


def _evidence_of(task: TaskAnswer, seqs: list[int], window: Window) -> list[int]:
    """The last messages of the task, and what the user said to them: thanks serve no task, yet they confirm one."""
    evidence = seqs[-EVIDENCE:]
    if task.basis == "confirmed" and not window.by_seq[evidence[-1]].is_from_person:
        own = [seq for seq in seqs[1:] if window.by_seq[seq].is_from_person][-1:]
        reply = [m.seq for m in window.messages if m.is_from_person and m.seq > evidence[-1]][:1]
        said = reply or own
        evidence = sorted({*evidence[len(said) :], *said})
    return evidence


def _maybe_edit(operations: Operations, window: Window, task: TaskAnswer, request: int) -> None:
    """A known task that comes back in other words was edited, if the user spoke about it in this window."""
    before = next(known.description for known in window.tasks if known.handle == task.task)
    said_now = task.request == request >= window.first_seq
    if said_now and normalized(before) != normalized(task.description):
        operations.edits.append(
            Edit(task=task.task, description=task.description, reason="the user said more", evidence=[request])
        )


def _preference(wish: PreferenceAnswer, window: Window, persons: list[int], operations: Operations) -> PreferenceChange:
    target = wish.replaces if any(wish.replaces == known.handle for known in window.preferences) else ""
    message = wish.message
    if message not in window.by_seq:
        closest = _closest_request(wish.statement, window, persons)
        if closest in window.by_seq and _overlap(wish.statement, window.by_seq[closest].text) >= ENOUGH_OVERLAP:
            message = closest
    task = next((link.task for link in operations.links if message in link.seqs), "")
    op: Literal["add", "update", "withdraw"] = "add"
    if target:
        op = "update" if normalized(wish.statement) else "withdraw"
    return PreferenceChange(op=op, target=target, statement=wish.statement, task=task, evidence=[message])


def _closest_request(text: str, window: Window, persons: list[int]) -> int:
    """Return the user's message that shares most words with a text; the first of them when none does."""
    return max(persons or [window.first_seq], key=lambda seq: (_overlap(text, window.by_seq[seq].text), -seq))


def _closest(text: str, named: int, seqs: list[int], window: Window) -> int:
    """Return the message that a progress comes from: the one named, if it can be, else the likest of the task's."""
    if named in window.by_seq:
        return named
    candidates = seqs or [message.seq for message in window.messages]
    return max(
        candidates, key=lambda seq: _overlap(text, " ".join(part.text or "" for part in window.by_seq[seq].parts))
    )


def _overlap(text: str, other: str) -> float:
    words = set(re.findall(r"\w+", text.casefold()))
    return len(words & set(re.findall(r"\w+", other.casefold()))) / len(words) if words else 0.0


def _account_for_all(operations: Operations, answer: Answer, window: Window) -> None:
    """Give what the answer forgot to the task at work at that point; before any task it serves none."""
    served = {seq: link.task for link in operations.links for seq in link.seqs}
    aside = [seq for seq in answer.no_task if window.first_seq <= seq <= window.last_seq and seq not in served]
    current = window.tasks[-1].handle if window.tasks and not operations.new_tasks else ""
    for message in window.messages:
        if message.seq in served:
            current = served[message.seq]
        elif message.seq not in aside:
            if current and not message.is_system:
                operations.links.append(Link(task=current, seqs=[message.seq]))
            else:
                aside.append(message.seq)
    if aside:
        operations.unassigned.append(Unassigned(seqs=sorted(aside), why="no request"))
