"""A sentence of the user read as a clause: ordered, asked for, wished, questioned or just stated."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from tasks.extraction.offline import chinese
from tasks.extraction.offline.actions import is_verb, kind_of_action
from tasks.extraction.offline.sentences import HAN, content_words, identifiers, words
from tasks.extraction.offline.social import without_social
from tasks.extraction.offline.verbs import VERBS


class Form(StrEnum):
    ORDER = "order"
    ASKED = "asked for"
    WISH = "wish"
    QUESTION = "question"
    STATEMENT = "statement"


REQUESTS = frozenset({Form.ORDER, Form.ASKED, Form.WISH})

ADDS = re.compile(
    r"^(?:and )?(?:(?:one|a|another)(?: (?:more|quick|last|other|final|different))* (?:question|request|favou?r)"
    r"|(?:quick|new|different|unrelated|separate) (?:question|request|topic)|separately|on another note"
    r"|do something (?:different|else)|also|next|now|finally|lastly|additionally|besides|plus|afterwards?|then"
    r"|another thing"
    r"|one (?:more|last|other) thing|by the way|btw|in addition|on top of that|moving on|oh,? and"
    r"|while (?:we|you|i)(?:'re|'m| are| am) (?:at it|there)"
    r"|before (?:we|you|i) (?:finish|go|end|leave|forget)|following (?:this|that)|after (?:this|that)"
    r"|with that(?: done)?|additionally|además|también|außerdem|auch|ensuite|aussi|还有|另外|接下来)\b"
    r"|\b(?:also|too|as well|in addition|another thing|something else i)\b|另外|还要",
    re.I,
)
CONNECTOR = re.compile(
    r"^[\s,:]*(?:(?:(?:one|a|another)(?: (?:more|quick|last|other|final|different))* (?:question|request|favou?r)"
    r"|(?:quick|new|different|unrelated|separate) (?:question|request|topic)|separately|on another note"
    r"|do something (?:different|else)|(?:one (?:more|last|other)|another) thing|and|but|so|also|next|now|then"
    r"|finally|lastly"
    r"|first|firstly|second|secondly|actually|plus|please|pls|plz|kindly|just|simply|quickly|additionally"
    r"|afterwards?|instead|maybe|perhaps|again|otherwise|for now|right now|by the way|btw|in addition"
    r"|in that case|that said|before (?:we|you|i) \w+(?: on| further| that)?|go ahead and"
    r"|you (?:should|can|could|must|need to|have to)|i (?:guess|think)|hey|ok|okay|dear \w+"
    r"|assistant)\b[\s,:]*)+",
    re.I,
)
SUBORDINATE = re.compile(
    r"^(?:if|when|whenever|once|after|before|while|with|since|because|as|in|from|within|for|using|given|based"
    r"|following|to|on|at|here|although|seeing)\b[^,.?!]{3,140},\s*(?=\w)",
    re.I,
)
ASKS = re.compile(
    r"(?:^|[,;–-] ?|\b(?:and|so|but|then|also|or|if) )(?:please )?(?:can|could|would|will|may|might|can't"
    r"|couldn't) (?:you|u|i|we)(?: (?:please|kindly|also|just|maybe|possibly|perhaps"
    r"|help(?: me| us)?(?: out)?(?: to| with)?|go ahead and|be able to|mind|quickly))* (\w+)"
    r"|(?:^|[,;] ?)(?:do you|would you)? ?mind (\w+ing)\b"
    r"|\b(?:is it possible|are you able|any chance|possible|wondering if you (?:can|could)"
    r"|great if you could) (?:for you )?(?:to |you could )?(\w+)|(?:^|[,;] ?)help me(?: (?:to|with))? (\w+)",
    re.I,
)
WISHES = re.compile(
    r"\b(?:i|we)(?: also| really| just| still| now| might| will|'ll| definitely| actually"
    r"| do)* ?(?:(?:'d|would|'ll|will)(?: \w+ly| also| really)? (?:like|love|need|want)|(?:want|need|wish)"
    r"|(?:have|got|'ve got) to|(?:'m|am|are|was|'re)(?: \w+ly| also| still| now| just)* (?:looking|searching"
    r"|trying|hoping|interested|wanting|going to (?:need|want)|planning|in need))(?: (?:you"
    r"|us))?(?: also)?(?: (?:of|in|about|for|on))?(?: (?:some|your|a bit of))?(?: (?:help"
    r"|assistance)(?: (?:with|in))?)?(?: to(?: also| go| be able to)?)? (\w+)",
    re.I,
)
SUGGESTS = re.compile(
    r"(?:^|[,;] ?|\b(?:so|and|but|that) )(?:let(?:'?s| us)(?: (?:also|now|go ahead and|try to|just))*"
    r"|how about (?:we|you)(?: just)?|why don't (?:we|you)(?: just)?|your task is to|the task is to"
    r"|it would be (?:great|nice|good|helpful)(?: if you (?:could|can))?(?: to)?|be sure to|you need to"
    r"|we should|you should) (?:not )?(\w+)",
    re.I,
)
ENSURES = re.compile(r"^(?:(?:can|could|would) you )?(?:make sure|double[- ]check)\b", re.I)
# "the report should also list the totals": what is wanted of a thing.
REQUIRES = re.compile(
    r"^(?!(?:i|we|you|he|she)\b)(?:[\w`'./-]+ ){1,5}(?:should|must|needs? to|has to|have to)(?: also| not| only"
    r"| always)* (\w+)",
    re.I,
)
IS_ASKED = re.compile(
    r"[?？]\W*$|^(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|will"
    r"|would|should|has|have|any)\b|吗|呢|什么|怎么|哪|^¿",
    re.I,
)
# "I am so hungry can you help me get a table": nothing parts what is told from what is asked.
ASKS_WITHIN = re.compile(
    r"^(?!what|which|how|where|when|why|who).*\b(?:can|could|would|will) you (?:please |also "
    r"|just )*(?:help me (?:to )?)?(\w+)",
    re.I,
)
FOREIGN_ASK = re.compile(
    r"(?:て|で)(?:ください|下さい|くださ|くれ|もらえ|ほしい|いただけ)|お願い|したい(?:です|の|。|$)|"
    r"^(?:再|然后|还|也|现在|那)?(?:请|帮我|帮忙|麻烦|我想|我要|我需要|能不能|可以帮|给我)"
    r"|\b(?:por favor|quiero|quisiera|necesito|me gustaría|puedes|podrías|ayúdame|bitte"
    r"|ich (?:möchte|brauche|will|suche|hätte)|kannst du|könntest du|können sie|könnten sie"
    r"|s'il (?:te|vous) plaît|je (?:veux|voudrais|cherche)|j'ai besoin|peux-tu|pouvez-vous|pourriez-vous"
    r"|aidez-moi|aide-moi|queria|preciso)\b",
    re.I,
)


NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")


@dataclass(frozen=True)
class Clause:
    """One thing said: its words, its form and, for a request, its verb."""

    text: str
    form: Form
    verb: str = ""
    adds: bool = False

    @property
    def is_request(self) -> bool:
        return self.form in REQUESTS

    @cached_property
    def content(self) -> frozenset[str]:
        return content_words(self.text)

    @cached_property
    def identifiers(self) -> frozenset[str]:
        return identifiers(self.text)

    @cached_property
    def kind(self) -> str:
        return kind_of_action(self.verb, self.text)

    @property
    def names_something(self) -> bool:
        return NAME.search(self.text) is not None


@lru_cache(maxsize=4096)
def read_clause(sentence: str) -> Clause:
    """Read a sentence, politeness and connectors aside."""
    said = without_social(sentence)
    adds = ADDS.search(said) is not None
    core = CONNECTOR.sub("", said, count=1) or said
    form, verb = _form(core)
    if form in {Form.STATEMENT, Form.QUESTION} and (lead := SUBORDINATE.match(core)):
        inner_form, inner_verb = _form(CONNECTOR.sub("", core[lead.end() :], count=1))
        if inner_form in REQUESTS:
            form, verb = inner_form, inner_verb
    return Clause(text=said.strip(), form=form, verb=verb, adds=adds)


def _form(core: str) -> tuple[Form, str]:
    spoken = words(core[:80])
    if spoken and is_verb(spoken[0], spoken[1] if len(spoken) > 1 else ""):
        return Form.ORDER, spoken[0]
    if ENSURES.search(core):
        return Form.ORDER, "ensure"
    if found := SUGGESTS.search(core):
        return Form.ORDER, found[1].lower()
    if (found := REQUIRES.match(core)) and found[1].lower() in VERBS:
        return Form.ORDER, found[1].lower()
    if (found := ASKS.search(core)) and (verb := _first(found)):
        return Form.ASKED, verb
    if (found := WISHES.search(core)) and not core.lower().startswith(("if ", "do i", "what do i")):
        verb = _first(found)
        return Form.WISH, verb if verb in VERBS else ""
    if (found := ASKS_WITHIN.search(core)) and found[1].lower() in VERBS:
        return Form.ASKED, found[1].lower()
    if HAN.search(core) and (verb := chinese.order(core)):
        return Form.ORDER, verb
    if FOREIGN_ASK.search(core):
        return Form.ASKED, ""
    return (Form.QUESTION if IS_ASKED.search(core) else Form.STATEMENT), ""


def _first(found: re.Match[str]) -> str:
    verb = next((group for group in found.groups() if group), "").lower()
    if verb.endswith("ing"):
        bare = verb[:-3]
        return next((form for form in (bare, f"{bare}e", bare[:-1]) if form in VERBS), verb)
    return verb
