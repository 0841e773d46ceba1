"""What a wish changes in the list of known preferences."""

import re
from collections.abc import Iterable

from tasks.extraction.offline.sentences import content_words, overlap, words
from tasks.extraction.offline.values import slot
from tasks.extraction.offline.wishes import wishes
from tasks.extraction.operations import PreferenceChange
from tasks.extraction.window import KnownPreference

SAME = 0.7
CHANGES_MIND = re.compile(
    r"\b(?:actually|instead|now|from now on|on second thought|rather|changed my mind|no longer|not any ?more"
    r"|switch)\b",
    re.I,
)
WITHDRAWS = re.compile(r"\b(?:forget|ignore|drop|never mind|no longer|don't .{0,20}any ?more)\b", re.I)
ABOUT_USER = frozenset({"user", "prefer", "always", "never", "agent", "usually", "want", "name"})


class Preferences:
    """The wishes known so far, and what a window changes about them."""

    def __init__(self, known: Iterable[KnownPreference]) -> None:
        self._known = list(known)
        self._changes: dict[str, PreferenceChange] = {}

    @property
    def changes(self) -> list[PreferenceChange]:
        return list(self._changes.values())

    def hear(self, text: str, seq: int, task: str, question: str = "") -> None:
        """Take in a message of the user, said while a task was at hand, perhaps in answer to a question."""
        told = list(wishes(text, question))
        for statement in told:
            self._supersede(statement, task, seq)
            self._take(change(statement, text, task, seq, self._known))
        if not told:
            self._take(withdrawn(text, task, seq, self._known))

    def _supersede(self, statement: str, task: str, seq: int) -> None:
        """Drop what was set before for the same task: "at 7 pm" when it is 8 pm now."""
        if not (kind := slot(statement)):
            return
        for handle, earlier in list(self._changes.items()):
            if (
                earlier.op == "add"
                and earlier.task == task
                and seq not in earlier.evidence
                and slot(earlier.statement) == kind
            ):
                del self._changes[handle]
                self._known = [known for known in self._known if known.handle != handle]

    def _take(self, change: PreferenceChange | None) -> None:
        if change is None:
            return
        self._known = [known for known in self._known if known.handle != change.target]
        # A wish of this window is not in the ledger yet: it is put right before it gets there.
        earlier = self._changes.pop(change.target, None)
        if earlier:
            change.op, change.target = earlier.op, earlier.target
        if change.statement:
            handle = f"new {len(self._changes)}"
            self._known.append(KnownPreference(handle, change.statement))
            self._changes[handle] = change
        elif change.target:
            self._changes[change.target] = change


def subject(statement: str) -> frozenset[str]:
    """Return what a preference is about, without the words that all of them share."""
    numbers = {word for word in words(statement) if word.isdigit()}
    return (content_words(statement) | numbers) - ABOUT_USER


def withdrawn(text: str, task: str, seq: int, known: Iterable[KnownPreference]) -> PreferenceChange | None:
    """Return the end of a known wish that the user takes back."""
    if not WITHDRAWS.search(text):
        return None
    said = content_words(text)
    shared = {p.handle: len(said & subject(p.statement)) for p in known if p.handle and said & subject(p.statement)}
    if not shared:
        return None
    return PreferenceChange(op="withdraw", target=max(shared, key=shared.__getitem__), task=task, evidence=[seq])


def change(statement: str, text: str, task: str, seq: int, known: Iterable[KnownPreference]) -> PreferenceChange | None:
    """Return an addition, or an update of a known wish about the same; None when it is known already."""
    said = subject(statement)
    changes_mind = CHANGES_MIND.search(text) is not None
    for preference in known:
        old = subject(preference.statement)
        if overlap(said, old) >= SAME and not (changes_mind and said - old):
            return None
    rivals = [preference for preference in known if preference.handle and _rivals(said, subject(preference.statement))]
    if changes_mind and rivals:
        target = max(rivals, key=lambda preference: len(said & subject(preference.statement))).handle
        return PreferenceChange(op="update", target=target, statement=statement, task=task, evidence=[seq])
    return PreferenceChange(statement=statement, task=task, evidence=[seq])


def _rivals(said: frozenset[str], old: frozenset[str]) -> bool:
    """Whether two wishes differ about the same thing: they share a word, such as the verb."""
    return bool(said & old)
