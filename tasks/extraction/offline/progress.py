"""Milestones in the agent's words, tool calls with what came of them, and facts the user adds."""

import re

from sessions.parts import Part
from tasks.extraction.offline.asking import ASKS_FOR_DETAIL, DEMANDS_CHOICE
from tasks.extraction.offline.plain import cut, plain, with_dashes, without_tables
from tasks.extraction.offline.sentences import content_words, overlap, sentences, shortened, words
from tasks.extraction.offline.social import without_social
from tasks.extraction.offline.toolresults import is_error, reason_of, said_by
from tasks.extraction.offline.toolwords import answer_in_words, call_in_words

LONGEST = 160
MOST = 6
SAME = 0.8
MOST_LOOKED_AT = 8
MOST_ITEMS = 3
SHORTEST_SENTENCE = 4
SHORTEST_MILESTONE = 3

INTENDS = re.compile(
    r"^(?:let me|i'll|i will|now (?:let|i)|first,? (?:let|i(?:'ll| will))|i'm going to|i am going to|sure|certainly"
    r"|of course|to \w+)\b",
    re.I,
)
IS_COURTESY = re.compile(
    r"^(?:i(?:'m| am) (?:very |so |really )?(?:sorry|glad|happy)\b[^,:;]*[.!]?$|my apologies|apologies\b"
    r"|please let me know|feel free|let me know\b|if you (?:need|have|want|would)\b|have an? \w+|enjoy\b"
    r"|you(?:'re| are) welcome)",
    re.I,
)
IS_ITEM = re.compile(r"^(?:-|\(?\d{1,2}[.)、])\s*\S")
ITEM_NUMBER = re.compile(r"^\(?\d{1,2}[.)、]\s*")
TELLING = re.compile(r"^User: |→ error: ")
HAS_FACT = re.compile(r"\d|@|://|[A-Z]\w+ [A-Z]\w+|\b[A-Z]{2,}\b|\bis\b|\bare\b|\bat\b|=")


def milestone(text: str, *, calls_tools: bool = False) -> str:
    """Return what the agent says it did, in its words: the first sentence that is no announcement and no heading.

    What is announced beside a tool call is told by the call.
    """
    said = [
        (told, line) for line in sentences(with_dashes(without_tables(text)))[:MOST_LOOKED_AT] if (told := _told(line))
    ]
    done = [pair for pair in said if not INTENDS.match(pair[0])]
    if not done and (calls_tools or not said):
        return ""
    telling = done or said
    first = next((i for i, (told, _) in enumerate(telling) if not is_heading(told)), 0)
    milestone = telling[first][0]
    is_list = milestone.endswith((":", "："))
    for told, line in telling[first + 1 : first + 1 + MOST_ITEMS]:
        if is_list and IS_ITEM.match(line):
            milestone = f"{milestone}{' ' if milestone.endswith((':', '：')) else '; '}{told}"
        elif len(words(milestone)) < SHORTEST_MILESTONE and not IS_ITEM.match(line):
            milestone = f"{milestone.rstrip('.!')}. {told}"
            is_list = milestone.endswith((":", "："))
    return shortened(milestone.rstrip(":："), LONGEST)


def _told(sentence: str) -> str:
    """Return a sentence in plain words; questions and courtesies tell nothing."""
    said = ITEM_NUMBER.sub("", without_social(plain(sentence)))
    asks = said.rstrip("\"')* ").endswith(("?", "？")) or ASKS_FOR_DETAIL.search(said) or DEMANDS_CHOICE.search(said)
    return "" if asks or IS_COURTESY.match(said) else said.strip()


def is_heading(said: str) -> bool:
    """Whether a line names what follows instead of telling something."""
    return len(words(said)) < SHORTEST_SENTENCE and said[-1:] not in ".!。！…"


def tool_step(call: Part, result: Part | None) -> str:
    """Name the tool, its arguments and what it answered."""
    step = call_in_words(call)
    if result is None:
        return step
    outcome = f"error: {reason_of(result)}" if is_error(result) else answer_in_words(said_by(result), asked=step)
    return cut(f"{step} → {outcome}", LONGEST)


def added_fact(text: str) -> str:
    """Return a fact the user adds, marked as the user's."""
    told = [said for sentence in sentences(text)[:4] if (said := without_social(sentence)) and not said.endswith("?")]
    fact = plain(" ".join(told))
    return f"User: {shortened(fact, LONGEST - 6)}" if fact and HAS_FACT.search(fact) else ""


def is_repeated(line: str, others: list[str]) -> bool:
    said = content_words(line)
    return any(line == other or (len(said) > 2 and overlap(said, content_words(other)) >= SAME) for other in others)


def chosen(lines: list[tuple[str, tuple[int, ...]]]) -> list[tuple[str, tuple[int, ...]]]:
    """Of too many steps keep the first, the last, and between them what failed or came from the user."""
    if len(lines) <= MOST:
        return lines
    between = lines[1 : -MOST // 2]
    telling = [line for line in between if TELLING.search(line[0])] or between
    kept = [lines[0], *telling[: MOST - 1 - MOST // 2], *lines[-MOST // 2 :]]
    return [line for line in lines if line in kept]
