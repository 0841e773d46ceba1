"""Whether an agent says that it did not do it: a refusal, a hand-over, an undo."""

import re

from tasks.extraction.offline.asking import IS_HANDOFF
from tasks.extraction.offline.denials import IS_PRAISE, denies
from tasks.extraction.offline.plain import plain
from tasks.extraction.offline.sentences import sentences, shortened

# "I'm passing your case on to our returns team", "a colleague will be in touch".
PASSES_ON = re.compile(
    r"\b(?:pass\w*|forward\w*|hand\w*|refer\w*|rout(?:e|ed|ing)|assign\w*|escalat\w*) (?:you|this|it|(?:your|the|this) "
    r"(?:case|request|issue|question|matter|ticket|inquiry|claim|complaint|chat|call))\b.{0,20}\bto\b"
    r"|\bescalated?\b|\b(?:a|an|one of (?:our|my)|our|the) (?:\w+ )?(?:colleagues?|specialists?|agents?|team"
    r"|department|representative|supervisor|manager)(?: \w+)? (?:will|is going to|has to"
    r"|should) (?:now )?(?:be in touch"
    r"|contact|call|reach out|get back|take (?:over|it from)|look (?:at|into)|follow up|review|handle)\b",
    re.I,
)
REFUSES = re.compile(
    r"\b(?:(?:i(?:'m| am)|we(?:'re| are)) (?:very |so |really |truly )?(?:sorry|afraid)|unfortunately"
    r"|i apologi[sz]e|regret)\b.{0,160}|^\W*(?:sorry|apologies)\b.{0,160}"
    r"|\bthere (?:are|is|were|was) (?:no|not (?:any|enough))\b.{0,80}"
    r"|\b(?:i|we)(?:'m| am|'re| are)? (?:can(?:no|')t|cannot|unable to|not able to|won't be able to"
    r"|do not have (?:the ability|access)|don't have (?:the ability|access))\b"
    r"|(?:\bis|\bwas|\bare|\bwere|'s) (?:not (?:possible|able|allowed|permitted|available|eligible|successful)"
    r"|unavailable|impossible)|\bcould(?:n't| not) (?:be )?(?:\w+ )?(?:book|complete|find|process|make|reserve"
    r"|done|fulfil)\w*|\b(?:can(?:not|'t)|could not) be\b|\bi have no idea|\bno puedo|\bleider\b"
    r"|\bmalheureusement|\blo siento|无法|抱歉|对不起",
    re.I,
)
CANNOT = re.compile(
    r"\b(?:can(?:no|')t|cannot|unable|not (?:able|possible|allowed|permitted|available|eligible|successful"
    r"|accommodate)|could(?:n't| not)|won't|unavailable|fail\w*|denied"
    r"|no (?:[\w-]+ ){0,2}(?:available|availability|appointments?|apartments?|hotels?|flights?|results?|idea)"
    r"|any ?more|don't have|do not have|doesn't|does not|didn't|did not|isn't|aren't|only able|not enough"
    r"|non-?refundable|ineligible)\b|无法|不能|no puedo|nicht|pas",
    re.I,
)
# It was tried and came to nothing, or to half of it.
FALLS_SHORT = re.compile(
    r"\b(?:i|we) (?:still )?(?:could(?:n't| not)|did(?:n't| not)|have(?:n't| not)|was(?:n't| not) able to"
    r"|were(?:n't| not) able to|failed to)(?: (?:yet|been able to|to))* (?:find|found|get|complete|reach|locate|access"
    r"|fix|reproduce|open|load|book|verify|finish|solve|resolve|connect|retrieve|determine|identify|make|process)\b"
    r"|\b(?:i|we|and|but) (?:found|got) (?:nothing(?! (?:wrong|bad|unusual|to))"
    r"|no (?!problem|issue|error|bug|sign)(?:\w+ )?(?:results?|match\w*|\w+s))\b"
    r"|\bno (?:results|matches|matching \w+)\b|\bnothing (?:(?:was|is|that) )?(?:found|available|matche[sd])\b"
    r"|\bonly (?:partly|partially)\b|\b(?:booking|reservation|payment|order|request|transaction|transfer|upload"
    r"|download|build|deployment|attempt|search|call|installation|update|card|card on file) "
    r"(?:has |was |has been |still )?(?:failed|declined|rejected|denied|fails|timed out|did not (?:work|succeed))\b"
    r"|\bstill (?:fails?|failing|broken|does not|doesn't)\b|\b(?:sold out|fully booked)\b",
    re.I,
)
# A setback on the way is not the end: "the build failed, so I fixed the import".
RECOVERS = re.compile(
    r"\b(?:fixed|repaired|resolved|solved|now (?:works?|pass(?:es)?|runs?|builds?)|works now"
    r"|all (?:\w+ )?tests? pass\w*|(?:so|but|instead,?) i(?:'ve| have)? (?!can|could|will|would|need|was|am"
    r"|understand|apolog|suggest|recommend|hope|know|may|might|must|see|do\b|don|just|only|still|appreciate|want"
    r"|think|hear)\w+)\b",
    re.I,
)
BUT_DONE = re.compile(
    r"\bbut i(?:'ve| have)? (?!have\b)(?:already |just )?\w+(?<!need)ed\b|\bbut i(?:'ve| have)? (?:sent|found|made"
    r"|put|wrote|built)\b",
    re.I,
)
# Takes a refusal back within one message: "sorry, A is full, but B is booked".
SUCCEEDS_AFTER_ALL = re.compile(
    r"\b(?:success\w*|(?:is|are|been|now) (?:booked|reserved|confirmed|scheduled|completed?|fixed|done))\b", re.I
)
# "I can't open PDFs. Here is the text you pasted": what the agent has to show after all.
DELIVERS = re.compile(
    r"\b(?:here(?:'s| is| are)|i(?:'ve| have) (?!to\b|no\b|not\b)\w+|success\w*|you(?:'re| are) (?:now "
    r"|all )?(?:booked|set)"
    r"|(?:is|are|been|now) (?:booked|reserved|confirmed|scheduled|completed?|fixed|done))\b",
    re.I,
)
MOST_SENTENCES = 8
WAS_UNDONE = re.compile(r"^[^\w\n]*(?:removed|reverted|undid|rolled back|reset)\b:? .*\b[0-9a-f]{7,40}\b", re.I | re.M)
WAS_COMMITTED = re.compile(r"^[^\w\n]*(?:commit(?:ted)?)\b:? .*\b[0-9a-f]{7,40}\b", re.I | re.M)


