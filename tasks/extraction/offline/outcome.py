"""Where a task stands after what the agent said and did, and what that rests on."""

import re
from dataclasses import dataclass, replace

from tasks.extraction.offline.asking import IS_OFFER, Asking, asking
from tasks.extraction.offline.refusals import denial, last_undo, refusal, shortfall
from tasks.extraction.offline.sentences import sentences
from tasks.extraction.offline.social import without_social
from tasks.extraction.operations import Basis, Status

ACHIEVES = re.compile(
    r"\b(?:success\w*|done|completed?|booked|reserved|confirmed|scheduled|purchased|fixed|implemented|created"
    r"|added|updated|removed|deleted|applied|sent|transferred|here(?:'s| is| are)|i(?:'ve| have) (?!to)"
    r"|all tests pass\w*|pass(?:es|ed)?|found|works now|initiated)\b|完成|已经|listo|hecho|erledigt|fertig|terminé"
    r"|c'est fait",
    re.I,
)
FINISHES = re.compile(r"\b(?:submit|finish|attempt_completion|final_answer|task_complete|complete_task)\b", re.I)
FINISHES_BY_COMMAND = re.compile(r'^\{"\w+": ?"(?:submit|finish|exit)\b')
FAILS_TO_DO = re.compile(r"\b(?:could(?:n't| not)|was(?:n't| not) able to|failed to|not successful)\b", re.I)
HANDS_OVER = re.compile(r"transfer\w*(?:human|agent|representative|support)|escalat|hand_?off", re.I)
LEAVES = re.compile(
    r"\b(?:get back to you|(?:talk|come back|call back|be back|return) (?:later|soon)|reach out|elsewhere"
    r"|(?:another|some other) time|not worth|good ?bye|bye|that(?:'s| is) all|no,? thank(?:s| you)"
    r"|i(?:'ll| will) (?:just |try |check |contact |call |handle |do it |figure |look ))",
    re.I,
)
ANNOUNCES = re.compile(
    r"^\W*(?:(?:ok|okay|sure|alright|certainly|of course|great|absolutely|got it)\b[ ,.!]*)*(?:i(?:'ll"
    r"| will) (?:now )?(?:try|start|begin|look into|get (?:on|to|started)|work on|check|do)|let me (?!know)"
    r"|(?:one|just a) (?:moment|second|minute)|working on it)",
    re.I,
)
# At the end of a message: what is still to come.
WILL_LOOK = re.compile(
    r"\b(?:i(?:'ll| will)|and will|let me|going to) (?:now )?(?:look (?:into|at)|investigate|take a (?:closer )?look"
    r"|get (?:on|to) (?:it|this)|work on)\b[^.!?]*[.!…]*\s*$",
    re.I,
)
LONGEST_ANNOUNCEMENT = 300
# "I'll drain the first worker": the agent is about to act. "I'll keep that in mind" promises nothing to come.
PROMISES = re.compile(
    r"^\W*(?:(?:and|so|then|first|next|now)\b[ ,]*)*(?:i(?:'ll| will|'m going to| am going to)|we(?:'ll| will)|let me)"
    r" (?:now |first |also |then )?(?!be\b|keep|remember|note|let you|wait|assume|know|stick|never|always|leave)\w+",
    re.I,
)
IN_PROGRESS = re.compile(
    r"\b(?:hold on|hang on|bear with me|(?:one|just a|give me a) (?:moment|second|minute|sec|few)|working on (?:it"
    r"|this|that)"
    r"|in progress|still (?:running|working|building|processing)|i(?:'ll| will) (?:report|get|come) back\b"
    r"|let you know (?:once|when|as soon))\b",
    re.I,
)


@dataclass(frozen=True)
class Standing:
    """A status with its ground and the messages that show it."""

    status: Status = "pending"
    basis: Basis = ""
    reason: str = ""
    evidence: tuple[int, ...] = ()
    # Whether something was shown or done before: a search that found a hotel, then asks for the dates.
    has_delivered: bool = False


@dataclass(frozen=True)
class Turn:
    """A message of the agent with what led to it."""

    text: str
    seq: int
    calls_tools: bool = False
    has_results: bool = False
    failure: str = ""
    tool_seq: int = 0
    is_over: bool = False
    handed_over_to: str = ""
    user_was_social: bool = False
    user_was_leaving: bool = False
    user_asked_about_result: bool = False
    was_ordered: bool = True


