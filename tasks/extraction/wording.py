"""Whether two texts say the same, near enough. No Django here."""

import re
from difflib import SequenceMatcher

# Scripts that write without spaces: there each letter counts as a word.
UNSPACED = "\u3040-\u30ff\u3400-\u9fff"
WORD = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+")
SHORTEST = 3
# Of the words that either of two texts has, this share is in both when they say the same.
NEARLY_ALL = 0.9


def normalized(text: str) -> str:
    """Fold case, space and punctuation."""
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def words_of(text: str) -> frozenset[str]:
    """Return the words that carry meaning, judged by their length."""
    return frozenset(word for word in WORD.findall(text.casefold()) if len(word) >= SHORTEST or word > "\u3040")


def shared_words(text: str, other: str) -> float:
    """Return the share of a text's words that the other has too, from 0 to 1."""
    words = words_of(text)
    return len(words & words_of(other)) / len(words) if words else 0.0


def says_the_same(text: str, other: str) -> bool:
    """Whether two texts are the same but for case, marks, order, or a word in ten. Numbers must agree."""
    if normalized(text) == normalized(other):
        return True
    if re.findall(r"\d+", text) != re.findall(r"\d+", other):
        return False
    first, second = frozenset(WORD.findall(text.casefold())), frozenset(WORD.findall(other.casefold()))
    return len(first & second) >= NEARLY_ALL * len(first | second)


def likeness(text: str, other: str) -> float:
    """Return how alike two texts are, letter by letter, from 0 to 1; case, space and punctuation aside."""
    return SequenceMatcher(None, normalized(text), normalized(other)).quick_ratio()


def shortened(text: str, length: int) -> str:
    """Trim a text to a length, at a word."""
    text = " ".join(text.replace("\0", " ").split())
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
