"""What a user's message is read against: the task at hand and what the agent said last."""

import re
from dataclasses import dataclass
from functools import cached_property

from tasks.extraction.offline.asking import Asking, asking
from tasks.extraction.offline.clauses import read_clause
from tasks.extraction.offline.followups import POINTS_BACK
from tasks.extraction.offline.sentences import content_words, identifiers, sentences
from tasks.extraction.offline.threads import Thread

OFFERS_INSTEAD = re.compile(r"\b(?:i|we) (?:can(?!not|'t)|could(?!n't)|would be happy to|am happy to)\b", re.I)


@dataclass(frozen=True)
class Scene:
    """The moment at which the user speaks."""

    has_task: bool
    described: str = ""
    agent_text: str = ""
    asking: Asking = Asking.NOTHING
    question: str = ""
    was_answered: bool = True
    was_refused: bool = False

    @cached_property
    def topic(self) -> frozenset[str]:
        return content_words(self.described)

    @cached_property
    def names(self) -> frozenset[str]:
        return identifiers(self.described)

    @cached_property
    def spoken_of(self) -> frozenset[str]:
        """What the task and the end of the agent's message are about."""
        return self.topic | content_words(self.agent_text[-500:])

    @cached_property
    def kind(self) -> str:
        """The kind of action that the task at hand asks for."""
        clauses = [read_clause(sentence) for sentence in sentences(self.described)]
        return next((clause.kind for clause in reversed(clauses) if clause.is_request), "")

    @cached_property
    def offered_instead(self) -> frozenset[str]:
        """What an agent that refused says it can do, beyond what was asked."""
        if not self.was_refused:
            return frozenset()
        offers = [sentence for sentence in sentences(self.agent_text) if OFFERS_INSTEAD.search(sentence)]
        return content_words(" ".join(offers)) - self.topic

    @property
    def expects_request(self) -> bool:
        """Whether the agent asked outright for the next request; "if you need more, tell me" is a courtesy."""
        return self.asking is Asking.CLOSING and self.question.rstrip().endswith("?")

    @property
    def waits_for_answer(self) -> bool:
        return self.asking in {Asking.DETAIL, Asking.CONFIRMATION}


def scene_of(at_hand: list[Thread], agent_text: str, *, was_answered: bool) -> Scene:
    """Return the scene for the tasks at hand; an offer to do the task itself is a question of detail about it."""
    asked, question = asking(agent_text)
    described = ". ".join(thread.description for thread in at_hand)
    if asked is Asking.OFFER and concerns_task(question, described):
        asked = Asking.CONFIRMATION
    was_refused = any((t.standing.status, t.standing.basis) == ("failed", "claimed") for t in at_hand)
    return Scene(bool(at_hand), described, agent_text, asked, question, was_answered, was_refused)


def concerns_task(offer: str, described: str) -> bool:
    """Whether an offer is to carry out the task itself: "shall I book it?" while a booking is at hand."""
    scene = Scene(has_task=True, described=described)
    if scene.kind != "transact":
        return False
    return POINTS_BACK.search(offer) is not None or bool(content_words(offer) & scene.topic)
