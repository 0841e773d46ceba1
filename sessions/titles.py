"""What a session is called: the start of the user's first request. A greeting is none, but better than no name."""

import re
from collections.abc import Iterable

from sessions.parts import Content, text_of

TITLE_LENGTH = 120

# Understood alike by Python and PostgreSQL, which decides when a later message comes: no braces, no `\b`.
GREETING = (
    r"^\W*(?:(?:(?:hi+|hello+|hey+|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)"
    r"|hola|buen[oa]s (?:días|tardes|noches)|hallo|guten (?:tag|morgen|abend)|moin|servus|bonjour|bonsoir|salut"
    r"|ciao|olá|你好|您好|嗨|早上好|晚上好|こんにちは)"
    r"(?: (?:there|again|all|everyone|team))?"
    r"|how are you(?: doing)?(?: today)?|how is it going|how['’]s it going|nice to meet you"
    r"|(?:my name is|i['’]m|i am|this is) \w+"
    r")(?:\W+|$))+$"
)
_GREETS = re.compile(GREETING, re.IGNORECASE)


def title_of(content: Content) -> str:
    """Return a line that names the session: the start of what the user says. Empty for others' messages."""
    if content.role != "user" or "original_role" in content.facts:
        return ""
    line = " ".join(text_of(content.parts)[: 4 * TITLE_LENGTH].replace("\0", " ").split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


def greets_only(title: str) -> bool:
    """Whether a title asks for nothing: "Hello there!", "Hi, I'm Ben."."""
    return _GREETS.search(title) is not None


def best_of(titles: Iterable[str]) -> str:
    """Choose the first title that asks for something, or else the first there is."""
    there = [title for title in titles if title]
    return next((title for title in there if not greets_only(title)), there[0] if there else "")
