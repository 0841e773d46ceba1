"""What a second reading would change: which task is which, and what is different about it. No Django here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tasks.extraction.wording import likeness, normalized

# Two tasks that share less than this part of their messages, and not their request, are two.
ENOUGH_SHARED = 0.3
# A person said which messages belong to a task: what lies in it by half or more goes into it.
MOSTLY = 0.5

Kind = Literal["added", "gone", "changed", "same", "kept"]
KINDS: tuple[Kind, ...] = ("changed", "added", "gone", "kept", "same")


@dataclass(frozen=True)
class Sketch:
    """A task as far as it is compared. `key` tells it from all others; `held` names what a person has set.

    `held` has the words status, description and messages; `root` is the key of the task that it was merged into.
    """

    key: str
    number: int
    description: str
    status: str
    basis: str = ""
    situation: str = ""
    risk: str = ""
    request_seq: int = 0
    messages: frozenset[int] = frozenset()
    progresses: tuple[str, ...] = ()
    is_kept: bool = False
    held: frozenset[str] = frozenset()
    root: str = ""

    @property
    def said_messages(self) -> str:
        return ranges(self.messages)


@dataclass(frozen=True)
class Difference:
    """One thing about a task that changes: the name of the field, before and after."""

    field: str
    before: str
    after: str

    @property
    def lines_gone(self) -> list[str]:
        return [line for line in self.before.splitlines() if line not in self.after.splitlines()]

    @property
    def lines_added(self) -> list[str]:
        return [line for line in self.after.splitlines() if line not in self.before.splitlines()]


@dataclass(frozen=True)
class Row:
    """A line of the comparison: what is there now, what would be there then, and the differences between the two."""

    kind: Kind
    now: Sketch | None = None
    then: Sketch | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def shown(self) -> Sketch:
        """The task that names the line."""
        shown = self.then or self.now
        assert shown is not None
        return shown

    @property
    def status_before(self) -> str:
        """The status that changes, or nothing."""
        return next((difference.before for difference in self.differences if difference.field == "status"), "")

    @property
    def is_kept(self) -> bool:
        """Whether a person has said something of the task, which stays."""
        return self.now is not None and self.now.is_kept


@dataclass(frozen=True)
class Comparison:
    """All that a second reading would change in a session."""

    rows: tuple[Row, ...] = ()
    preferences_added: tuple[str, ...] = ()
    preferences_gone: tuple[str, ...] = ()
    counts: dict[Kind, int] = field(init=False)

    def __post_init__(self) -> None:
        counted: dict[Kind, int] = dict.fromkeys(KINDS, 0)
        for row in self.rows:
            counted[row.kind] += 1
        object.__setattr__(self, "counts", counted)

    @property
    def tasks_now(self) -> int:
        return sum(row.now is not None for row in self.rows)

    @property
    def tasks_then(self) -> int:
        return sum(row.kind != "gone" for row in self.rows)

    @property
    def statuses_changed(self) -> int:
        return sum(difference.field == "status" for row in self.rows for difference in row.differences)

    @property
    def changes_nothing(self) -> bool:
        return (
            all(row.kind in ("same", "kept") and not row.differences for row in self.rows)
            and not self.preferences_added
            and not self.preferences_gone
        )


def pair(now: Sequence[Sketch], then: Sequence[Sketch]) -> dict[str, str]:
    """Return which task of now each task of then is, by their keys, one to one.

    The pairs that share most messages come first; of equals those with the same request, then those in like words.
    """
    candidates = []
    for old in now:
        for new in then:
            shared = len(old.messages & new.messages) / (len(old.messages | new.messages) or 1)
            same_request = bool(old.request_seq) and old.request_seq == new.request_seq
            if shared >= ENOUGH_SHARED or same_request:
                alike = likeness(old.description, new.description)
                candidates.append((-shared, not same_request, -alike, old.number, new.number, old.key, new.key))
    pairs: dict[str, str] = {}
    taken: set[str] = set()
    for *_, old_key, new_key in sorted(candidates):
        if old_key not in taken and new_key not in pairs:
            taken.add(old_key)
            pairs[new_key] = old_key
    return pairs


def taken_over(now: Sequence[Sketch], then: Sequence[Sketch]) -> dict[str, str]:
    """Return which kept task each proposed one goes into, by their keys; the others become tasks of their own.

    What a person merged stays merged: a proposed task goes into the task that its counterpart was merged into, and so
    does one that lies mostly within the messages that a person has gathered in a task.
    """
    by_key = {sketch.key: sketch for sketch in now}
    pairs = pair(now, then)
    goes: dict[str, str] = {}
    for new in then:
        old = by_key.get(pairs.get(new.key, ""))
        if old is None:
            gathered = (sketch for sketch in now if "messages" in sketch.held and not sketch.root)
            old = next((s for s in gathered if len(s.messages & new.messages) > MOSTLY * len(new.messages)), None)
        if old is not None and by_key[old.root or old.key].is_kept:
            goes[new.key] = old.root or old.key
    return goes


def compare(
    now: Sequence[Sketch], then: Sequence[Sketch], preferences_now: Iterable[str], preferences_then: Iterable[str]
) -> Comparison:
    """Compare what a session has with what a second reading proposes, a person's words honoured."""
    goes = taken_over(now, then)
    into: dict[str, list[Sketch]] = {}
    for new in then:
        if new.key in goes:
            into.setdefault(goes[new.key], []).append(new)
    pairs = pair([old for old in now if not old.is_kept], [new for new in then if new.key not in goes])
    proposed = {new.key: new for new in then}
    counterparts = {old_key: proposed[new_key] for new_key, old_key in pairs.items()}
    rows = []
    for old in now:
        if old.root:
            continue
        if old.is_kept:
            after = _within(old, into[old.key]) if old.key in into else old
            rows.append(Row("kept", old, after, differences(old, after)))
        elif old.key in counterparts:
            changes = differences(old, counterparts[old.key])
            rows.append(Row("changed" if changes else "same", old, counterparts[old.key], changes))
        else:
            rows.append(Row("gone", old))
    rows += [Row("added", then=new) for new in then if new.key not in goes and new.key not in pairs]
    rows.sort(key=lambda row: (row.shown.request_seq, row.shown.number))
    said, will_say = list(preferences_now), list(preferences_then)
    return Comparison(tuple(rows), _lacking(will_say, said), _lacking(said, will_say))


