"""Read a proposal's next window: the session's messages, against the ledger that its steps leave."""

from collections.abc import Iterator

from django.db.models import Q

from sessions.models import Message, Session
from tasks.extraction.ledger import Ledger
from tasks.extraction.limits import Limits
from tasks.extraction.operations import Operations
from tasks.extraction.reading import context, first_messages
from tasks.extraction.window import KnownPreference, Window
from tasks.models import Preference, Reextraction

Status = Preference.Status


def read_again(proposal: Reextraction) -> Window | None:
    """Return what the next run of a proposal is to read, or None at its end.

    Messages that were set aside are tried again; those stored while tracking was off are left out for good.
    """
    session = proposal.session
    readable = session.messages.exclude(extraction=Message.Extraction.DISABLED).filter(seq__lte=proposal.to_seq)
    limits = Limits.of(session.project.configs)
    waiting = readable.filter(seq__gt=proposal.done_seq)
    messages = first_messages(waiting, limits, at_most=proposal.window_limit)
    if not messages:
        return None
    ledger = replayed(proposal)
    configs = session.project.configs
    return Window(
        messages=tuple(messages),
        context=tuple(context(readable, messages[0].seq, most=limits.context_messages)),
        tasks=ledger.known_tasks(),
        preferences=ledger.known_preferences(),
        success_criteria=str(configs.get("task_success_criteria") or ""),
        failure_criteria=str(configs.get("task_failure_criteria") or ""),
        calls=limits.calls,
    )


def operations_of(proposal: Reextraction) -> Iterator[Operations]:
    """The operations of the steps that were read so far."""
    for step in proposal.steps:
        yield Operations.model_validate(step["operations"])


def replayed(proposal: Reextraction) -> Ledger:
    """Return the ledger as the steps so far leave it."""
    ledger = Ledger(preferences_before(proposal.session))
    for operations in operations_of(proposal):
        ledger.apply(operations)
    return ledger


def preferences_before(session: Session) -> list[KnownPreference]:
    """Return what older sessions of the same user said and this one did not take back, by their handles.

    Newer sessions are left out: what was said later must not be replaced by what was said before.
    """
    if not session.end_user_id:
        return []
    older = Preference.objects.filter(end_user_id=session.end_user_id, session__created_at__lt=session.created_at)
    holds = Q(status=Status.ACTIVE) | Q(status=Status.REPLACED, replaced_by__session=session)
    rows = older.filter(holds).exclude(session=session).order_by("pk")
    return [KnownPreference(f"P{row.pk}", row.statement) for row in rows]
