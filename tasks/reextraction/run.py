"""Work on a proposal: window after window, each kept as soon as it is read; then it is ready, or applied at once."""

import structlog
from django.db import transaction
from django.utils import timezone

from sessions.models import Session
from tasks.extraction.errors import ExtractionError, LeaseLost, Misconfigured, Resting, Unavailable
from tasks.extraction.extractors import extractor_for
from tasks.extraction.operations import Keep, Operations, Unassigned
from tasks.extraction.run import SPARE_SECONDS, answer_to, record, wait_before
from tasks.extraction.window import Window
from tasks.models import ExtractionRun, Reextraction
from tasks.reextraction.applying import exchange
from tasks.reextraction.queue import Hold, keep, let_go
from tasks.reextraction.reading import read_again

log = structlog.get_logger(__name__)
Status = Reextraction.Status


def work(hold: Hold) -> None:
    """Work on a held proposal until it is ready, or must wait or fails; then give it back.

    Safe to call twice with the same hold, late, or after the session is gone: then nothing happens.
    """
    try:
        while work_on_window(hold):
            pass
    except LeaseLost:
        log.info("reextraction.lease_lost", reextraction_id=str(hold.reextraction_id))
    finally:
        let_go(hold)


def work_on_window(hold: Hold) -> bool:
    """Read one window, or finish after the last; return whether there is more to do at once. Raises LeaseLost."""
    keep(hold)
    proposal = Reextraction.objects.select_related("session__project").get(pk=hold.reextraction_id)
    window = read_again(proposal)
    if window is None:
        _finish(hold)
        return False
    run = ExtractionRun(
        project_id=proposal.project_id,
        session=proposal.session,
        reextraction=proposal,
        generation=proposal.generation + 1,
        from_seq=window.first_seq,
        to_seq=window.last_seq,
        trigger=ExtractionRun.Trigger.AGAIN,
        extractor=proposal.extractor,
        model=proposal.model,
        started_at=timezone.now(),
    )
    try:
        extractor = extractor_for(proposal.session.project, name=proposal.extractor, model=proposal.model)
        run.model, run.prompt_version = extractor.model, extractor.prompt_version
        extraction = answer_to(window, extractor, holding(hold), session_id=proposal.session_id)
    except ExtractionError as error:
        record(run, extractor, failed=str(error))
        return _fail(hold, proposal.done_seq, window, run, error)
    record(run, extractor, extraction=extraction)
    _keep_step(hold, proposal.done_seq, window, run, extraction.accepted)
    return True


def holding(hold: Hold) -> Keep:
    """Return what holds the proposal over each wait of the extractor's, and a little longer."""

    def keep_over(seconds: float) -> None:
        keep(hold, seconds=seconds + SPARE_SECONDS)

    return keep_over


def _lock(hold: Hold, done_seq: int | None = None) -> Reextraction:
    """Return the proposal, locked, if it is still this worker's; raises LeaseLost.

    The session is locked first, as everyone does who locks both.
    """
    row = Reextraction.objects.filter(pk=hold.reextraction_id)
    Session.objects.select_for_update(of=["self"], no_key=True).filter(reextractions__in=row).first()
    proposal = row.select_for_update(of=["self"]).first()
    is_mine = proposal and proposal.lease_token == hold.token and proposal.status == Status.WORKING
    if proposal is None or not is_mine or done_seq not in (None, proposal.done_seq):
        raise LeaseLost(hold.reextraction_id)
    return proposal


@transaction.atomic
def _keep_step(hold: Hold, done_seq: int, window: Window, run: ExtractionRun, operations: Operations) -> None:
    proposal = _lock(hold, done_seq)
    run.save(force_insert=True)
    _add_step(proposal, window, operations, run=run)


def _add_step(
    proposal: Reextraction, window: Window, operations: Operations, *, run: ExtractionRun, problem: str = ""
) -> None:
    step = {
        "from_seq": window.first_seq,
        "to_seq": window.last_seq,
        "operations": operations.model_dump(mode="json", exclude_defaults=True),
        "run": str(run.pk),
    }
    proposal.steps.append(step | ({"problem": problem} if problem else {}))
    proposal.done_seq = window.last_seq
    proposal.attempts, proposal.error, proposal.retry_at, proposal.window_limit = 0, "", None, None
    proposal.save(update_fields=["steps", "done_seq", "attempts", "error", "retry_at", "window_limit"])


@transaction.atomic
def _fail(hold: Hold, done_seq: int, window: Window, run: ExtractionRun, error: ExtractionError) -> bool:
    """Keep what helps the next try: wait, give up, or read less at a time. Only a single message is set aside."""
    proposal = _lock(hold, done_seq)
    if run.calls or not isinstance(error, Resting):
        run.save(force_insert=True)
        proposal.attempts += 1
    log.warning("reextraction.failed", reextraction_id=str(proposal.pk), error=str(error))
    proposal.error = str(error)
    if isinstance(error, Misconfigured):
        # Perhaps it is this proposal's model and no other's; the project goes on, and someone may try again.
        proposal.status, proposal.finished_at = Status.FAILED, timezone.now()
    elif isinstance(error, Unavailable):
        proposal.retry_at = timezone.now() + wait_before(proposal.attempts, error)
    elif len(window.messages) > 1:
        proposal.window_limit = max(len(window.messages) // 2, 1)
    else:
        set_aside = Operations(unassigned=[Unassigned(seqs=[window.first_seq], why="no answer could be had")])
        _add_step(proposal, window, set_aside, run=run, problem=str(error))
        return True
    proposal.save(update_fields=["attempts", "error", "status", "finished_at", "retry_at", "window_limit"])
    return proposal.status == Status.WORKING and proposal.retry_at is None


@transaction.atomic
def _finish(hold: Hold) -> None:
    """Say that all is read; the exchange belongs to the same transaction where nobody wants to look first."""
    proposal = _lock(hold)
    proposal.status, proposal.finished_at = Status.READY, timezone.now()
    proposal.save(update_fields=["status", "finished_at"])
    log.info("reextraction.ready", reextraction_id=str(proposal.pk), session_id=str(proposal.session_id))
    if proposal.applies_at_once:
        exchange(proposal.pk)