def _within(kept: Sketch, parts: Sequence[Sketch]) -> Sketch:
    """Return what a kept task becomes when it takes over what was proposed for it."""
    first, last = parts[0], parts[-1]
    return Sketch(
        key=kept.key,
        number=kept.number,
        description=kept.description if "description" in kept.held else first.description,
        status=kept.status if "status" in kept.held else last.status,
        basis=kept.basis if "status" in kept.held else last.basis,
        situation=kept.situation if "status" in kept.held else last.situation,
        risk=kept.risk if "status" in kept.held else last.risk,
        request_seq=first.request_seq,
        messages=kept.messages if "messages" in kept.held else frozenset().union(*(part.messages for part in parts)),
        progresses=tuple(text for part in parts for text in part.progresses),
        is_kept=True,
        held=kept.held,
    )


def differences(old: Sketch, new: Sketch) -> tuple[Difference, ...]:
    """Return what is different about a task, in the order in which a person cares."""
    compared = [
        ("status", old.status, new.status),
        ("basis", old.basis, new.basis),
        ("situation", old.situation, new.situation),
        ("risk", old.risk, new.risk),
        ("description", old.description, new.description),
        ("messages", ranges(old.messages), ranges(new.messages)),
        ("progresses", "\n".join(old.progresses), "\n".join(new.progresses)),
    ]
    return tuple(Difference(name, before, after) for name, before, after in compared if before != after)


def ranges(numbers: Iterable[int]) -> str:
    """Say numbers shortly: 1, 2, 3, 7 is "1-3, 7"."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number])
    return ", ".join("-".join(map(str, run)) for run in runs)


def _lacking(some: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    said = {normalized(text) for text in others}
    return tuple(text for text in some if normalized(text) not in said)
