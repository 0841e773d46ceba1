"""Whether a clause of the user opens a task or serves the one at hand. The rules are tried in order."""

from tasks.extraction.offline import followups, objections
from tasks.extraction.offline.asking import IS_HANDOFF, Asking
from tasks.extraction.offline.clauses import Clause, Form
from tasks.extraction.offline.scenes import Scene
from tasks.extraction.offline.sentences import HAN, content_words, overlap, words
from tasks.extraction.offline.social import SAYS_NO
from tasks.extraction.offline.stopwords import STOP_WORDS
from tasks.extraction.offline.verbs import REFINING, TRANSACTING, VERBS
from tasks.extraction.offline.wishes import is_manner

NEARLY_THE_SAME = 0.75
# A bare noun answers "anything else?" ("the weather, please"); a longer statement tells something.
LONGEST_BARE_REQUEST = 4
SHORTEST_FOREIGN = 4


def opens(clause: Clause, scene: Scene, text: str, *, accepts: bool, refuses: bool) -> bool:
    """Whether a clause asks for something other than the task at hand."""
    if objections.CANCELS.search(clause.text) or objections.UNDOES.match(clause.text) or repeats(clause, scene):
        return False
    if (
        IS_HANDOFF.search(clause.text)
        or followups.NEEDS_TIME.match(clause.text)
        or (scene.has_task and is_manner(clause.text))
    ):
        return False
    if scene.asking is Asking.OFFER and not refuses and (accepts or clause.kind == "transact"):
        return True
    if followups.is_about_result(clause.text) and not _names_other_thing(clause, scene):
        return False
    if (
        clause.is_request
        and clause.kind == "transact"
        and scene.kind == "search"
        and (not scene.waits_for_answer or _books_what_was_found(clause))
    ):
        return True
    if _refines(clause, scene, text):
        return False
    if not scene.was_answered:
        return clause.is_request and clause.adds
    match clause.form:
        case Form.STATEMENT:
            return _is_bare_request(clause, scene, refuses)
        case Form.QUESTION:
            return _is_new_question(clause, scene)
    if scene.waits_for_answer:
        return _interrupts(clause, scene)
    return _is_new_request(clause, scene)


def _books_what_was_found(clause: Clause) -> bool:
    """Whether the answer to "which one?" is the order for it: "the second, book it"."""
    return (
        clause.form is Form.ORDER
        and clause.verb in TRANSACTING
        and followups.POINTS_BACK.search(clause.text) is not None
    )


def repeats(clause: Clause, scene: Scene) -> bool:
    """Whether a clause says the request at hand once more."""
    if overlap(clause.content, scene.topic) < NEARLY_THE_SAME or len(clause.content) < 2:
        return False
    if clause.identifiers - scene.names:
        return len(scene.topic & clause.content) >= NEARLY_THE_SAME * len(scene.topic)
    return len(clause.content) > 2 or bool(clause.identifiers)


def _refines(clause: Clause, scene: Scene, text: str) -> bool:
    said = clause.text
    if followups.MORE_OF_IT.search(said) and clause.kind == "search":
        return bool(clause.content & scene.topic) or len(clause.content) < 3
    points_back = followups.POINTS_BACK.search(said) is not None
    if clause.verb in REFINING and not clause.identifiers and (points_back or not clause.adds):
        return True
    if clause.adds:
        return False
    if objections.RETRIES.search(said) or objections.PASTES_ERROR.search(text) or _corrects(clause, scene, text):
        return True
    if followups.ORDERS_IT.search(said) and len(clause.content) < 3 and not clause.identifiers:
        # "Fix that" after an explanation asks for something new; after a change it asks for more of the same.
        return scene.kind not in {"search", ""} and not scene.expects_request
    if followups.CHANGES_DETAIL.search(said):
        return True
    if clause.is_request and clause.kind != scene.kind and clause.content & scene.offered_instead:
        return False
    if (
        clause.is_request
        and clause.kind == "transact"
        and scene.asking is Asking.NOTHING
        and not clause.content & scene.spoken_of
    ):
        return False
    if scene.was_refused and (objections.INSISTS.search(said) or overlap(clause.content, scene.spoken_of) > 0.4):
        return True
    return objections.COMPLAINS.search(said) is not None and not clause.is_request


def _corrects(clause: Clause, scene: Scene, text: str) -> bool:
    """Whether a message sets right what was done; "no" to a yes/no question of the agent is merely its answer."""
    if objections.CORRECTS.match(clause.text):
        return True
    if not objections.CORRECTS.match(text):
        return False
    answers = scene.asking in {Asking.OFFER, Asking.CLOSING, Asking.PROPOSAL}
    return not (answers and SAYS_NO.match(text)) and bool(
        clause.form is not Form.ASKED or clause.content & scene.spoken_of
    )


def _is_bare_request(clause: Clause, scene: Scene, refuses: bool) -> bool:
    if followups.REPORTS.search(clause.text):
        return not scene.waits_for_answer
    if followups.EXTENDS.match(clause.text) and clause.identifiers - scene.names:
        return True
    if _is_foreign(clause):
        return not scene.waits_for_answer and not clause.content & scene.topic
    if not scene.expects_request or refuses:
        return False
    is_noun = not followups.STARTS_WITH_PERSON.match(clause.text)
    return is_noun and 0 < len(clause.content) <= LONGEST_BARE_REQUEST


def _names_other_thing(clause: Clause, scene: Scene) -> bool:
    """Whether a question is about a thing that was not spoken of: "what's the total of my grocery budget"."""
    named = followups.THING_OF_USER.search(clause.text)
    return named is not None and not content_words(named[1]) & scene.spoken_of and not scene.waits_for_answer


def _is_foreign(clause: Clause) -> bool:
    """Whether a longer clause has no English function word: its form cannot be told, so it counts as a request."""
    spoken = words(clause.text)
    return len(spoken) >= SHORTEST_FOREIGN and not STOP_WORDS.intersection(spoken)


def _is_new_question(clause: Clause, scene: Scene) -> bool:
    if scene.waits_for_answer or followups.IS_SMALL_TALK.match(clause.text):
        return False
    if followups.MORE_OF_IT.search(clause.text) or followups.GOES_ON.match(clause.text):
        return False
    fresh = clause.content - scene.spoken_of
    if clause.adds and clause.text.lower().startswith(followups.NEW_QUESTION):
        return bool(fresh)
    if len(fresh) < 2 * len(clause.content & scene.topic) or not fresh:
        return False
    if followups.POINTS_BACK.search(clause.text):
        return clause.names_something and len(fresh) > 1
    return len(fresh) > 1 or followups.ASKS_WHAT.match(clause.text) is not None or HAN.search(clause.text) is not None


def _interrupts(clause: Clause, scene: Scene) -> bool:
    """Whether a request comes instead of the answer that the agent waits for."""
    if clause.content & scene.topic:
        return False
    if clause.form is Form.ASKED and clause.content:
        return not clause.content & scene.spoken_of and not followups.CHANGES_SOMETHING.search(clause.text)
    return clause.adds and bool(clause.verb)


def _is_new_request(clause: Clause, scene: Scene) -> bool:
    if scene.expects_request:
        return bool(clause.content)
    if clause.kind == scene.kind == "search" and (clause.content & scene.topic) - VERBS:
        return False
    if clause.form is Form.WISH and not clause.verb and not clause.adds:
        return bool(clause.content) and not clause.content & scene.spoken_of
    if followups.POINTS_BACK.search(clause.text) and clause.kind != "transact" and clause.content <= scene.spoken_of:
        return False
    return bool(clause.content)
