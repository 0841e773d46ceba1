"""Check what an extractor asks for against the window, whoever asks. No Django here.

What breaks a rule is refused with a reason and the rest is kept: one bad operation of nine costs one, not nine. What is
claimed too strongly is put right instead: the basis of a status, a task opened twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from tasks.extraction.operations import (
    Edit,
    Extraction,
    Link,
    Merge,
    NewTask,
    Operations,
    PreferenceChange,
    ProgressNote,
    StatusChange,
    Unassigned,
)
from tasks.extraction.verdict import settle
from tasks.extraction.window import KnownTask, Window
from tasks.extraction.wording import normalized, says_the_same, shortened

DESCRIPTION_LENGTH = 400
TEXT_LENGTH = 400
FINISHED = ("success", "failed")

Operation = NewTask | Link | ProgressNote | StatusChange | Edit | Merge | PreferenceChange | Unassigned


@dataclass
class _Check:
    """One pass over the operations. Each method returns the reason for which an operation is refused, or nothing."""

    window: Window
    known: dict[str, KnownTask]
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
        known = self.known.get(operation.task)
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

    def merge(self, operation: Merge) -> str:
        operation.reason = shortened(operation.reason, TEXT_LENGTH)
        if operation.task not in self.known:
            return f"there is no known task {operation.task or '(none named)'}"
        if operation.task == operation.into:
            return "a task cannot be merged into itself"
        if self.known[operation.task].is_corrected:
            return f"{operation.task} was corrected by hand"
        if operation.into not in self.known:
            return f"there is no known task {operation.into or '(none named)'}"
        return self._evidence(operation.evidence)

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
    known = {task.handle: task for task in window.tasks}
    check = _Check(window, known, set(known))
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

    _open_once(window, proposed)
    accepted.new_tasks = keep("new_task", proposed.new_tasks, check.new_task)
    accepted.links = keep("link", proposed.links, check.link)
    accepted.progress = _without_repeats(window, keep("progress", proposed.progress, check.progress))
    accepted.status = _last_of_each(keep("status", proposed.status, check.status))
    accepted.edits = keep("edit", proposed.edits, check.edit)
    accepted.merges = _without_chains(keep("merge", proposed.merges, check.merge))
    accepted.preferences = keep("preference", proposed.preferences, check.preference)
    accepted.unassigned = keep("unassigned", proposed.unassigned, check.unassigned)
    forgotten = [message.seq for message in window.messages if message.seq not in check.covered]
    if forgotten:
        rejected.append({"operation": "coverage", "value": str(forgotten), "problem": "messages not accounted for"})
        accepted.unassigned.append(Unassigned(seqs=forgotten, why="not accounted for"))
    settle(window, accepted)
    return Extraction(accepted, rejected)


def _open_once(window: Window, proposed: Operations) -> None:
    """Let a new task that an open one, or one before it in the same answer, already says be that one."""
    unfinished = {task.handle: task.description for task in window.tasks if task.status not in FINISHED}
    same: dict[str, str] = {}
    for new in proposed.new_tasks:
        # An alias used twice is refused, not understood.
        if new.alias in unfinished:
            continue
        twin = next((handle for handle, said in unfinished.items() if says_the_same(said, new.description)), "")
        if twin:
            same[new.alias] = twin
        else:
            unfinished[new.alias] = new.description
    if not same:
        return
    proposed.new_tasks = [new for new in proposed.new_tasks if same.get(new.alias, new.alias) == new.alias]
    naming: list[Link | ProgressNote | StatusChange | Edit | PreferenceChange]
    naming = [*proposed.links, *proposed.progress, *proposed.status, *proposed.edits, *proposed.preferences]
    for operation in naming:
        operation.task = same.get(operation.task, operation.task)


def _last_of_each(changes: list[StatusChange]) -> list[StatusChange]:
    """One answer says once where a task stands; of two, what was said last."""
    return list({change.task: change for change in changes}.values())


def _without_chains(merges: list[Merge]) -> list[Merge]:
    """Keep merges whose target stays itself; a task goes into one other."""
    going = {merge.task for merge in merges}
    return list({merge.task: merge for merge in merges if merge.into not in going}.values())


def _without_repeats(window: Window, notes: list[ProgressNote]) -> list[ProgressNote]:
    """Drop what a task has said already."""
    said: dict[str, list[str]] = {task.handle: list(task.progresses) for task in window.tasks}
    kept = []
    for note in notes:
        told = said.setdefault(note.task, [])
        if not any(says_the_same(note.text, other) for other in told):
            told.append(note.text)
            kept.append(note)
    return kept
