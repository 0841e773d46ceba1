"""Tasks and preferences as windows leave them behind, kept in memory instead of rows. No Django here.

A session that is read a second time is read against this, so that nothing of it changes before a person agrees. It
gives handles and drops repeats as `writer.py` does; a test holds the two against each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tasks.extraction.operations import LinkRole, Operations, PreferenceChange, StatusChange
from tasks.extraction.window import KnownPreference, KnownTask
from tasks.extraction.wording import normalized

PROGRESSES_TOLD = 6
OWN = "PN"


@dataclass
class LedgerTask:
    """A task as far as it was read: its words, what its status rests on, its messages by number."""

    handle: str
    description: str
    request_seq: int
    status: StatusChange
    progresses: list[str] = field(default_factory=list)
    links: dict[int, LinkRole] = field(default_factory=dict)
    # What speaks against a success, until the status is said anew.
    risk: str = ""
    is_merged: bool = False

    def as_known(self) -> KnownTask:
        """The task as the next window is told of it."""
        linked = sorted(self.links)
        return KnownTask(
            handle=self.handle,
            description=self.description,
            status=self.status.status,
            basis=self.status.basis,
            progresses=tuple(self.progresses[-PROGRESSES_TOLD:]),
            request_seq=next((seq for seq in linked if self.links[seq] == "request"), 0),
            last_seq=linked[-1] if linked else 0,
        )


@dataclass
class Ledger:
    """Starts with the preferences that the user's other sessions leave; `apply` adds one window's operations.

    Tasks get T1, T2, … and preferences PN1, PN2, …, each in the order in which they come up.
    """

    others: Iterable[KnownPreference] = ()
    tasks: dict[str, LedgerTask] = field(default_factory=dict)
    preferences: dict[str, KnownPreference] = field(init=False)
    # Which message each of the session's own preferences rests on.
    evidence: dict[str, list[int]] = field(default_factory=dict)
    count: int = 0

    def __post_init__(self) -> None:
        self.preferences = {known.handle: known for known in self.others}

    def known_tasks(self) -> tuple[KnownTask, ...]:
        return tuple(task.as_known() for task in self.current_tasks())

    def current_tasks(self) -> list[LedgerTask]:
        """The tasks that stand for themselves; those merged into others keep their numbers alone."""
        return [task for task in self.tasks.values() if not task.is_merged]

    def known_preferences(self) -> tuple[KnownPreference, ...]:
        return tuple(self.preferences.values())

    def own_preferences(self) -> list[KnownPreference]:
        """The preferences that this session says and that still hold at its end."""
        return [known for handle, known in self.preferences.items() if handle.startswith(OWN)]

    def apply(self, operations: Operations) -> dict[str, str]:
        """Take in what one window asked for; return which handle each of its aliases became."""
        handles = {handle: handle for handle in self.tasks}
        for new in operations.new_tasks:
            handle = f"T{len(self.tasks) + 1}"
            pending = StatusChange(task=handle, status="pending", evidence=[new.request_seq])
            self.tasks[handle] = LedgerTask(handle, new.description, new.request_seq, pending)
            handles[new.alias] = handle
        for link in operations.links:
            for seq in link.seqs:
                self.tasks[handles[link.task]].links.setdefault(seq, link.role)
        for note in operations.progress:
            self.tasks[handles[note.task]].progresses.append(note.text)
        for change in operations.status:
            task = self.tasks[handles[change.task]]
            task.status, task.risk = change, ""
        for risk in operations.risks:
            self.tasks[handles[risk.task]].risk = risk.kind
        for edit in operations.edits:
            self.tasks[handles[edit.task]].description = edit.description
        for merge in operations.merges:
            self._merge(self.tasks[handles[merge.task]], self.tasks[handles[merge.into]])
        for wish in operations.preferences:
            self._prefer(wish)
        return {alias: handle for alias, handle in handles.items() if alias != handle}

    def _merge(self, task: LedgerTask, into: LedgerTask) -> None:
        into.links = {**task.links, **into.links}
        into.progresses += task.progresses
        task.links, task.progresses, task.is_merged = {}, [], True

    def _prefer(self, wish: PreferenceChange) -> None:
        said = {normalized(known.statement) for known in self.preferences.values()}
        if wish.op != "add":
            self.preferences.pop(wish.target, None)
        if wish.op == "withdraw" or normalized(wish.statement) in said:
            return
        self.count += 1
        handle = f"{OWN}{self.count}"
        self.preferences[handle] = KnownPreference(handle, wish.statement)
        self.evidence[handle] = wish.evidence
