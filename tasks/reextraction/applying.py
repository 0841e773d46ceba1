"""Exchange what machines said of a session for what a proposal says, in one transaction; or discard the proposal."""

import uuid
from collections.abc import Iterable
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from sessions.errors import Conflict, NotFound
from sessions.models import Message, Session
from tasks.extraction.ledger import Ledger
from tasks.extraction.operations import Operations
from tasks.extraction.reading import as_window_message, size_of
from tasks.extraction.writer import Writer
from tasks.models import ExtractionRun, Progress, Reextraction, Task, TaskMessage
from tasks.reextraction.comparison import Sketch, taken_over
from tasks.reextraction.proposing import OPEN
from tasks.reextraction.reading import operations_of, preferences_before, replayed
from tasks.reextraction.rewriting import Step, rewritten
from tasks.reextraction.sketching import proposed, sketches_of
from tasks.reextraction.wishes import Wishes

log = structlog.get_logger(__name__)
Status = Reextraction.Status


@transaction.atomic
def exchange(reextraction_id: uuid.UUID) -> Reextraction:
    """Apply a ready proposal; one that is applied already is returned as it is, so that twice is once.

    1. Lock the session, so that no run commits, and its tasks, so that nobody corrects one meanwhile.
    2. Delete the tasks that only machines spoke of; those that a person corrected stay.
    3. Write the steps anew, each under its own run, and number all tasks by their first request.
    4. Move the cursor back to where the proposal ends: what was stored since is read again in its turn.

    Raises NotFound when the proposal is gone and Conflict when it is not ready or no longer fits the session.
    """
    row = Reextraction.objects.filter(pk=reextraction_id)
    session = Session.objects.select_for_update(of=["self"], no_key=True).filter(reextractions__in=row).first()
    proposal = row.select_for_update(of=["self"]).first()
    if session is None or proposal is None:
        raise NotFound(_("reextraction not found"))
    proposal.session = session
    if proposal.status == Status.APPLIED:
        return proposal
    if proposal.status != Status.READY:
        raise Conflict(_("the reextraction is %(status)s, not ready") % {"status": proposal.status})
    if proposal.generation != session.generation:
        raise Conflict(_("the session was extracted again meanwhile; discard this proposal and begin anew"))
    tasks = {str(task.pk): task for task in Task.all_objects.select_for_update().filter(session=session).order_by("pk")}
    _write(proposal, tasks)
    _number(session)
    _mark_messages(proposal)
    _move_back(proposal)
    proposal.status, proposal.finished_at, proposal.steps = Status.APPLIED, timezone.now(), []
    proposal.save(update_fields=["status", "finished_at", "steps"])
    log.info("reextraction.applied", reextraction_id=str(proposal.pk), session_id=str(session.pk))
    return proposal


def discard(proposal: Reextraction) -> Reextraction:
    """Give a proposal up, also while it is worked on; raises Conflict once applied. Its runs stay: they were paid."""
    changed = Reextraction.objects.filter(Q(status__in=OPEN) | Q(status=Status.FAILED), pk=proposal.pk).update(
        status=Status.DISCARDED, finished_at=timezone.now(), steps=[], lease_token=None, lease_until=None, retry_at=None
    )
    found = Reextraction.objects.filter(pk=proposal.pk).first()
    if found is None:
        raise NotFound(_("reextraction not found"))
    if not changed and found.status == Status.APPLIED:
        raise Conflict(_("the reextraction is applied already"))
    return found


def _write(proposal: Reextraction, tasks: dict[str, Task]) -> None:
    """Put what the steps say into the place of what was there."""
    session = proposal.session
    now = sketches_of(session)
    kept = {sketch.key: sketch for sketch in now if sketch.is_kept}
    goes = taken_over(now, proposed(replayed(proposal)))
    others = preferences_before(session)
    steps = rewritten(list(operations_of(proposal)), goes, {key: sketch.held for key, sketch in kept.items()}, others)
    wishes = Wishes(session)
    wishes.clear()
    Task.all_objects.filter(pk__in=[tasks[key].pk for key in tasks if key not in kept]).delete()
    _empty(kept.values(), set(goes.values()), proposal.to_seq)
    runs = {str(run.pk): run for run in proposal.runs.all()}
    handles: dict[str, Task] = {}
    ledger, moment = Ledger(others), timezone.now()
    for step, stored in zip(steps, proposal.steps, strict=True):
        named = step.operations.model_copy(update={"preferences": wishes.named(step.operations.preferences, ledger)})
        handles |= _write_step(session, runs[stored["run"]], step, named, handles, tasks, moment)
        ledger.apply(step.operations)
    wishes.restore()
    _date(session, [task for task in handles.values() if str(task.pk) not in kept])


