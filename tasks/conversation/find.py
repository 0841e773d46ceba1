"""Find words inside of one session: which of its messages have them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from django.db import connection
from django.db.models import Max

from sessions.models import Session
from tasks.models import SearchEntry
from tasks.search.content import text_of_message
from tasks.search.finding import needed_words
from tasks.search.marking import hits_in
from tasks.search.words import Query

MOST_HITS = 500
# What came in since the index was last added to is read here.
NOT_INDEXED = 200
# `#` stands for the number of an entry's block. The entries of a session are read in their order: no more than it has.
FIND = """
SELECT number FROM tasks_searchentry
 WHERE session_id = %(session)s AND kind = 'message' AND words @@ replace(%(words)s, '#', block_id::text)::tsquery
 ORDER BY number LIMIT %(limit)s
"""


@dataclass
class Finding:
    """What was looked for in a session, and where one is among the messages that have it."""

    text: str
    query: Query
    seqs: Sequence[int] = ()
    current: int = 0
    is_cut: bool = False
    found: frozenset[int] = field(default_factory=frozenset)

    @classmethod
    def of(cls, session: Session, text: str, current: int = 0) -> Self | None:
        """Look for words; None when nothing is asked for. Three queries at most."""
        query = Query.of(text)
        if not text:
            return None
        seqs = _seqs(session, query) if query.is_searchable else []
        return cls(text, query, seqs[:MOST_HITS], current, len(seqs) > MOST_HITS, frozenset(seqs))

    @property
    def place(self) -> int:
        """Which of the messages is looked at, counted from 1; 0 when it is none of them."""
        return self.seqs.index(self.current) + 1 if self.current in self.seqs else 0

    @cached_property
    def previous(self) -> int:
        return max((seq for seq in self.seqs if seq < self.current), default=0)

    @cached_property
    def next(self) -> int:
        return min((seq for seq in self.seqs if seq > self.current), default=0)


def _seqs(session: Session, query: Query) -> list[int]:
    words = " & ".join(dict.fromkeys(needed_words(query)))
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"session": session.pk, "words": words, "limit": MOST_HITS + 1})
        found = [int(seq) for (seq,) in cursor.fetchall()]
    entries = SearchEntry.objects.filter(session=session, kind=SearchEntry.Kind.MESSAGE)
    indexed = entries.aggregate(last=Max("number"))["last"] or 0
    newer = session.messages.filter(seq__gt=indexed).order_by("seq").only("seq", "parts")
    return found + [message.seq for message in newer[:NOT_INDEXED] if _has(text_of_message(message.parts), query)]


def _has(text: str, query: Query) -> bool:
    return {term for _, _, term in hits_in(text, query)} >= set(query.terms)
