"""The tokens of a whole session. A message is counted once; the number is kept with it."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, F, Func, IntegerField, Q, Sum
from django.db.models.functions import Coalesce

from sessions.models import Session
from sessions.tokens import count_message

# JSON and its names included.
BYTES_PER_TOKEN = 5
COUNTED_AT_ONCE = 60
KEEP = """
UPDATE agent_sessions_message AS message SET token_count = counted.tokens
  FROM unnest(%s::uuid[], %s::int[]) AS counted (id, tokens)
 WHERE message.id = counted.id
"""


@dataclass(frozen=True)
class Tokens:
    """The tokens of a session; `is_exact` when each message was counted, else some are guessed from their size."""

    total: int
    is_exact: bool


def tokens_of(session: Session) -> Tokens:
    """Add up the tokens of a session and keep nothing; a few messages are counted now, of many the size is taken."""
    guess = Func(F("parts"), function="octet_length", output_field=IntegerField()) / BYTES_PER_TOKEN
    found = session.messages.aggregate(
        total=Sum(Coalesce("token_count", guess)),
        counted=Sum("token_count"),
        uncounted=Count("pk", filter=Q(token_count=None)),
    )
    if not found["uncounted"]:
        return Tokens(found["total"] or 0, is_exact=True)
    if found["uncounted"] > COUNTED_AT_ONCE:
        return Tokens(found["total"], is_exact=False)
    uncounted = session.messages.filter(token_count=None).only("parts")
    return Tokens((found["counted"] or 0) + sum(map(count_message, uncounted)), is_exact=True)


def total_tokens(session: Session) -> int:
    """Return the tokens of all messages of a session, and keep the counts of those that were not counted yet."""
    uncounted = session.messages.filter(token_count=None).only("parts")
    new = {message.pk: count_message(message) for message in uncounted.iterator()}
    if new:
        with connection.cursor() as cursor:
            cursor.execute(KEEP, [list(new), list(new.values())])
    total: int | None = session.messages.aggregate(total=Sum("token_count"))["total"]
    return total or 0
