"""Fit what was proposed to the tasks that stay because a person has corrected them. No Django here."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from tasks.extraction.ledger import Ledger
from tasks.extraction.operations import Edit, Operations
from tasks.extraction.window import KnownPreference

EXTRACTED_AGAIN = "extracted again"


@dataclass(frozen=True)
class Step:
    """One window's operations as they are to be written.

    `stands_for` maps an alias to the key of the kept task that it means, `opened` an alias to the handle it becomes.
    """

    operations: Operations
    opened: Mapping[str, str]
    stands_for: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Replay:
    """The steps played once: what the ledger says at their end, and in which step each thing was said."""

    ledger: Ledger
    opened: list[dict[str, str]] = field(default_factory=list)
    opened_at: dict[str, int] = field(default_factory=dict)
    status_at: dict[str, int] = field(default_factory=dict)

    def play(self, index: int, operations: Operations) -> None:
        aliases = self.ledger.apply(operations)
        self.opened.append(aliases)
        for handle in aliases.values():
            self.opened_at[handle] = self.status_at[handle] = index
        for change in operations.status:
            self.status_at[aliases.get(change.task, change.task)] = index

    def name_in(self, index: int, handle: str) -> str:
        """Return what a step calls a task: its alias where it is opened, its handle later."""
        return next((alias for alias, known in self.opened[index].items() if known == handle), handle)


def rewritten(
    steps: Sequence[Operations],
    goes: Mapping[str, str],
    held: Mapping[str, Set[str]],
    others: Sequence[KnownPreference] = (),
) -> list[Step]:
    """Return the steps with all that is proposed for kept tasks brought to one status and one description each.

    `goes` says which kept task a handle of the ledger means, `held` which fields of it a person has set. A kept task
    has a history already: it tells in one line what the second reading says, and not each turn of it again.
    """
    replay = _Replay(Ledger(others))
    for index, operations in enumerate(steps):
        replay.play(index, operations)
    added: dict[int, Operations] = {index: Operations() for index in range(len(steps))}
    for key in dict.fromkeys(goes.values()):
        parts = [handle for handle in replay.ledger.tasks if goes.get(handle) == key]
        _add_status(replay, parts[-1], added)
        if "description" not in held[key]:
            _add_description(replay, parts[0], added)
    return [
        Step(
            _without(operations, opened, goes, held, added[index]),
            opened,
            {alias: goes[handle] for alias, handle in opened.items() if handle in goes},
        )
        for index, (operations, opened) in enumerate(zip(steps, replay.opened, strict=True))
    ]


def _add_status(replay: _Replay, handle: str, added: dict[int, Operations]) -> None:
    at = replay.status_at[handle]
    status = replay.ledger.tasks[handle].status
    added[at].status.append(status.model_copy(update={"task": replay.name_in(at, handle)}))


def _add_description(replay: _Replay, handle: str, added: dict[int, Operations]) -> None:
    at, task = replay.opened_at[handle], replay.ledger.tasks[handle]
    added[at].edits.append(
        Edit(
            task=replay.name_in(at, handle),
            description=task.description,
            reason=EXTRACTED_AGAIN,
            evidence=[task.request_seq],
        )
    )


def _without(
    operations: Operations,
    opened: Mapping[str, str],
    goes: Mapping[str, str],
    held: Mapping[str, Set[str]],
    added: Operations,
) -> Operations:
    """Return the operations with those on kept tasks' status, description and held messages exchanged for `added`."""

    def kept(handle: str) -> str:
        return goes.get(opened.get(handle, handle), "")

    return operations.model_copy(
        update={
            "links": [link for link in operations.links if "messages" not in held.get(kept(link.task), ())],
            "status": [*(change for change in operations.status if not kept(change.task)), *added.status],
            "edits": [*(edit for edit in operations.edits if not kept(edit.task)), *added.edits],
        }
    )
