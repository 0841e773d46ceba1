"""The tokens of a whole session. A message is counted once; the number is kept with it."""

from django.db import connection
from django.db.models import Sum

from sessions.models import Session
from sessions.tokens import count_message

KEEP = """
UPDATE agent_sessions_message AS message SET token_count = counted.tokens
  FROM unnest(%s::uuid[], %s::int[]) AS counted (id, tokens)
 WHERE message.id = counted.id
"""


def total_tokens(session: Session) -> int:
    """Return the tokens of all messages of a session, and keep the counts of those that were not counted yet."""
    uncounted = session.messages.filter(token_count=None).only("parts")
    new = {message.pk: count_message(message) for message in uncounted.iterator()}
    if new:
        with connection.cursor() as cursor:
            cursor.execute(KEEP, [list(new), list(new.values())])
    total: int | None = session.messages.aggregate(total=Sum("token_count"))["total"]
    return total or 0
