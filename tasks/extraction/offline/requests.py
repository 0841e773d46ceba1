"""Which requests a user's message opens, given the task at hand and what the agent asked last."""

from dataclasses import dataclass, field

from tasks.extraction.offline import followups
from tasks.extraction.offline.asking import Asking
from tasks.extraction.offline.clauses import Clause, Form, coordinated, read_clause
from tasks.extraction.offline.sentences import HAN, content_words, identifiers, overlap, sentences, words
from tasks.extraction.offline.social import SAYS_NO, SAYS_YES, closes, without_social
from tasks.extraction.offline.verbs import TRANSACTION

MOST_SENTENCES = 14
# A long message describes one thing in detail; a short one may list several.
LONGEST_LIST = 60
NEARLY_THE_SAME = 0.75


@dataclass(frozen=True)
class Scene:
    """What a message is read against."""

    has_task: bool
    described: str = ""
    agent_text: str = ""
    asking: Asking = Asking.NOTHING
    question: str = ""
    was_answered: bool = True

    @property
    def topic(self) -> frozenset[str]:
        return content_words(self.described)

    @property
    def kind(self) -> str:
        return read_clause(self.described.split(". ")[-1]).kind if self.described else ""


@dataclass
class Reading:
    """A message read: the requests it opens (their words), or how it serves the task at hand."""

    opens: list[str] = field(default_factory=list)
    is_social: bool = False
    is_closing: bool = False
    accepts: bool = False
    refuses: bool = False


def read(text: str, scene: Scene) -> Reading:
    """Read a message of the user."""
    said = sentences(text)[:MOST_SENTENCES]
    rest = [sentence for sentence in said if without_social(sentence)]
    reading = Reading(
        is_social=not rest and bool(said),
        is_closing=closes(text[-300:]),
        accepts=SAYS_YES.match(text) is not None,
        refuses=SAYS_NO.match(text) is not None,
    )
    if not rest:
        if reading.accepts and not reading.refuses and scene.asking is Asking.OFFER and scene.has_task:
            reading.opens = [offered(scene.question)]
        return reading
    clauses = [read_clause(piece) for sentence in rest for piece in pieces(sentence)]
    if not scene.has_task:
        if not all(is_aside(clause) for clause in clauses) and not followups.PLANS.search(text):
            reading.opens = distinct(clauses, text)
        return reading
    opening = [clause for clause in clauses if opens(clause, scene, reading, text)]
    if opening:
        reading.opens = distinct(opening, text)
    return reading


def pieces(sentence: str) -> list[str]:
    return coordinated(sentence) if len(words(sentence)) <= LONGEST_LIST else [sentence]


def is_aside(clause: Clause) -> bool:
    """Whether a clause tells about the user rather than asking for something."""
    return not clause.is_request and followups.INTRODUCES.match(clause.text) is not None


def offered(question: str) -> str:
    """Turn "Would you like me to book a table?" into what was accepted: "book a table"."""
    found = followups.OFFERED.search(question)
    return (found[1] if found else question).strip(" ?")


def distinct(clauses: list[Clause], text: str) -> list[str]:
    """Return the words of each distinct request among the clauses; the first takes the whole message if it is alone."""
    asked = [clause for clause in clauses if clause.is_request or clause.form is Form.QUESTION]
    groups: list[list[Clause]] = []
    for clause in asked:
        if not groups or (clause.is_request and _stands_alone(clause, groups[-1], text)):
            groups.append([clause])
        else:
            groups[-1].append(clause)
    if len(groups) < 2:
        return [text]
    return [". ".join(clause.text.rstrip(" .") for clause in group) for group in groups]


def _stands_alone(clause: Clause, before: list[Clause], text: str) -> bool:
    if not any(other.is_request for other in before):
        return False
    if (
        len(words(text)) > LONGEST_LIST
        or followups.POINTS_BACK.search(clause.text)
        or followups.is_about_result(clause.text)
    ):
        return False
    if not clause.verb or len(clause.content) < 2:
        return False
    return overlap(clause.content, frozenset().union(*(other.content for other in before))) < 0.34


def opens(clause: Clause, scene: Scene, reading: Reading, text: str) -> bool:
    """Whether a clause asks for something other than the task at hand."""
    said = clause.text
    fresh_names = clause.identifiers - identifiers(scene.described)
    if followups.CANCELS.search(said) or followups.UNDOES.match(said):
        return False
    if overlap(clause.content, scene.topic) >= NEARLY_THE_SAME and len(clause.content) > 2 and not fresh_names:
        return False
    if scene.asking is Asking.OFFER and not reading.refuses and TRANSACTION.search(said):
        return True
    if scene.asking is Asking.OFFER and reading.accepts and not reading.refuses:
        return True
    if followups.is_about_result(said) and not clause.adds:
        return False
    if not clause.adds and (
        followups.CORRECTS.match(text) or followups.RETRIES.search(said) or followups.PASTES_ERROR.search(text)
    ):
        return False
    if not clause.adds and followups.COMPLAINS.search(said) and not clause.is_request:
        return False
    if followups.MORE_OF_IT.search(said) and clause.kind == "search" and overlap(clause.content, scene.topic) > 0:
        return False
    if followups.MORE_OF_IT.search(said) and clause.kind == "search" and len(clause.content) < 3:
        return False
    if not scene.was_answered:
        return clause.form in {Form.ORDER, Form.ASKED} and clause.adds
    if clause.form is Form.STATEMENT:
        return (
            scene.asking is Asking.CLOSING and not reading.refuses and len(clause.content) > 0 and not is_aside(clause)
        )
    if clause.form is Form.QUESTION:
        return _is_new_question(clause, scene)
    if scene.asking in {Asking.DETAIL, Asking.CONFIRMATION}:
        agent = content_words(scene.question) | scene.topic
        if clause.form is Form.ASKED and not clause.content & agent and len(clause.content) > 1:
            return True
        return clause.adds and not clause.content & scene.topic
    if clause.kind == scene.kind == "search" and clause.content & scene.topic and not clause.adds:
        return False
    if clause.form is Form.WISH and not clause.verb and not clause.adds and scene.asking is not Asking.CLOSING:
        return bool(clause.content) and not clause.content & (scene.topic | content_words(scene.agent_text[-400:]))
    if (
        not clause.content - content_words(scene.agent_text[-400:])
        and clause.kind != "transact"
        and followups.POINTS_BACK.search(said)
    ):
        return False
    return bool(clause.content)


def _is_new_question(clause: Clause, scene: Scene) -> bool:
    if scene.asking in {Asking.DETAIL, Asking.CONFIRMATION}:
        return False
    if len(clause.content) < 2 and not HAN.search(clause.text):
        return False
    if followups.POINTS_BACK.search(clause.text) or followups.MORE_OF_IT.search(clause.text):
        return False
    return not clause.content & (scene.topic | content_words(scene.agent_text[-600:]))
