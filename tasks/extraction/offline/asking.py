"""What an agent's message asks of the user at its end: decides how the next user message is to be read."""

import re
from enum import StrEnum
from functools import lru_cache

from tasks.extraction.offline.actions import TRANSACTION
from tasks.extraction.offline.plain import with_dashes
from tasks.extraction.offline.sentences import sentences, words
from tasks.extraction.offline.social import without_social

# A form's label, such as "departure city", asks for a detail without being a question.
LONGEST_LABEL = 3


class Asking(StrEnum):
    NOTHING = "nothing"
    CLOSING = "anything else?"
    DETAIL = "a detail"
    CONFIRMATION = "a confirmation"
    OFFER = "to do something more"
    PROPOSAL = "whether a proposal suits"


IS_CLOSING = re.compile(
    r"\b(?:any(?:thing|one) (?:else|more|further)|something (?:else|more)\b.{0,30}\b(?:help|assist|do|need)"
    r"|(?:any|have|with) (?:other|more|further|additional) (?:questions?|requests?|help|assistance)"
    r"|(?:else|further|other|more|additional)\b.{0,40}\b(?:help|assist\w*|do for you)"
    r"|(?:help|assist) you (?:with )?(?:further|today|else)"
    r"|how (?:else )?(?:can|may|could) i (?:further )?(?:help|assist)|feel free to (?:ask|reach|let)"
    r"|don't hesitate|need (?:any )?help with|what (?:else )?(?:can|may) i (?:do|help))\b|还有(?:什么|其他)"
    r"|¿?algo más|(?:sonst|noch) (?:noch )?etwas|autre chose",
    re.I,
)
IS_HANDOFF = re.compile(
    r"\b(?:transfer(?:red|ring)?|connect(?:ed|ing)?|hand(?:ed|ing)?)\b.{0,20}\b(?:human|agent|representative"
    r"|specialist|colleague|supervisor)",
    re.I,
)
IS_CONFIRMATION = re.compile(
    r"\b(?:confirm\w*|correct|is that right|sounds? (?:right|correct)|(?:to|i) proceed|go ahead|continue"
    r"|verify|make sure|double[- ]check)\b",
    re.I,
)
IS_OFFER = re.compile(
    r"\b(?:do you (?:want|need|wish)|would you (?:like|want|care)|will you|you need|want me to|^want to"
    r"|shall i|should i|may i|can i|could i|are you (?:ready|willing|looking|interested)|interested in"
    r"|need me to|ready to)\b",
    re.I,
)
IS_PROPOSAL = re.compile(
    r"\b(?:how about|what about|how does|how do you (?:like|feel)"
    r"|(?:does|do|would) (?:that|this|it|these|one of)|what do you think|suit you)\b",
    re.I,
)
ASKS_FOR_DETAIL = re.compile(
    r"\b(?:please|kindly) (?:provide|tell|share|specify|enter|give|choose|select|describe|clarify|indicate"
    r"|let me know)|\blet me know (?:which|what|when|where|who|how|the|your|if you (?:would like|want) to)"
    r"|\b(?:could|can|may) (?:i|you) (?:please )?(?:get|have|know|provide|tell|give|share|specify)"
    r"|\bi(?:'ll| will)? (?:also )?need (?:to know|your|the|some|more)|\bplease\W*$",
    re.I,
)
ASKS_WITHOUT_MARK = re.compile(
    r"^\W*(?:(?:what|which|when|where|who|how)\b.* (?:should|do|would|can|could|may) (?:i|you)\b|would you like"
    r"|do you (?:want|need)|shall i|should i|will you)\b",
    re.I,
)
STARTS_WH = re.compile(
    r"^\W*(?:(?:and|so|ok|okay|sure|great|right|alright)\b[ ,]*)*(?:(?:for|at|in|on|to|from|with|of"
    r"|by) )?(?:what|which|when|where|who|whom|how|why)\b",
    re.I,
)
ASKS_TO_LOOK = re.compile(r"\b(?:like|want|care) to (?:see|hear|watch|try|visit|choose|check|listen)\b", re.I)
# A question about how to do the thing, or whether it is right, offers nothing more.
NOT_OFFERED = re.compile(
    r"\b(?:(?:could|can|would|will) you (?:please )?(?:provide|tell|share|specify|give|let)|confirm\w*|correct"
    r"|right|proceed|continue|like to (?:see|hear|watch|try)|human|agent)\b"
    r"|^\W*(?:\w+[ ,]+){0,2}(?:what|which|when|where|who|how)\b|\b(?:get|have|know) your\b",
    re.I,
)
DEMANDS_CHOICE = re.compile(
    r"\blet me know (?:which|what|when|where|the|your|how many|once)\b"
    r"|\bonce (?:i|you) (?:have|receive|provide|get|find)\b"
    r"|\bi(?:'ll| will| would)? need (?:the following|your|more|specific|additional|to know)\b",
    re.I,
)
NEEDS_THINGS = re.compile(
    r"\bi(?:'ll| will| would|'d)? (?:also |still )?need (?:(?:from )?you\b"
    r"|(?:\w+ ){0,3}(?:things?|details?|items?|pieces?|information)\b)",
    re.I,
)
IS_ITEM = re.compile(r"-\s|\(?\d{1,2}[.)、]\s")
DEMANDS_CONFIRMATION = re.compile(
    r"\b(?:please|kindly) (?:re)?confirm|^\W*(?:(?:ok|okay|alright|sure|right|just)\b[ ,]*)*(?:confirming"
    r"|to confirm)\b",
    re.I,
)
HAS_VALUES = re.compile(
    r"\$?\d|\b(?:january|february|march|april|may \d|june|july|august|september|october|november|december)\b", re.I
)

