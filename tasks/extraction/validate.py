"""Check what an extractor asks for against the window, whoever asks. No Django here.

What breaks a rule is refused with a reason and the rest is kept: one bad operation of nine costs one, not nine.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tasks.extraction.operations import (
    Edit,
    Extraction,
    Link,
    NewTask,
    Operations,
    PreferenceChange,
    ProgressNote,
    StatusChange,
    Unassigned,
)
from tasks.extraction.window import Window

DESCRIPTION_LENGTH = 400
TEXT_LENGTH = 400
FINISHED = ("success", "failed")

Operation = NewTask | Link | ProgressNote | StatusChange | Edit | PreferenceChange | Unassigned


def normalized(text: str) -> str:
    """Fold case, space and punctuation, to see that two texts say the same."""
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def shortened(text: str, length: int) -> str:
    """Trim a text to a length, at a word."""
    text = " ".join(text.replace("\0", " ").split())
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


@dataclass
class _Check:
    """One pass over the operations. Each method returns the reason for which an operation is refused, or nothing."""

    window: Window
    handles: set[str] = field(default_factory=set)
    covered: set[int] = field(default_factory=set)

    def new_task(self, operation: NewTask) -> str:
        request = self.window.by_seq.get(operation.request_seq)
        if operation.alias in self.handles:
            return f"{operation.alias} is opened twice"
        if request is None:
            return f"message {operation.request_seq} is not in the window"
        if not request.is_from_person:
            return f"message {operation.request_seq} is not the user's"
        if request.seq < self.window.first_seq and (served := self._task_asked_by(request.seq)):
            return f"message {request.seq} is from before, and {served} is its task"
        if not normalized(operation.description):
            return "the description is empty"
        operation.description = shortened(operation.description, DESCRIPTION_LENGTH)
        self.handles.add(operation.alias)
        return ""

    def link(self, operation: Link) -> str:
        return self._task(operation.task) or self._seqs(operation.seqs)

    def progress(self, operation: ProgressNote) -> str:
        operation.text = shortened(operation.text, TEXT_LENGTH)
        if not normalized(operation.text):
            return "the text is empty"
        return self._task(operation.task) or self._evidence(operation.evidence)

    def status(self, operation: StatusChange) -> str:
        problem = self._task(operation.task) or self._evidence(operation.evidence)
        if problem:
            return problem
        operation.reason = shortened(operation.reason, TEXT_LENGTH)
        if operation.basis == "confirmed" and not any(
            self.window.by_seq[seq].is_from_person for seq in operation.evidence
        ):
            return "only the user can confirm, and no message of the user is named"
        known = next((task for task in self.window.tasks if task.handle == operation.task), None)
        if known is None or (known.status, known.basis) == (operation.status, operation.basis):
            return ""
        if not any(seq >= self.window.first_seq for seq in operation.evidence):
            return f"{operation.task} is {known.status}, and no new message is named that changes it"
        reopens = known.status in FINISHED and operation.status not in FINISHED
        contradicts = known.basis == "confirmed" and known.status != operation.status
        if (reopens or contradicts) and not self._rests_on_new_words(operation.evidence):
            return f"{operation.task} is {known.status}; only a new message of the user can change that"
        return ""

    def edit(self, operation: Edit) -> str:
        operation.description = shortened(operation.description, DESCRIPTION_LENGTH)
        if not normalized(operation.description):
            return "the description is empty"
        problem = self._task(operation.task) or self._evidence(operation.evidence)
        if not problem and not self._rests_on_new_words(operation.evidence):
            return "what a task is follows from the user's words, and no new message of the user is named"
        return problem

    def preference(self, operation: PreferenceChange) -> str:
        operation.statement = shortened(operation.statement, TEXT_LENGTH)
        problem = (self._task(operation.task) if operation.task else "") or self._evidence(operation.evidence)
        if problem:
            return problem
        if not any(self.window.by_seq[seq].is_from_person for seq in operation.evidence):
            return "a preference rests on the user's own words, and no message of the user is named"
        if operation.op != "add" and operation.target not in {known.handle for known in self.window.preferences}:
            return f"{operation.target or 'no preference'} is not a known preference"
        if operation.op != "withdraw" and not normalized(operation.statement):
            return "the statement is empty"
        return ""

    def unassigned(self, operation: Unassigned) -> str:
        return self._seqs(operation.seqs)

    def _task(self, handle: str) -> str:
        return "" if handle in self.handles else f"there is no task {handle or '(none named)'}"

    def _seqs(self, seqs: list[int]) -> str:
        unknown = [seq for seq in seqs if seq not in self.window.by_seq]
        if unknown or not seqs:
            return f"not messages of the window: {unknown or 'none named'}"
        self.covered.update(seqs)
        return ""

    def _evidence(self, seqs: list[int]) -> str:
        unknown = [seq for seq in seqs if seq not in self.window.by_seq]
        return f"evidence is not in the window: {unknown or 'none named'}" if unknown or not seqs else ""

    def _rests_on_new_words(self, evidence: list[int]) -> bool:
        return any(seq >= self.window.first_seq and self.window.by_seq[seq].is_from_person for seq in evidence)

    def _task_asked_by(self, seq: int) -> str:
        return next((task.handle for task in self.window.tasks if task.request_seq == seq), "")


def validate(window: Window, proposed: Operations) -> Extraction:
    """Return what may be applied and what was refused and why. Every new message is accounted for afterwards."""
    check = _Check(window, {task.handle for task in window.tasks})
    accepted, rejected = Operations(), []

    def keep[T: Operation](kind: str, operations: list[T], problem_of: Callable[[T], str]) -> list[T]:
        kept = []
        for operation in operations:
            problem = problem_of(operation)
            if problem:
                rejected.append({"operation": kind, "value": operation.model_dump_json(), "problem": problem})
            else:
                kept.append(operation)
        return kept

    accepted.new_tasks = keep("new_task", proposed.new_tasks, check.new_task)
    accepted.links = keep("link", proposed.links, check.link)
    accepted.progress = _without_repeats(window, keep("progress", proposed.progress, check.progress))
    accepted.status = keep("status", proposed.status, check.status)
    accepted.edits = keep("edit", proposed.edits, check.edit)
    accepted.preferences = keep("preference", proposed.preferences, check.preference)
    accepted.unassigned = keep("unassigned", proposed.unassigned, check.unassigned)
    forgotten = [message.seq for message in window.messages if message.seq not in check.covered]
    if forgotten:
        rejected.append({"operation": "coverage", "value": str(forgotten), "problem": "messages not accounted for"})
        accepted.unassigned.append(Unassigned(seqs=forgotten, why="not accounted for"))
    return Extraction(accepted, rejected)


def _without_repeats(window: Window, notes: list[ProgressNote]) -> list[ProgressNote]:
    """Drop what a task has said already."""
    said = {(task.handle, normalized(text)) for task in window.tasks for text in task.progresses}
    kept = []
    for note in notes:
        key = (note.task, normalized(note.text))
        if key not in said:
            said.add(key)
            kept.append(note)
    return kept
