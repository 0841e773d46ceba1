"""Milestones in the agent's words, tool calls with what came of them, and facts the user adds."""

import re

from sessions.parts import Part
from tasks.extraction.offline.sentences import content_words, overlap, sentences, shortened
from tasks.extraction.offline.social import without_social
from tasks.extraction.offline.toolresults import in_short, is_error, reason_of

LONGEST = 160
MOST = 6
SAME = 0.8

INTENDS = re.compile(
    r"^(?:let me|i'll|i will|now (?:let|i)|first,? (?:let|i)|i'm going to|i am going to|sure|certainly"
    r"|of course|to \w+)\b",
    re.I,
)
HAS_FACT = re.compile(r"\d|@|://|[A-Z]\w+ [A-Z]\w+|\b[A-Z]{2,}\b|\bis\b|\bare\b|\bat\b|=")


def milestone(text: str) -> str:
    """Return the first sentence that tells what was done; an announcement only if there is nothing else."""
    told = [said for sentence in sentences(text)[:8] if (said := without_social(sentence)) and not said.endswith("?")]
    best = next((said for said in told if not INTENDS.match(said)), told[0] if told else "")
    return shortened(best, LONGEST)


def tool_step(call: Part, result: Part | None) -> str:
    """Name the tool, its arguments and what it answered."""
    name = call.get("name") or "tool"
    arguments = shortened(call.arguments_text[:200], 60) if call.get("arguments") else ""
    step = f"{name}({arguments})"
    if result is None:
        return step
    outcome = f"error: {reason_of(result)}" if is_error(result) else in_short(result)
    return shortened(f"{step} → {outcome}", LONGEST)


def added_fact(text: str) -> str:
    """Return a fact the user adds, marked as the user's."""
    told = [said for sentence in sentences(text)[:4] if (said := without_social(sentence)) and not said.endswith("?")]
    fact = " ".join(told)
    return f"User: {shortened(fact, LONGEST - 6)}" if fact and HAS_FACT.search(fact) else ""


def is_repeated(line: str, others: list[str]) -> bool:
    said = content_words(line)
    return any(line == other or (len(said) > 2 and overlap(said, content_words(other)) >= SAME) for other in others)


def chosen(lines: list[tuple[str, tuple[int, ...]]]) -> list[tuple[str, tuple[int, ...]]]:
    """Keep the first steps and the last ones when there are too many."""
    return lines if len(lines) <= MOST else [*lines[:2], *lines[2 - MOST :]]
