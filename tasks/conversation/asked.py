"""What the address of a session's page asks for."""

from dataclasses import dataclass

from django.http import QueryDict

# As many messages as are read in a minute; the next come as the reader gets there.
SIZE = 50
# A message that is linked to has some of what came before it above it.
LEAD = 8
FIND_CHARACTERS = 200
# No message has a greater number, and what is added to it still fits into the database's numbers.
MOST = 2**62


@dataclass(frozen=True)
class Asked:
    """Numbers of messages and of a task; 0 where nothing is said. Nonsense reads as nothing.

    `first` to `last` is a stretch of messages that is asked for, or that a page shows already; `follows` tells whether
    that page shows the newest of its time, and `events` when the newest event on it happened (microseconds). `turns` is
    the message around which the user's turns are listed, `near` the one that a reader is at, and `card` the task whose
    card the keyboard is in.
    """

    message: int = 0
    first: int = 0
    last: int = 0
    task: int = 0
    turns: int = 0
    near: int = 0
    card: int = 0
    events: int = 0
    follows: bool = False
    find: str = ""

    @classmethod
    def by(cls, query: QueryDict) -> "Asked":
        """Read `?message=`, `?from=`, `?task=T2`, `?find=` and what fragments say; `?at=` means `?message=`."""
        return cls(
            message=number(query.get("message") or query.get("at")),
            first=number(query.get("from")),
            last=number(query.get("to")),
            task=number((query.get("task") or "").lstrip("Tt")),
            turns=number(query.get("turns")),
            near=number(query.get("near")),
            card=number(query.get("card")),
            events=number(query.get("events")),
            follows=query.get("follows") == "1",
            find=" ".join((query.get("find") or "").replace("\0", " ").split())[:FIND_CHARACTERS],
        )

    def first_shown(self, newest: int, begun: int = 0) -> int:
        """Return the message that a page begins with, of so many; `begun` is where the chosen task begins."""
        wanted = min(self.message or begun, newest)
        return self.first or (max(1, wanted - LEAD) if wanted > SIZE - LEAD else 1)


def number(text: str | None) -> int:
    """Read a message's number; 0 for anything else, and for more than the database can count."""
    if not (text and text.isascii() and text.isdigit() and len(text) <= len(str(MOST))):
        return 0
    return found if (found := int(text)) <= MOST else 0
