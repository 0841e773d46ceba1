"""Where the calls of tools that failed are in a session, however long it is."""

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from sessions.display.parts import ShownPart
from sessions.models import Message, Session
from sessions.parts import Kind

# What every result that counts as failed has in it somewhere, its own flag included; the page's own rule then decides.
WORDS = "error|exception|fatal|fail|traceback|exit"
# Nearest first: so many results with such words are looked at.
LOOKED_AT = 5_000


def failed_call(session: Session, *, after: int = 0, before: int = 0) -> int:
    """Return the number of the nearest message with a failed result, after one message or before another; 0 for none.

    One query, read only as far as it is needed.
    """
    results: QuerySet[Message] = session.messages.annotate(said=Cast("parts", TextField())).filter(
        said__contains=f'"type":"{Kind.TOOL_RESULT}"', said__iregex=WORDS
    )
    near = results.filter(seq__lt=before).order_by("-seq") if before else results.filter(seq__gt=after).order_by("seq")
    rows = near.values_list("seq", "parts")[:LOOKED_AT].iterator(chunk_size=50)
    return next((seq for seq, parts in rows if any(_has_failed(ShownPart(part)) for part in parts)), 0)


def _has_failed(shown: ShownPart) -> bool:
    return shown.part.type == Kind.TOOL_RESULT and shown.has_failed
