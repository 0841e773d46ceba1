"""One turn of a conversation: a request, the calls of tools with their results, an answer, at times a reaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from sessions.models.fields import dump_json, dump_parts
from sessions.parts import Kind, Part
from tasks.makedata.language import Language, Step
from tasks.makedata.slots import Slots, pick

# How tasks end, of a hundred.
OUTCOMES = ("success",) * 76 + ("failed",) * 13 + ("running",) * 6 + ("pending",) * 5
RISKS = ("tool_failed", "not_run", "not_done", "asked_again")
RISKY_SHARE, WISH_SHARE, DETAIL_SHARE = 0.04, 0.07, 0.4


@dataclass
class Turn:
    """Messages as (role, parts in JSON), and what extraction makes of them. Places count from 0 within the turn."""

    request: str
    messages: list[tuple[str, str]]
    task: str = ""
    status: str = "success"
    basis: str = ""
    reason: str = ""
    risk: str = ""
    # Where each step's result stands, and what was noted of it.
    progresses: list[tuple[int, str]] = field(default_factory=list)
    preference: str = ""
    has_reaction: bool = False


def said(role: str, text: str) -> tuple[str, str]:
    """Return a message of plain text."""
    return role, dump_parts([Part(Kind.TEXT, text)])


def called(step: Step, slots: Slots) -> list[tuple[str, str]]:
    """Return a tool's call and its result, paired as the OpenAI format pairs them."""
    pair = f"call_{slots.rng.getrandbits(64):016x}"
    arguments = {name: slots.fill(value) if isinstance(value, str) else value for name, value in step.arguments.items()}
    # Arguments travel as text in this format.
    call = Part(
        Kind.TOOL_CALL, meta={"id": pair, "type": "function", "name": step.tool, "arguments": dump_json(arguments)}
    )
    result = Part(Kind.TOOL_RESULT, slots.fill(step.result) or "ok", meta={"tool_call_id": pair})
    return [("assistant", dump_parts([call])), ("user", dump_parts([result]))]


def small_talk(rng: Random, language: Language, size: int) -> Turn:
    """Return so many messages that ask for nothing."""
    messages: list[tuple[str, str]] = []
    while len(messages) < size:
        greeting, answer = pick(rng, language.small_talk)
        messages += [said("user", greeting), said("assistant", answer)]
    return Turn(request="", messages=messages[:size])


def turn_of(rng: Random, language: Language, size: int) -> Turn:
    """Return a task's turn of so many messages, two at least."""
    story, slots = pick(rng, language.stories), Slots(rng)
    request = slots.fill(story.request)
    opening = request
    if rng.random() < DETAIL_SHARE:
        opening += language.joint + slots.fill(pick(rng, language.details))
    turn = Turn(request=request, messages=[], task=slots.fill(story.task), status=pick(rng, OUTCOMES))
    if rng.random() < WISH_SHARE:
        wish, turn.preference = pick(rng, language.preferences)
        opening += language.joint + wish
    turn.messages.append(said("user", opening))
    turn.has_reaction = size % 2 == 1
    _work(turn, story.steps or language.stories[0].steps, slots, (size - 2) // 2)
    turn.messages.append(said("assistant", _answer(turn, language, story.answer, slots)))
    if turn.has_reaction:
        pleased = turn.status == "success"
        turn.messages.append(said("user", slots.fill(pick(rng, language.thanks if pleased else language.complaints))))
    _judge(turn, language, slots)
    return turn


def _work(turn: Turn, steps: Sequence[Step], slots: Slots, pairs: int) -> None:
    for n in range(pairs):
        step = steps[n % len(steps)]
        turn.messages += called(step, slots)
        turn.progresses.append((len(turn.messages) - 1, slots.fill(step.progress)))


def _answer(turn: Turn, language: Language, answer: str, slots: Slots) -> str:
    texts = [language.failure if turn.status == "failed" else answer]
    texts += [pick(slots.rng, language.sentences) for _ in range(int(slots.rng.random() * 5))]
    return language.joint.join(slots.fill(text) for text in texts)


def _judge(turn: Turn, language: Language, slots: Slots) -> None:
    """Say what the status rests on."""
    if turn.status == "failed":
        turn.basis, turn.reason = "shown" if turn.progresses else "claimed", slots.fill(language.failed)
    elif turn.status == "success":
        if turn.has_reaction:
            turn.basis, turn.reason = "confirmed", language.confirmed
        else:
            turn.basis = "shown" if turn.progresses else "claimed"
            turn.reason = language.shown if turn.progresses else language.claimed
        if slots.rng.random() < RISKY_SHARE:
            turn.risk = pick(slots.rng, RISKS)
