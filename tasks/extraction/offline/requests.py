"""Which requests a user's message opens."""

from dataclasses import dataclass, field, replace

from tasks.extraction.offline import followups
from tasks.extraction.offline.asking import Asking
from tasks.extraction.offline.clauses import Clause, Form, read_clause
from tasks.extraction.offline.coordination import coordinated
from tasks.extraction.offline.openings import opens
from tasks.extraction.offline.scenes import Scene
from tasks.extraction.offline.sentences import sentences, words
from tasks.extraction.offline.social import SAYS_NO, SAYS_YES, closes, without_social
from tasks.extraction.offline.verbs import DELIVERING
from tasks.extraction.offline.wishes import is_manner

MOST_SENTENCES = 14
# A long message describes one thing in detail; a short one may list several.
LONGEST_LIST = 60
MOST_LINES = 4
LEAST_OF_ITS_OWN = 3


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
    if not said and not scene.has_task and text.strip():
        # Nothing but code or a log: the first thing shown is what it is about.
        reading.opens = [text]
    if not rest:
        if reading.accepts and not reading.refuses and scene.asking is Asking.OFFER and scene.has_task:
            reading.opens = [offered(scene.question)]
        return reading
    is_list = len(words(text)) <= LONGEST_LIST and text.count("\n") <= MOST_LINES
    clauses = [read_clause(piece) for sentence in rest for piece in (coordinated(sentence) if is_list else [sentence])]
    if not scene.has_task:
        answers = scene.asking is Asking.DETAIL and all(clause.form is Form.STATEMENT for clause in clauses)
        if not answers and not all(is_aside(clause) for clause in clauses) and not followups.PLANS.search(text):
            reading.opens = distinct(clauses, text) if is_list else [text]
        return reading
    opening: list[Clause] = []
    more_of_it = False
    carried = False
    for clause in clauses:
        # "By the way, there is something else. I need …": the cue stands before the request.
        carried, clause = clause.adds and not clause.is_request, replace(clause, adds=clause.adds or carried)
        is_detail = more_of_it and clause.form is Form.WISH and not clause.adds
        if not is_detail and opens(clause, scene, text, accepts=reading.accepts, refuses=reading.refuses):
            opening.append(clause)
        more_of_it = more_of_it or followups.MORE_OF_IT.search(clause.text) is not None
    if opening:
        reading.opens = distinct(opening, text) if is_list else [text]
    return reading


def is_aside(clause: Clause) -> bool:
    """Whether a clause tells about the user rather than asking for something."""
    if clause.is_request:
        return followups.NAMES_SELF.search(clause.text) is not None
    return followups.INTRODUCES.match(clause.text) is not None


def offered(question: str) -> str:
    """Turn "Would you like me to book a table?" into what was accepted: "book a table"."""
    found = followups.OFFERED.search(question)
    return (found[1] if found else question).strip(" ?")


def distinct(clauses: list[Clause], text: str) -> list[str]:
    """Return the words of each distinct request; one alone takes the whole message, background and all."""
    asked = [clause for clause in clauses if clause.is_request or clause.form is Form.QUESTION]
    groups: list[list[Clause]] = []
    for clause in asked:
        if groups and _stands_alone(clause, groups[-1]):
            groups.append([clause])
        elif groups:
            groups[-1].append(clause)
        else:
            groups = [[clause]]
    if len(groups) < 2:
        return [text]
    return [". ".join(clause.text.rstrip(" .") for clause in group) for group in groups]


def _stands_alone(clause: Clause, before: list[Clause]) -> bool:
    """Whether a clause is a request beside those before it: its own verb, nothing shared, nothing referred to."""
    if not clause.is_request or not clause.verb or clause.verb in DELIVERING or len(clause.content) < 2:
        return False
    if not any(other.form in {Form.ORDER, Form.ASKED} or clause.adds for other in before):
        return False
    if followups.POINTS_BACK.search(clause.text) or followups.FOLLOWS_ON.match(clause.text):
        return False
    if followups.is_about_result(clause.text) or is_manner(clause.text):
        return False
    return not any(_is_same(clause, other) for other in before)


def _is_same(clause: Clause, other: Clause) -> bool:
    """Whether two orders of one message are about the same; one shared word is not enough if the verbs differ."""
    if clause.kind == other.kind == "search":
        return True
    shared = clause.content & other.content
    return bool(shared) and (
        len(shared) > 1 or clause.verb == other.verb or len(clause.content - shared) < LEAST_OF_ITS_OWN
    )
