"""A task's description: the user's own words, politeness trimmed."""

import re

from tasks.extraction.offline.plain import plain
from tasks.extraction.offline.sentences import CODE_BLOCK, sentences, shortened
from tasks.extraction.offline.social import without_social

LONGEST = 200
CHANGED = " Changed: "
POLITE = re.compile(r"^(?:(?:and|so|but|please|kindly|also|actually|well|then|oh|now|next)\b[\s,]*)+", re.I)

# An order for all times is a preference, not part of the request that it comes with.
STANDING = re.compile(r"^(?:(?:from now on|in (?:the )?future|going forward|always|never)\b|以后|今后|从现在起)", re.I)


def describe(text: str) -> str:
    """Return what was asked in the user's words, social sentences left out, shortened at a sentence end."""
    kept = [words for sentence in sentences(text) if (words := without_social(sentence))]
    asked = [words for words in kept if not STANDING.match(words)] or kept
    said = plain(" ".join(asked)) or CODE_BLOCK.sub(" ", text).strip() or text.strip()
    said = POLITE.sub("", said) or said
    return shortened(said[:1].upper() + said[1:], LONGEST)


def changed(description: str, text: str) -> str:
    """Add the user's correction to a description, both in their own words."""
    correction = describe(text)
    room = max(LONGEST - len(correction) - len(CHANGED), LONGEST // 3)
    return shortened(f"{shortened(description.split(CHANGED)[0], room)}{CHANGED}{correction}", LONGEST)
