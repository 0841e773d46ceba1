"""What the user's words do to tasks that are known: confirm, cancel, complain, change, take up again."""

from collections.abc import Sequence

from tasks.extraction.offline import objections
from tasks.extraction.offline.describe import changed
from tasks.extraction.offline.openings import NEARLY_THE_SAME
from tasks.extraction.offline.outcome import Standing, approved, moved_on
from tasks.extraction.offline.sentences import content_words, identifiers, overlap
from tasks.extraction.offline.social import APPROVES, without_social
from tasks.extraction.offline.threads import Thread

# Praise at the start is meant for what was done; later in a message it is told in passing.
PRAISE_STANDS_WITHIN = 200


def react(thread: Thread, text: str, seq: int, *, refuses: bool) -> None:
    """Let the user's words confirm, cancel or complain, or ask for another try."""
    now = thread.standing
    if objections.CANCELS.search(text) and now.status != "success":
        thread.standing = Standing("failed", "confirmed", "The user cancelled the request.", (seq,))
    elif objections.UNDOES.search(text):
        thread.standing = Standing("failed", "confirmed", "The user had the change undone.", (seq,))
    elif objections.RETRIES.search(text) and now.status in {"failed", "success"}:
        thread.standing = Standing("running", "", "The user asks to try again.", (seq,))
    elif objections.COMPLAINS.search(text) or objections.PASTES_ERROR.search(text):
        thread.standing = Standing("running", "", "The user says that it does not work.", (seq,))
    elif (now.status, now.basis) == ("failed", "confirmed") and without_social(text):
        thread.standing = Standing("running", "", "The user goes on with it.", (seq,))
    elif APPROVES.search(text[:PRAISE_STANDS_WITHIN]) and not refuses:
        thread.standing = approved(moved_on(now, seq), seq)


def change_description(thread: Thread, text: str, seq: int) -> None:
    """Note in the description that the user wants it otherwise, unless a person wrote it."""
    if not objections.CHANGES_MIND.search(text) or objections.COMPLAINS.search(text):
        return
    if thread.known and thread.known.is_corrected:
        return
    thread.description = changed(thread.description, text)
    thread.edited_by.append(seq)


def taken_up_again(text: str, at_hand: Sequence[Thread], threads: Sequence[Thread]) -> Thread | None:
    """Return the earlier task that the user turns back to: "the login bug is back"."""
    if not objections.returns(text):
        return None
    said = content_words(text)
    if any(said & content_words(thread.description) for thread in at_hand):
        return None
    named = [thread for thread in threads if said & content_words(thread.description)]
    return max(named, key=lambda thread: (len(said & content_words(thread.description)), thread.last_seq), default=None)


def asked_before(request: str, threads: Sequence[Thread]) -> Thread | None:
    """Return the task whose request is said once more, nearly word for word."""
    said, names = content_words(request), identifiers(request)
    if len(said) < 3:
        return None
    for thread in reversed(threads):
        described = content_words(thread.description)
        if len(described) < 3 or names - identifiers(thread.description):
            continue
        if overlap(said, described) >= NEARLY_THE_SAME:
            return thread
    return None