def _write_step(
    session: Session,
    run: ExtractionRun,
    step: Step,
    operations: Operations,
    handles: dict[str, Task],
    tasks: dict[str, Task],
    moment: datetime,
) -> dict[str, Task]:
    """Write one window's operations; return the tasks that it opened, by the handles that later steps call them."""
    stands_for = {alias: tasks[key] for alias, key in step.stands_for.items()}
    writer = Writer(session, run, now=moment, known=dict(handles), stands_for=stands_for)
    writer.write(operations)
    return {handle: writer.tasks[alias] for alias, handle in step.opened.items()}


def _empty(kept: Iterable[Sketch], refilled: set[str], to_seq: int) -> None:
    """Take from the kept tasks what the steps say anew, and what the messages after `to_seq` will say again."""
    for sketch in kept:
        links = TaskMessage.objects.filter(task_id=uuid.UUID(sketch.key))
        progresses = Progress.objects.filter(task_id=uuid.UUID(sketch.key))
        if sketch.key not in refilled:
            links = links.filter(message__seq__gt=to_seq).exclude(role=TaskMessage.Role.REQUEST)
            progresses = progresses.filter(evidence__0__gt=to_seq)
        if "messages" not in sketch.held:
            links.delete()
        progresses.delete()


def _date(session: Session, tasks: Iterable[Task]) -> None:
    """Date new tasks by their requests: extracting last year's sessions again opens no task today."""
    asked = {task.pk: task.links.filter(role="request").order_by("message__seq").first() for task in tasks}
    messages = Message.objects.in_bulk([link.message_id for link in asked.values() if link])
    for task in tasks:
        if link := asked[task.pk]:
            task.created_at = messages[link.message_id].created_at
    Task.all_objects.bulk_update(tasks, ["created_at"])


def _number(session: Session) -> None:
    """Number all tasks by their first request, in two steps: no number may stand twice in between."""
    wanted = sorted(sketches_of(session), key=lambda sketch: (bool(sketch.root), sketch.request_seq, sketch.number))
    tasks = Task.all_objects.filter(session=session)
    highest = tasks.aggregate(last=Max("order"))["last"] or 0
    tasks.update(order=F("order") + highest + len(wanted))
    rows = {str(task.pk): task for task in tasks}
    for order, sketch in enumerate(wanted, start=1):
        rows[sketch.key].order = order
    Task.all_objects.bulk_update(rows.values(), ["order"])


def _mark_messages(proposal: Reextraction) -> None:
    """Say which messages no answer could be had for this time; all others were read, or will be."""
    now = timezone.now()
    messages = proposal.session.messages
    failed = messages.filter(extraction=Message.Extraction.FAILED)
    failed.update(extraction=Message.Extraction.IN_TURN, extraction_error="", updated_at=now)
    for step in proposal.steps:
        if problem := step.get("problem"):
            messages.filter(seq=step["from_seq"]).update(
                extraction=Message.Extraction.FAILED, extraction_error=problem, updated_at=now
            )


def _move_back(proposal: Reextraction) -> None:
    """Begin the session's next generation behind the proposal; a run that is at work loses its lease."""
    session = proposal.session
    following = session.messages.filter(seq__gt=proposal.to_seq, extraction=Message.Extraction.IN_TURN).order_by("seq")
    first = following.first()
    session.generation += 1
    session.cursor_seq = first.seq - 1 if first else session.head_seq
    session.pending_since = first.created_at if first else None
    session.pending_tokens = sum(size_of(as_window_message(row)) for row in following)
    session.attempts, session.retry_at, session.extraction_error, session.window_limit = 0, None, "", None
    session.lease_token, session.lease_until, session.lease_to_seq = None, None, 0
    session.save(
        update_fields=[
            "generation",
            "cursor_seq",
            "pending_since",
            "pending_tokens",
            "attempts",
            "retry_at",
            "extraction_error",
            "window_limit",
            "lease_token",
            "lease_until",
            "lease_to_seq",
        ]
    )
