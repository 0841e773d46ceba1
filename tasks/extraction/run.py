"""One run, top to bottom: read the window, ask the extractor, commit; or fail in the way that helps next time."""

import random
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from sessions.models import Message, Session
from tasks.extraction.accounting import write_usage
from tasks.extraction.budget import stop_when_used_up
from tasks.extraction.commit import commit, lock_for_commit, move_cursor
from tasks.extraction.due import Trigger, reason_of
from tasks.extraction.errors import ExtractionError, LeaseLost, Misconfigured, Resting, Unavailable, UnusableAnswer
from tasks.extraction.extractors import extractor_for
from tasks.extraction.limits import Limits
from tasks.extraction.operations import Extraction, Extractor, Keep
from tasks.extraction.pausing import pause, resume
from tasks.extraction.queue import Lease, release, renew
from tasks.extraction.reading import read_window
from tasks.extraction.window import Window
from tasks.models import ExtractionRun

log = structlog.get_logger(__name__)
# After this long a paused project is tried again, in case the provider was at fault and not the setting.
PAUSE_SECONDS = 300
# A lease outlives each wait by this much, for what is done before and after; so long a dead worker holds a session.
SPARE_SECONDS = 30.0
BACKOFF_SECONDS = 5.0
LONGEST_BACKOFF_SECONDS = 600.0
type Clock = Callable[[], datetime]


def extract(lease: Lease, *, clock: Clock = timezone.now) -> None:
    """Extract a leased session, window after window while it is due, then give it back.

    Safe to call twice with the same lease, late, or after the session is gone: then nothing happens.
    """
    try:
        while extract_window(lease, clock=clock):
            pass
    except LeaseLost:
        log.info("extraction.lease_lost", session_id=str(lease.session_id))
    finally:
        release(lease)


def extract_window(lease: Lease, *, clock: Clock = timezone.now) -> bool:
    """Run one window; return whether the session is due again at once. Raises LeaseLost.

    Nothing is read, and no run is written, when the day's budget is used up.
    """
    started = clock()
    renew(lease, now=started)
    session = Session.objects.select_related("project").get(pk=lease.session_id)
    extractor = extractor_for(session.project)
    if extractor.name != "offline" and stop_when_used_up(session.project, started):
        return False
    # A message that came since the session was leased may have ended the silence; what was due is read all the same.
    quiet = Trigger.TURN_END if session.turn_ended else Trigger.SILENCE
    trigger = reason_of(session, Limits.of(session.project.configs), started) or quiet
    is_mid_turn = not session.turn_ended and trigger in (Trigger.FULL, Trigger.OLD)
    window = None if session.disable_task_tracking else read_window(session, is_mid_turn=is_mid_turn)
    if window is None:
        return False
    run = ExtractionRun(
        project_id=session.project_id,
        session=session,
        generation=session.generation,
        from_seq=window.first_seq,
        to_seq=window.last_seq,
        trigger=trigger,
        extractor=extractor.name,
        model=extractor.model,
        prompt_version=extractor.prompt_version,
        waiting_since=session.pending_since,
        started_at=started,
    )
    try:
        extraction = _ask(extractor, window, lease, started)
    except ExtractionError as error:
        record(run, extractor, failed=str(error))
        return _fail(lease, session, window, run, error, clock())
    record(run, extractor, extraction=extraction)
    commit(lease, window, extraction.accepted, run)
    resume(session.project)
    log.info(
        "extraction.committed", session_id=str(session.pk), from_seq=run.from_seq, to_seq=run.to_seq, run=run.status
    )
    return _is_due_again(session, clock())


def _ask(extractor: Extractor, window: Window, lease: Lease, now: datetime) -> Extraction:
    """Ask with the lease stretched over each call, and with no transaction open while it is thought about."""

    def keep(seconds: float) -> None:
        renew(lease, seconds=seconds + SPARE_SECONDS)

    renew(lease, to_seq=window.last_seq, seconds=extractor.longest_seconds + SPARE_SECONDS, now=now)
    return answer_to(window, extractor, keep, session_id=lease.session_id)


def answer_to(window: Window, extractor: Extractor, keep: Keep, *, session_id: uuid.UUID) -> Extraction:
    """Return the extractor's answer to a window; raises ExtractionError, also for a fault of the extractor."""
    try:
        return extractor.extract(window, keep)
    except (ExtractionError, LeaseLost):
        raise
    except Exception as error:
        # A fault of ours that some message brings out: the window shrinks to that message, and the rest goes on.
        log.exception("extraction.fault", session_id=str(session_id), from_seq=window.first_seq)
        raise UnusableAnswer(f"a fault of the extractor: {type(error).__name__}") from error


def record(run: ExtractionRun, extractor: Extractor, *, extraction: Extraction | None = None, failed: str = "") -> None:
    """Write into the run what came of it, and what it cost in any case."""
    write_usage(run, extractor.usage)
    run.finished_at = timezone.now()
    run.latency_ms = round((run.finished_at - run.started_at).total_seconds() * 1000)
    run.error = failed
    run.status = ExtractionRun.Status.FAILED
    if extraction:
        run.status = ExtractionRun.Status.PARTIAL if extraction.rejected else ExtractionRun.Status.OK
        run.accepted = extraction.accepted.model_dump(mode="json", exclude_defaults=True)
        run.rejected = extraction.rejected


@transaction.atomic
def _fail(
    lease: Lease, session: Session, window: Window, run: ExtractionRun, error: ExtractionError, now: datetime
) -> bool:
    """Keep what helps the next run: wait, pause, or read less at a time. Nothing is given up but a single message."""
    project = session.project
    session = lock_for_commit(lease, window.first_seq)
    if run.calls or not isinstance(error, Resting):
        run.save(force_insert=True)
    if not isinstance(error, Resting):
        session.attempts += 1
    session.extraction_error = str(error)
    log.warning("extraction.failed", session_id=str(session.pk), error=str(error), attempts=session.attempts)
    if isinstance(error, Unavailable | Misconfigured):
        session.retry_at = now + wait_before(session.attempts, error)
        if isinstance(error, Misconfigured):
            pause(project, str(error), now=now, until=session.retry_at)
    elif len(window.messages) > 1:
        session.window_limit = max(len(window.messages) // 2, 1)
    else:
        _set_aside(session, window, str(error), now)
        return True
    session.save(update_fields=["attempts", "extraction_error", "retry_at", "window_limit"])
    return session.retry_at is None


def wait_before(attempts: int, error: ExtractionError) -> timedelta:
    """Double the wait with each failure, spread so that sessions do not come back all at once."""
    if isinstance(error, Misconfigured):
        return timedelta(seconds=PAUSE_SECONDS)
    if isinstance(error, Unavailable) and error.retry_after:
        return timedelta(seconds=min(error.retry_after, LONGEST_BACKOFF_SECONDS))
    seconds = min(BACKOFF_SECONDS * 2 ** min(attempts - 1, 10), LONGEST_BACKOFF_SECONDS)
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311 (jitter, not a secret)


def _set_aside(session: Session, window: Window, reason: str, now: datetime) -> None:
    """Mark the one message that no answer can be had for, and go on behind it."""
    Message.objects.filter(session=session, seq=window.first_seq).update(
        extraction=Message.Extraction.FAILED, extraction_error=reason, updated_at=now
    )
    move_cursor(session, window)


def _is_due_again(session: Session, now: datetime) -> bool:
    """Whether there is more to read now: someone waits for it, or the buffer is still full."""
    state = Session.objects.select_related("project").filter(pk=session.pk).first()
    return state is not None and reason_of(state, Limits.of(state.project.configs), now) is not None