def refusal(text: str) -> str:
    """Return the sentence that refuses, unless a later one says it is done."""
    refused = ""
    for sentence in sentences(text):
        if IS_PRAISE.search(sentence):
            continue
        if hands_over(sentence) or (REFUSES.search(sentence) and CANNOT.search(sentence)):
            refused = "" if _is_setback(sentence) else sentence
            continue
        is_done = SUCCEEDS_AFTER_ALL.search(sentence) and not CANNOT.search(sentence)
        if is_done or (FALLS_SHORT.search(refused) and RECOVERS.search(sentence)):
            refused = ""
    return shortened(plain(refused), 160)


def shortfall(text: str) -> str:
    """Return the sentence that says it came to nothing, or to half of it, unless a later one makes it good."""
    short = ""
    for sentence in sentences(text):
        if FALLS_SHORT.search(sentence):
            short = "" if _is_setback(sentence) else sentence
        elif short and (RECOVERS.search(sentence) or SUCCEEDS_AFTER_ALL.search(sentence)):
            short = ""
    return shortened(plain(short), 160)


def denial(text: str, *, was_ordered: bool) -> str:
    """Return the sentence that turns the request down or tells that it came to nothing, unless a later one does it.

    A long answer is looked at where such things stand, in its first and last sentences.
    """
    said = sentences(text)
    if len(said) > MOST_SENTENCES:
        said, was_ordered = [*said[:2], *said[-3:]], False
    denied = ""
    for sentence in said:
        if denies(sentence, was_ordered=was_ordered):
            denied = "" if RECOVERS.search(sentence) else sentence
        elif denied and (RECOVERS.search(sentence) or DELIVERS.search(sentence)):
            denied = ""
    return shortened(plain(denied), 160)


def _is_setback(sentence: str) -> bool:
    """Whether a sentence tells what came to nothing, and what was done about it."""
    return BUT_DONE.search(sentence) is not None or (
        FALLS_SHORT.search(sentence) is not None and RECOVERS.search(sentence) is not None
    )


def hands_over(sentence: str) -> bool:
    """Whether the agent passes the user to somebody else."""
    return IS_HANDOFF.search(sentence) is not None or PASSES_ON.search(sentence) is not None


def last_undo(text: str) -> str:
    """Return the note that the work was undone, if none of a new commit follows it."""
    tail = text[-1500:]
    notes = list(WAS_UNDONE.finditer(tail))
    if not notes or WAS_COMMITTED.search(tail, notes[-1].end()):
        return ""
    return shortened(plain(notes[-1][0]).strip(" []"), 120)
