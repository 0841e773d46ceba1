"""Words of texts, as far as the figures compare them."""

import re

TOKEN = re.compile(r"[a-z0-9$]+(?:[.:/'_-][a-z0-9]+)*")
MOST_TOKENS = 400
# Words that say nothing about whether two texts mean the same thing.
EMPTY_WORDS = frozenset(
    """
    a an the this that these those i me my we our you your she he it its they them as so if not no please
    is are was were be been has had have do does did can could will would should need want wants like prefer prefers
    and or of to in on at for from with by user users s t d m ll re ve
    """.split()  # noqa: SIM905 (a list of them would fill the page)
)
SHORT_VALUE = 2
ENOUGH_OF_A_VALUE = 0.6


def tokens(text: object) -> list[str]:
    return TOKEN.findall(str(text or "").lower())


def content(text: object) -> list[str]:
    """Return the words that carry meaning, or all of them when none does."""
    spoken = tokens(text)
    return [word for word in spoken if word not in EMPTY_WORDS] or spoken


def rouge_l(some: str, other: str) -> float:
    """Return the F1 of the longest common subsequence of words."""
    left, right = tokens(some)[:MOST_TOKENS], tokens(other)[:MOST_TOKENS]
    lengths = [0] * (len(right) + 1)
    for word in left:
        diagonal = 0
        for position, rival in enumerate(right, start=1):
            above = lengths[position]
            lengths[position] = diagonal + 1 if word == rival else max(above, lengths[position - 1])
            diagonal = above
    common = lengths[-1]
    return 2 * common / (len(left) + len(right)) if common else 0.0


def holds(text: str, value: str) -> bool:
    """Whether a text tells a value: all words of a short one, most of a long one."""
    wanted = content(value)
    said = set(tokens(text))
    told = sum(word in said for word in wanted)
    if len(wanted) <= SHORT_VALUE:
        return bool(wanted) and told == len(wanted)
    return told >= ENOUGH_OF_A_VALUE * len(wanted)
