"""Conversations for the offline extractor, and a ledger in memory that takes what it proposes."""

from dataclasses import dataclass, field

from sessions.parts import Part
from tasks.extraction.offline import OfflineExtractor
from tasks.extraction.operations import Operations
from tasks.extraction.window import KnownPreference, KnownTask, Window, WindowMessage

CONTEXT = 6


def talk(*lines: str) -> list[WindowMessage]:
    """Write a conversation as "user: …", "agent: …", "system: …", "call: name {json}" and "result: …" lines."""
    messages = []
    for seq, line in enumerate(lines, start=1):
        who, _, said = line.partition(": ")
        match who:
            case "call":
                name, _, arguments = said.partition(" ")
                part = Part("tool-call", meta={"id": f"c{seq}", "name": name, "arguments": arguments or "{}"})
                messages.append(WindowMessage(seq, "assistant", (part,)))
            case "result" | "error":
                meta = {"tool_call_id": f"c{seq - 1}"} | ({"is_error": True} if who == "error" else {})
                messages.append(WindowMessage(seq, "user", (Part("tool-result", said, meta=meta),)))
            case _:
                role = "assistant" if who == "agent" else "user"
                messages.append(WindowMessage(seq, role, (Part("text", said),), is_system=who == "system"))
    return messages


@dataclass
class Task:
    handle: str
    description: str
    request_seq: int
    status: str = "pending"
    basis: str = ""
    reason: str = ""
    seqs: set[int] = field(default_factory=set)
    progress: list[str] = field(default_factory=list)


@dataclass
class Ledger:
    """What the pipeline would keep; refuses what its validator would refuse."""

    tasks: list[Task] = field(default_factory=list)
    preferences: dict[str, str] = field(default_factory=dict)
    edits: list[str] = field(default_factory=list)
    unassigned: set[int] = field(default_factory=set)

    def window(self, messages: list[WindowMessage], context: list[WindowMessage]) -> Window:
        tasks = tuple(
            KnownTask(t.handle, t.description, t.status, t.basis, tuple(t.progress), t.request_seq, max(t.seqs))
            for t in self.tasks
        )
        known = tuple(KnownPreference(handle, said) for handle, said in self.preferences.items())
        return Window(tuple(messages), tuple(context), tasks, known)

    def apply(self, operations: Operations, window: Window) -> None:
        names = {}
        for new in operations.new_tasks:
            task = Task(f"T{len(self.tasks) + 1}", new.description, new.request_seq)
            assert window.by_seq[new.request_seq].is_from_person
            self.tasks.append(task)
            names[new.alias] = task
        names |= {task.handle: task for task in self.tasks}
        covered = {seq for unassigned in operations.unassigned for seq in unassigned.seqs}
        self.unassigned |= covered
        for link in operations.links:
            names[link.task].seqs |= set(link.seqs)
            covered |= set(link.seqs)
        assert covered >= {message.seq for message in window.messages}, "every new message is accounted for"
        for note in operations.progress:
            names[note.task].progress.append(note.text)
        for change in operations.status:
            task = names[change.task]
            task.status, task.basis, task.reason = change.status, change.basis, change.reason
        for edit in operations.edits:
            self.edits.append(names[edit.task].description)
            names[edit.task].description = edit.description
        for preference in operations.preferences:
            assert all(window.by_seq[seq].is_from_person for seq in preference.evidence)
            handle = preference.target or f"P{len(self.preferences) + 1}"
            if preference.op == "withdraw":
                del self.preferences[handle]
            else:
                self.preferences[handle] = preference.statement
        for claim in (*operations.progress, *operations.status, *operations.edits, *operations.preferences):
            assert claim.evidence
            assert set(claim.evidence) <= set(window.by_seq)

    @property
    def statuses(self) -> list[str]:
        return [task.status for task in self.tasks]

    @property
    def descriptions(self) -> list[str]:
        return [task.description for task in self.tasks]


def read(messages: list[WindowMessage], *, size: int = 10_000) -> Ledger:
    """Read a conversation in windows of at most `size` messages."""
    ledger = Ledger()
    for start in range(0, len(messages), size):
        window = ledger.window(messages[start : start + size], messages[max(0, start - CONTEXT) : start])
        ledger.apply(OfflineExtractor().propose(window), window)
    return ledger


def read_by_turn(messages: list[WindowMessage]) -> Ledger:
    """Read a conversation with a window for each turn: the user's message and all that the agent does then."""
    ledger = Ledger()
    starts = [i for i, message in enumerate(messages) if message.is_from_person or i == 0]
    for start, end in zip(starts, [*starts[1:], len(messages)], strict=True):
        window = ledger.window(messages[start:end], messages[max(0, start - CONTEXT) : start])
        ledger.apply(OfflineExtractor().propose(window), window)
    return ledger