WELCOMES = re.compile(
    r"^\W*(?:you(?:'re| are) (?:very |most )?welcome|(?:it(?:'s| is| was) )?my pleasure|no problem)", re.I
)


@lru_cache(maxsize=2048)
def asking(text: str) -> tuple[Asking, str]:
    """Return what the end of the message asks, and the sentence that asks it."""
    closing = ""
    last = _with_lists(sentences(with_dashes(text[-900:])))[-4:]
    for distance, sentence in enumerate(reversed(last)):
        is_question = sentence.rstrip("\"')* ").endswith(("?", "？")) or ASKS_WITHOUT_MARK.match(sentence) is not None
        if distance < 2 and DEMANDS_CHOICE.search(sentence):
            return Asking.DETAIL, sentence
        if IS_CLOSING.search(sentence) and " or is there" in sentence:
            return Asking.PROPOSAL, sentence
        if IS_CLOSING.search(sentence) and (is_question or len(sentence) < 200):
            closing = closing or sentence
            continue
        if is_question and distance < 3:
            asked = _question(sentence)
            if asked is Asking.PROPOSAL and any(STARTS_WH.match(other) and other.endswith("?") for other in last[:-1]):
                asked = Asking.DETAIL
            return asked, sentence
        if distance < 2 and (found := _demand(sentence)):
            return found, sentence
    if closing:
        return Asking.CLOSING, closing
    is_bare_label = len(last) == 1 and len(words(text)) <= LONGEST_LABEL and not re.search(r"\d|[.!。！]$", last[0])
    return (Asking.DETAIL, last[0]) if is_bare_label else (Asking.NOTHING, "")


def _with_lists(said: list[str]) -> list[str]:
    """Join the items of a list to the sentence that announces them."""
    joined: list[str] = []
    for sentence in said:
        if joined and IS_ITEM.match(sentence) and ":" in joined[-1]:
            joined[-1] = f"{joined[-1]} {sentence}"
        else:
            joined.append(sentence)
    return joined


def _question(sentence: str) -> Asking:
    if IS_OFFER.search(sentence) and TRANSACTION.search(sentence) and not NOT_OFFERED.search(sentence):
        return Asking.CONFIRMATION if HAS_VALUES.search(sentence) else Asking.OFFER
    if IS_CONFIRMATION.search(sentence) or IS_HANDOFF.search(sentence):
        return Asking.CONFIRMATION
    if STARTS_WH.match(sentence):
        return Asking.PROPOSAL if IS_PROPOSAL.search(sentence) else Asking.DETAIL
    if IS_OFFER.search(sentence):
        if ASKS_FOR_DETAIL.search(sentence):
            return Asking.DETAIL
        if ASKS_TO_LOOK.search(sentence):
            return Asking.PROPOSAL
        return Asking.DETAIL
    if IS_PROPOSAL.search(sentence):
        return Asking.PROPOSAL
    return Asking.DETAIL


def _demand(sentence: str) -> Asking | None:
    if DEMANDS_CONFIRMATION.search(sentence):
        return Asking.CONFIRMATION
    if ASKS_FOR_DETAIL.search(sentence) or NEEDS_THINGS.search(sentence):
        return Asking.DETAIL
    return None


def is_small_talk(text: str) -> bool:
    """Whether the agent only is polite or asks for the next request."""
    return len(text) < 300 and not any(
        without_social(sentence) and not IS_CLOSING.search(sentence) for sentence in sentences(text)
    )
