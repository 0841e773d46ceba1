"""Switch the extraction of a session off, also when messages wait for it."""

from django.db import transaction
from django.utils import timezone

from sessions.models import Message, Session


@transaction.atomic
def stop_tracking(session: Session) -> None:
    """Extract nothing of this session any more. What waits is marked as not tracked; what was extracted stays.

    A run at work comes too late: the cursor has moved on, so that it writes nothing.
    """
    row = Session.objects.select_for_update().get(pk=session.pk)
    waiting = row.messages.filter(seq__gt=row.cursor_seq, extraction="")
    waiting.update(extraction=Message.Extraction.DISABLED, updated_at=timezone.now())
    Session.objects.filter(pk=row.pk).update(
        disable_task_tracking=True,
        cursor_seq=row.head_seq,
        pending_since=None,
        pending_tokens=0,
        extraction_error="",
        attempts=0,
        retry_at=None,
    )
    session.refresh_from_db()
