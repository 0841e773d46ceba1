"""What the command palette finds as one types: sessions and tasks by id or by words, and users."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Model, QuerySet

from sessions.models import EndUser, Project, Session
from sessions.users import users_named
from tasks.models import Task
from tasks.search.finding import Hit, Wanted, find
from tasks.search.words import Query

EACH = 5
LONGEST = 200
# A page shows the first eight digits of an id; fewer than four name too much.
START_OF_ID = re.compile(r"#?([0-9a-f]{4,32})")
DIGITS_OF_ID = 32
# Users are looked for by a part of their identifier among so many newest, which takes a millisecond or two.
USERS_LOOKED_AT = 2_000


@dataclass
class Found:
    """A few of each kind."""

    sessions: Sequence[Session] = ()
    tasks: Sequence[Task] = ()
    users: Sequence[EndUser] = ()
    messages: list[Hit] = field(default_factory=list)


def find_anything(project: Project, text: str) -> Found:
    """Return a few of each kind that these words, or this beginning of an id, name. At most eight queries."""
    text = text.strip()[:LONGEST]
    found = Found()
    if not text or "\0" in text:
        return found
    if digits := START_OF_ID.fullmatch(text.lower().replace("-", "")):
        found.sessions = _beginning_with(digits[1], Session.objects.filter(project=project))
        found.tasks = _beginning_with(digits[1], Task.objects.filter(project=project))
    query = Query.of(text)
    if query.is_searchable:
        # Tasks repeat the words of their messages, so that one look finds both; each look more costs as much again.
        hits, _more = find(project, Wanted(query), limit=3 * EACH)
        found.tasks = [*found.tasks, *(hit.task for hit in hits if hit.task and hit.task not in found.tasks)][:EACH]
        found.messages = [hit for hit in hits if hit.message_id][:EACH]
    found.users = _users(project, text)
    return found


def _beginning_with[M: Model](digits: str, rows: QuerySet[M]) -> list[M]:
    """Return rows whose id begins so: a stretch of the primary key."""
    first, last = (uuid.UUID(digits.ljust(DIGITS_OF_ID, end)) for end in "0f")
    return list(rows.filter(pk__gte=first, pk__lte=last).order_by("pk")[:EACH])


def _users(project: Project, text: str) -> list[EndUser]:
    exact = list(users_named(project, text)[:1])
    newest = EndUser.objects.filter(project=project).order_by("-created_at", "-id").values("pk")[:USERS_LOOKED_AT]
    like = EndUser.objects.filter(pk__in=newest, identifier__icontains=text).order_by("-created_at", "-id")[:EACH]
    return [*exact, *(user for user in like if user not in exact)][:EACH]
