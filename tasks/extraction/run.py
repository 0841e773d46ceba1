"""One run, top to bottom: read the window, ask the extractor, commit; or fail in the way that helps next time."""

import random
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from sessions.models import Message, Project, Session
from tasks.extraction.commit import commit, lock_for_commit, move_cursor
from tasks.extraction.errors import ExtractionError, LeaseLost, Misconfigured, Unavailable, UnusableAnswer
from tasks.extraction.extractors import extractor_for
from tasks.extraction.operations import Extraction, Extractor
from tasks.extraction.queue import PAUSE_SECONDS, Lease, has_reason, release, renew, trigger_of
from tasks.extraction.reading import read_window
from tasks.extraction.window import Window
from tasks.models import ExtractionRun

log = structlog.get_logger(__name__)
BACKOFF_SECONDS = 5.0
LONGEST_BACKOFF_SECONDS = 600.0


def extract(lease: Lease) -> None:
    """Extract a leased session, window after window while it is due, then give it back.

    Safe to call twice with the same lease, late, or after the session is gone: then nothing happens.
    """
    try:
        while extract_window(lease):
            pass
    except LeaseLost:
        log.info("extraction.lease_lost", session_id=str(lease.session_id))
    finally:
        release(lease)


def extract_window(lease: Lease) -> bool:
    """Run one window; return whether the session is due again at once. Raises LeaseLost."""
    renew(lease)
    session = Session.objects.select_related("project").get(pk=lease.session_id)
    window = read_window(session)
    if window is None:
        return False
    extractor = extractor_for(session.project)
    started = timezone.now()
    run = ExtractionRun(
        project_id=session.project_id,
        session=session,
        generation=session.generation,
        from_seq=window.first_seq,
        to_seq=window.last_seq,
        trigger=trigger_of(session, started),
        extractor=extractor.name,
        model=extractor.model,
        prompt_version=extractor.prompt_version,
        waiting_since=session.pending_since,
        started_at=started,
    )
    try:
        extraction = _ask(extractor, window, lease)
    except ExtractionError as error:
        _record(run, failed=str(error))
        return _fail(lease, session, window, run, error)
    _record(run, extraction=extraction)
    commit(lease, window, extraction.accepted, run)
    _unpause(session.project)
    log.info(
        "extraction.committed", session_id=str(session.pk), from_seq=run.from_seq, to_seq=run.to_seq, run=run.status
    )
    return _is_due_again(session)


def _ask(extractor: Extractor, window: Window, lease: Lease) -> Extraction:
    """Ask with the lease stretched over the longest answer, and with no transaction open while it is thought about."""
    renew(lease, to_seq=window.last_seq, seconds=extractor.longest_seconds)
    try:
        return extractor.extract(window)
    except ExtractionError:
        raise
    except Exception as error:
        # A fault of ours that some message brings out: the window shrinks to that message, and the rest goes on.
        log.exception("extraction.fault", session_id=str(lease.session_id), from_seq=window.first_seq)
        raise UnusableAnswer(f"a fault of the extractor: {type(error).__name__}") from error


def _record(run: ExtractionRun, *, extraction: Extraction | None = None, failed: str = "") -> None:
    """Write into the run what came of it."""
    run.finished_at = timezone.now()
    run.latency_ms = round((run.finished_at - run.started_at).total_seconds() * 1000)
    run.error = failed
    run.status = ExtractionRun.Status.FAILED
    if extraction:
        run.status = ExtractionRun.Status.PARTIAL if extraction.rejected else ExtractionRun.Status.OK
        run.accepted = extraction.accepted.model_dump(mode="json", exclude_defaults=True)
        run.rejected = extraction.rejected
        usage = extraction.usage
        run.calls, run.input_tokens = usage.calls, usage.input_tokens
        run.cached_tokens, run.output_tokens = usage.cached_tokens, usage.output_tokens


@transaction.atomic
def _fail(lease: Lease, session: Session, window: Window, run: ExtractionRun, error: ExtractionError) -> bool:
    """Keep what helps the next run: wait, pause, or read less at a time. Nothing is given up but a single message."""
    session = lock_for_commit(lease, window.first_seq)
    run.save(force_insert=True)
    session.attempts += 1
    session.extraction_error = str(error)
    now = timezone.now()
    log.warning("extraction.failed", session_id=str(session.pk), error=str(error), attempts=session.attempts)
    if isinstance(error, Unavailable | Misconfigured):
        session.retry_at = now + wait_before(session.attempts, error)
        if isinstance(error, Misconfigured):
            Project.objects.filter(pk=session.project_id).update(
                extraction_paused_reason=str(error), extraction_paused_at=now
            )
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


def _unpause(project: Project) -> None:
    if project.extraction_paused_reason:
        Project.objects.filter(pk=project.pk).update(extraction_paused_reason="", extraction_paused_at=None)


def _is_due_again(session: Session) -> bool:
    """Whether there is more to read now: someone waits for it, or the buffer is still full."""
    return Session.objects.filter(has_reason(timezone.now()), pk=session.pk).exists()
