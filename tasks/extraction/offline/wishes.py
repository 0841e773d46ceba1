"""Wishes of the user that outlast one answer, put in the third person."""

import re
from collections.abc import Callable, Iterator

from tasks.extraction.offline import chinese
from tasks.extraction.offline.constraints import STANDING, constraints
from tasks.extraction.offline.plain import plain
from tasks.extraction.offline.sentences import HAN, sentences, shortened, words
from tasks.extraction.offline.social import without_social
from tasks.extraction.offline.thirdperson import TAIL, third_person
from tasks.extraction.offline.values import LONGEST_MESSAGE, VALUE, value_answered, value_set
from tasks.extraction.offline.verbs import VERBS

LONGEST = 110
MOST_SENTENCES = 14
# A longer "I want …" tells a story.
LONGEST_WISH = 16
LONGEST_SENTENCE = 400

# A contrast belongs to the wish: "as Decimal, never as float".
END = (
    r"(?=\s*(?:[.;!?:](?!\d)|,(?!\d|\s*(?:(?:but |and )?(?:never|not|only|at (?:least|most)|no more than|rather than"
    r"|instead of|without|except|preferably)\b))|$| but (?!(?:not|never|only)\b)| and (?:i|we|can|could|then|please)\b"
    r"| so | because | if | when | since | as well| instead(?! of)))"
)
SPEAKER = r"^(?:(?:and|but|so|also|well|actually|then|yes|no|oh|then)[ ,]+)*(?:i|we)"

NAMES_SELF = re.compile(
    r"\b(?:my name is|call me|i am called|my name's|me llamo|ich heiße|je m'appelle) ([\w'-]+(?: [A-Z][\w'-]+)?)", re.I
)
HABIT = re.compile(
    rf"{SPEAKER}(?:'m| am)? (always|usually|generally|normally|never|only|mostly) (\w+) ?(.*?){END}", re.I
)
TASTE = re.compile(
    rf"{SPEAKER} (?:really |absolutely |also |usually |do |now |still )*(prefer|love|hate|enjoy|dislike"
    rf"|like) (?!it\b|that\b|this\b|how\b|the (?:idea|sound))(.+?){END}",
    re.I,
)
AVERSION = re.compile(
    rf"{SPEAKER} (?:really |definitely |also )*(?:(?:don't|do not) (?:like|want|need|eat|drink)|can't stand"
    rf"|cannot stand) (?!it\b|that\b|to\b|any ?(?:thing|more)|you\b|your\b)(.+?){END}",
    re.I,
)
# What is wanted must say more than its name: "a hotel" is a request, "a quiet hotel" or "one near the sea" is a wish.
QUALIFIED = (
    r"(?!(?:it|that|this|them|those|one|you|your|help|assistance|some (?:help|assistance|form)|to|the|see|know"
    r"|what|how|another|more)\b)"
)
WOULD_RATHER = re.compile(rf"{SPEAKER}(?:'d| would) (?:\w+ly )?(prefer|rather)(?: to)? (.+?){END}", re.I)
WANTS = re.compile(
    rf"{SPEAKER}(?:(?:'d| would) (?:\w+ly )?(?:like|love)"
    rf"|(?:'m| am| do| will|'ll)?(?: also| really| just| only)* (?:want|need|wish for|looking for|interested in"
    rf"|in the mood for|craving(?: for)?|hoping for|searching for))(?: to have| to be)? {QUALIFIED}(.+?){END}",
    re.I,
)
IS_QUALIFIED = re.compile(
    r"\b(?:in|from|near|around|under|by|with|without|for|at|on|of|that|which) \S|\d|^(?>(?:(?:an?|some) )?)\S+ \S", re.I
)
HAS_PURPOSE = re.compile(r"^\D* (?:to (?!have|be)\w+)(?: \w+)?$", re.I)
# What the user is going to do, not what the agent is to do: "I want to start at the north gate by nine".
OWN_ACT = re.compile(
    rf"{SPEAKER}(?:(?:'d| would) (?:\w+ly )?like|(?:'m| am| will| do)?(?: also| just)* (?:want|need|prefer|wish"
    rf"|planning|hoping)) to (\w+) (.+?){END}",
    re.I,
)
IS_A = re.compile(
    rf"{SPEAKER}(?:'m| am|'re| are) (?:both |all )?(?:a |an )?((?:strictly |mostly )?(?:vegan"
    rf"|vegetarian|allergic to [\w ]+|left-handed|color-?blind|gluten[- ]free|lactose intolerant))",
    re.I,
)
WOULD_SUIT = re.compile(
    r"^(?:(?:maybe|perhaps|something|just)\b ?)*(?!(?:that|this|it|those|these|there|what|which|any|they|he"
    r"|she|i|we|you)\b)((?:\S+ ){1,4}?\S+) (?:would|will) (?:be )?(?:great|nice|good|perfect|best|ideal"
    r"|preferred|preferable|fine|lovely)\b",
    re.I,
)
FORBIDS = re.compile(
    rf"^(?:and |but |please |so )*(?:don't|do not|never|avoid"
    rf"|no) (?:ever )?((?:use|using|replace|add|adding|change|touch|include|assume|push|commit|write|call"
    rf"|install|create|delete)\b.+?){END}",
    re.I,
)
STANDING_ORDER = re.compile(
    rf"\b(from now on|always|in (?:the )?future|going forward)\b[ ,]*((?:use|write|answer|reply|respond|keep"
    rf"|include|run|ask|call|speak|send|format|add|put|make|prefer|give|show)\b.+?){END}",
    re.I,
)
# "write to me by e-mail only", "only use metric units": how the agent is to go about it, not what it is to do.
ONLY = re.compile(
    rf"^(?:and |but |so )*(?:please )?((?:only )?(?:use|write|answer|reply|respond|call|contact|speak|show|give|keep"
    rf"|send)\b(?: (?:only|to|me|us|it|them|in|by|with|via|using|through|with|a|the|my|[\w-]+)){{1,7}}?){END}",
    re.I,
)
SUPERLATIVE = re.compile(
    rf"\b(the (?:cheapest|fastest|earliest|latest|shortest|quickest|lowest|highest|best-rated|nearest"
    rf"|closest)(?: [\w-]+){{1,5}}?){END}",
    re.I,
)
LIMIT = re.compile(
    r"\b((?:no more than|at (?:least|most)|less than|under|up to|maximum(?: of)?"
    r"|minimum(?: of)?) [$€£]?\d(?:[\d,.]*\d)?(?: ?[€$£¥%°])?"
    r"(?: (?!(?:and|but|so|or|if|then|please|because|for|to|i|you|can|could|that|which)\b)[\w/%-]+){0,4})",
    re.I,
)
# "I'm vegetarian and would rather walk": two wishes of one speaker.
AND_ALSO = re.compile(
    r"(?<=\w),? and (?:(?:i|we) )?(?=(?:would|'d) (?:rather|prefer)\b|prefer\b|(?:always|never|usually) \w"
    r"|don't (?:like|eat|drink|want)\b)",
    re.I,
)
HYPOTHETICAL = re.compile(r"^\W*(?:if|when|once|unless|suppose)\b|\?\s*$", re.I)

