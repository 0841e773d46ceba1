"""Delete many sessions with all that belongs to them, a few at a time: each few in one transaction, none half."""

import time
import uuid
from collections.abc import Callable
from functools import partial

import structlog
from django.db import transaction
from django.db.models import QuerySet

from sessions.assets.cleaning import remove_unused_assets
from sessions.models import Asset, Session

log = structlog.get_logger(__name__)
AT_ONCE = 100


def delete_sessions(sessions: "QuerySet[Session]", *, seconds: float | None = None) -> int:
    """Delete these sessions, for so long at most; return how many. Safe beside itself and beside stores.

    Messages, tasks, runs and events go with them in the database; files that nothing else holds go after each few.
    """
    is_over = _clock(seconds)
    deleted = 0
    while batch := list(sessions.order_by().values_list("pk", flat=True)[:AT_ONCE]):
        deleted += _delete(batch)
        if is_over():
            break
    if deleted:
        log.info("sessions.deleted", count=deleted)
    return deleted


def _clock(seconds: float | None) -> Callable[[], bool]:
    until = None if seconds is None else time.monotonic() + seconds
    return lambda: until is not None and time.monotonic() >= until


@transaction.atomic
def _delete(batch: list[uuid.UUID]) -> int:
    held = list(Asset.objects.filter(uses__message__session__in=batch).values_list("pk", flat=True).distinct())
    if held:
        transaction.on_commit(partial(remove_unused_assets, held), robust=True)
    # The database deletes what belongs to them; one by one, each would be fetched and asked for its files first.
    chosen = Session.objects.filter(pk__in=batch)
    return chosen._raw_delete(chosen.db)
