"""Lasting wishes of the user, in the third person."""

import re

from tasks.extraction.offline.sentences import content_words, overlap, sentences, shortened
from tasks.extraction.offline.social import without_social
from tasks.extraction.operations import PreferenceChange
from tasks.extraction.window import KnownPreference

LONGEST = 120
SAME = 0.7

WISHES = re.compile(
    r"\b(?:i(?:'d| would)? (?:\w+ )?(?:prefer|rather)|i (?:always|usually|never|generally|normally|only|mostly)"
    r"|i(?:'m| am) (?:a |an )?(?:vegan|vegetarian|allergic|left-handed)"
    r"|i (?:really )?(?:like|love|hate|enjoy|dislike|can't stand|cannot stand|don't like|don't want|do not want"
    r"|won't)\b|my favou?rite|from now on|in (?:the )?future|please (?:always|never)|always (?:use|write|answer"
    r"|reply|keep|include|run|ask)"
    r"|never (?:use|write|answer|add|include|push|commit)|don't (?:ever )?(?:use|replace|add|change|touch|include"
    r"|assume|call)|do not (?:use|replace|add|change|touch|include|assume)|must (?:not )?(?:be|have|use)"
    r"|as (?:cheap|early|fast|soon|short|late) as possible"
    r"|the (?:cheapest|fastest|earliest|latest|shortest|quickest|lowest)|my name is|call me|no more than"
    r"|at (?:least|most))\b",
    re.I,
)
NOT_LASTING = re.compile(r"\?\s*$|\bi (?:love|like) (?:it|that|this)\b|\bif i\b", re.I)
CHANGES = re.compile(r"\b(?:actually|instead|now|from now on|on second thought|rather|changed my mind)\b", re.I)
PERSON = (
    (re.compile(r"\bI'm\b|\bI am\b", re.I), "they are"),
    (re.compile(r"\bI've\b", re.I), "they have"),
    (re.compile(r"\bI'd\b", re.I), "they would"),
    (re.compile(r"\bI'll\b", re.I), "they will"),
    (re.compile(r"\bmy\b", re.I), "their"),
    (re.compile(r"\bmine\b", re.I), "theirs"),
    (re.compile(r"\b(?:me|I)\b"), "they"),
)


def wishes(text: str) -> list[str]:
    """Return the lasting wishes said in a message."""
    found = []
    for sentence in sentences(text)[:14]:
        said = without_social(sentence)
        if len(said) < 220 and WISHES.search(said) and not NOT_LASTING.search(said):
            found.append(third_person(said))
    return found


def third_person(said: str) -> str:
    said = said.rstrip(" .!")
    name = re.search(r"\b(?:my name is|call me) ([A-Z]\w+(?: [A-Z]\w+)?)", said)
    if name:
        return f"The user's name is {name[1]}"
    lead = re.match(
        r"(?:and |but |so |also |please |then |actually,? )*i(?:'d| would)? (?:really |also )*(prefer|rather|like"
        r"|love|always|usually|never|hate|enjoy|only)\b\s*(.*)",
        said,
        re.I,
    )
    if lead:
        verb, rest = lead[1].lower(), _shifted(lead[2])
        if verb in {"always", "usually", "never", "only"}:
            first, _, more = rest.partition(" ")
            return shortened(f"The user {verb} {first}{'' if first.endswith('s') else 's'} {more}".strip(), LONGEST)
        verb = {
            "rather": "would rather",
            "prefer": "prefers",
            "like": "likes",
            "love": "loves",
            "hate": "hates",
            "enjoy": "enjoys",
        }[verb]
        return shortened(f"The user {verb} {rest}", LONGEST)
    return shortened(f"The user wants: {_shifted(said)}", LONGEST)


def _shifted(said: str) -> str:
    for pattern, other in PERSON:
        said = pattern.sub(other, said)
    return said


def change(
    statement: str, task: str, seq: int, known: list[KnownPreference], changes_mind: bool
) -> PreferenceChange | None:
    """Return an addition, or an update of a known wish about the same thing; None when it is known."""
    said = content_words(statement)
    for preference in known:
        old = content_words(preference.statement)
        shared = overlap(said, old)
        if shared >= SAME and not (said - old and changes_mind):
            return None
        if changes_mind and said & old:
            return PreferenceChange(
                op="update", target=preference.handle, statement=statement, task=task, evidence=[seq]
            )
    return PreferenceChange(statement=statement, task=task, evidence=[seq])