def judged(before: Standing, turn: Turn) -> Standing:
    """Judge a task after a message of the agent."""
    seq = (turn.seq,)
    if (before.status, before.basis) == ("failed", "confirmed"):
        return before
    if turn.handed_over_to:
        return Standing("failed", "shown", f"Handed to a human: {turn.handed_over_to}", seq)
    if turn.calls_tools:
        return Standing("running", "", "", seq)
    if turn.has_results:
        if turn.failure:
            return Standing("running", "", f"A tool call failed: {turn.failure}", seq)
        return Standing("success" if turn.is_over else "running", "shown", "", seq)
    if not turn.text.strip():
        return before
    if before.status == "success" and turn.user_asked_about_result and not FAILS_TO_DO.search(turn.text):
        return before
    if before.status == "failed" and turn.user_was_leaving and not ACHIEVES.search(turn.text):
        return before
    asked, question = asking(turn.text)
    if before.status == "success" and turn.user_was_social and IS_OFFER.search(question):
        return before
    return _after_words(turn, asked)


def _after_words(turn: Turn, asked: Asking) -> Standing:
    """Judge a message that ends the agent's turn."""
    text, seq = turn.text, (turn.seq,)
    if undone := last_undo(text):
        return Standing("failed", "shown", f"Undone: {undone}", seq)
    if refused := refusal(text):
        return Standing("failed", "claimed", refused, seq)
    if asked in {Asking.DETAIL, Asking.CONFIRMATION} and not _answers_first(text):
        return Standing("running", "claimed", "The agent waits for the user's answer.", seq)
    if _is_about_to_act(turn):
        return Standing("running", "claimed", "The agent says that it is about to do it.", seq)
    if turn.failure:
        return Standing("failed", "shown", f"The last tool call failed: {turn.failure}", (turn.tool_seq, *seq))
    if short := shortfall(text) or denial(text, was_ordered=turn.was_ordered):
        return Standing("failed", "claimed", short, seq)
    if turn.tool_seq:
        return Standing("success", "shown", "", (turn.tool_seq, *seq))
    return Standing("success", "claimed", "", seq)


def _is_about_to_act(turn: Turn) -> bool:
    """Whether a short message only says what is going to be done."""
    if len(turn.text) > LONGEST_ANNOUNCEMENT:
        return False
    said = [words for sentence in sentences(turn.text) if (words := without_social(sentence))]
    if not said or (turn.tool_seq and ACHIEVES.search(turn.text)):
        return False
    if IN_PROGRESS.search(said[-1]) or PROMISES.match(said[-1]):
        return not ACHIEVES.search(turn.text)
    return not turn.tool_seq and (ANNOUNCES.match(turn.text) or WILL_LOOK.search(turn.text)) is not None


def left(standing: Standing, text: str, seq: int) -> Standing:
    """Judge a task whose user says good-bye while the agent waits for a detail."""
    if standing.status == "running" and standing.basis == "claimed" and LEAVES.search(text):
        if standing.has_delivered:
            return Standing("success", "claimed", "", (*standing.evidence, seq), has_delivered=True)
        return Standing("failed", "confirmed", "The user left before it was done.", (seq,))
    return standing


def _answers_first(text: str) -> bool:
    return ACHIEVES.search(text[:-120]) is not None and len(text) > 500


def moved_on(standing: Standing, seq: int) -> Standing:
    """Judge a task when the user asks for something else: what ran without an error is done."""
    if standing.status == "running" and standing.basis == "shown":
        return replace(standing, status="success", evidence=(*standing.evidence, seq))
    if standing.status == "running" and standing.basis == "claimed":
        if standing.has_delivered:
            return Standing("success", "claimed", "", (*standing.evidence, seq), has_delivered=True)
        return Standing("failed", "claimed", "The user turned to something else.", (seq,))
    return standing


def approved(standing: Standing, seq: int) -> Standing:
    """Judge a task when the user is content with it."""
    if standing.status != "success":
        return standing
    return Standing("success", "confirmed", "", (*standing.evidence[-1:], seq))