VERBS_OF_TASTE = {
    "rather": "would rather",
    "prefer": "prefers",
    "like": "likes",
    "love": "loves",
    "hate": "hates",
    "enjoy": "enjoys",
    "dislike": "dislikes",
}


def _habit(found: re.Match[str]) -> str:
    how, verb, rest = found[1].lower(), found[2], found[3]
    return f"The user {how} {verb}{'es' if verb.endswith(('s', 'sh', 'ch', 'x')) else 's'} {rest}"


def _wanted(found: re.Match[str]) -> str:
    thing = TAIL.sub("", found[1])
    return f"The user wants {thing}" if IS_QUALIFIED.search(thing) and not HAS_PURPOSE.search(thing) else ""


def _own_act(found: re.Match[str]) -> str:
    act, how = found[1].lower(), found[2]
    is_own = act not in VERBS and act not in {"have", "be", "get", "know", "make", "go", "do"}
    return f"The user wants to {act} {how}" if is_own and (VALUE.search(how) or re.search(r"\d", how)) else ""


def _only(found: re.Match[str]) -> str:
    return (
        f"The user wants the agent to {found[1][:1].lower()}{found[1][1:]}"
        if re.search(r"\bonly\b", found[1], re.I)
        else ""
    )


# Tried in order; the first that fits a sentence speaks for it.
READINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (NAMES_SELF, lambda found: f"The user's name is {found[1]}"),
    (HABIT, _habit),
    (STANDING_ORDER, lambda found: f"The user wants the agent to always {found[2]}"),
    (ONLY, _only),
    (FORBIDS, lambda found: f"The user does not want the agent to {found[1]}"),
    (IS_A, lambda found: f"The user is {found[1]}"),
    (WOULD_RATHER, lambda found: f"The user {VERBS_OF_TASTE[found[1].lower()]} {found[2]}"),
    (TASTE, lambda found: f"The user {VERBS_OF_TASTE[found[1].lower()]} {found[2]}"),
    (AVERSION, lambda found: f"The user does not want {found[1]}"),
    (OWN_ACT, _own_act),
    (WANTS, _wanted),
    (SUPERLATIVE, lambda found: f"The user wants {found[1]}"),
    (LIMIT, lambda found: f"The user wants {found[1]}"),
    (WOULD_SUIT, lambda found: f"The user wants {found[1]}"),
)


def wishes(text: str, question: str = "") -> Iterator[str]:
    """Yield the wishes that a message tells, each as a statement about the user.

    `question` is what the agent had asked, if anything: a few words may answer it.
    """
    said = [words_of for sentence in sentences(plain(text))[:MOST_SENTENCES] if (words_of := without_social(sentence))]
    is_short = len(words(text)) <= LONGEST_MESSAGE
    if question and len(said) == 1 and (answer := value_answered(said[0], question)):
        yield answer
        return
    for sentence in said:
        if HAN.search(sentence):
            yield from chinese.wishes(sentence)
            continue
        if told := _wishes_in(sentence):
            yield from told
            continue
        if len(sentence) < LONGEST_SENTENCE:
            yield from constraints(sentence)
        if is_short and (value := value_set(sentence, text)):
            yield value


def _wishes_in(sentence: str) -> list[str]:
    if HYPOTHETICAL.search(sentence) or len(sentence) > LONGEST_SENTENCE:
        return []
    predicates = AND_ALSO.sub("\nI ", sentence).split("\n")
    return [shortened(statement, LONGEST) for predicate in predicates if (statement := _statement(predicate))]


def _statement(said: str) -> str:
    for pattern, tell in READINGS:
        found = pattern.search(said)
        if not found or len(words(found[0])) > LONGEST_WISH:
            continue
        statement = third_person(tell(found))
        if len(words(statement)) > 3:
            return statement
    return ""


def is_manner(clause: str) -> bool:
    """Whether an order only tells how the agent is to go about things: a wish, not a request."""
    found = ONLY.search(clause)
    return (
        STANDING_ORDER.match(clause) is not None
        or STANDING.search(clause) is not None
        or (found is not None and _only(found) != "")
    )
