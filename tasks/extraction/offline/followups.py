"""What a message says about the task at hand: refine, ask about it, retry, complain, cancel, come back to it."""

import re

from tasks.extraction.offline.sentences import sentences
from tasks.extraction.offline.social import without_social

# "another one", "something cheaper", "anything else": more of what is being done.
MORE_OF_IT = re.compile(
    r"\b(?:another (?:one|option|place|event|hotel|flight|choice|suggestion)|(?:any|some|the|are there"
    r"|an)? ?others?\b|else|different|additional|more (?:options|places|of|choices|suggestions|like)|one more"
    r"|alternatives?"
    r"|instead|rather|cheaper"
    r"|earlier|later (?:time|date|one)|again|what (?:about|of)|how about|the (?:first|second|third|last|next) one"
    r"|in (?:more|less) detail)\b",
    re.I,
)
# "what is its address", "tell me the price": about a result on the table.
ATTRIBUTE = re.compile(
    r"\b(?:addresses|address|phone|telephone|contact|number|price[sd]?|pricey|costs?|fare|rating|rated|stars?"
    r"|reviews?|hours|duration|how (?:long|much|many|far|big|old|windy|humid|hot|cold|late|early)"
    r"|what time|wi-?fi|pets?|smok\w+|furnished|parking|vegetarian|vegan|menu|free|entry|admission|child|kids?"
    r"|located|location|where (?:is|are)|street|layovers?|stops?|stations?|airport|terminal|checked bags?"
    r"|seats? left"
    r"|departure|arriv\w+|departing|leaving|outdoor|seating|subtitles?|album|genre|director|directed|starring"
    r"|actors?|total|charge|fees?|refundable|insurance|humidity|humid|wind|windy|precipitation|temperature|size"
    r"|color|colour|when (?:is|does|will|do|would))\b",
    re.I,
)
# "get me a restaurant with parking": a thing with the attribute, not the attribute of a thing.
ASKS_FOR_NEW_THING = re.compile(
    r"\b(?:find|get|book|recommend|suggest|search)(?: for)?(?: me| us)? (?:an?|some)\b", re.I
)
ATTRIBUTE_LEAD = re.compile(
    r"^(?:(?:can|could|may|might|would|will) (?:i|you|we)(?: please| also)? (?:tell|give|have|get|know"
    r"|let me know|provide|share|say|show|check)|(?:please )?(?:tell|give|show|share|let) |what|which|where|when"
    r"|how|is|are|do|does|did|will|would|has|have|can|could"
    r"|i(?:'d| would)? (?:like|want|need|wish|love)(?: to)? (?:know|have|hear|get)|i(?:'d"
    r"| would)(?: also)? like the|i (?:also )?(?:need|want) (?:to know |their |its |the ))",
    re.I,
)
POINTS_BACK = re.compile(
    r"\b(?:it(?! (?:safe|possible|ok|okay|better|worth|true|bad|good|necessary|getting|cold|hot|raining"
    r"|likely)\b)|its|it's|they|their|them|that(?<!now that)(?<!so that)|this|these|those|he|she|him|her"
    r"|his|one|same|above|previous)\b",
    re.I,
)
CORRECTS = re.compile(
    r"^\W*(?:no\b(?! (?:problem|worries))|not\b|nope|oops|sorry,? (?:i|it|that|my|the|not|should|for)"
    r"|actually\b|i meant?\b|i should have|to be (?:clear|precise|more)|rather\b|instead\b|don't\b|do not\b"
    r"|never\b"
    r"|that'?s (?:not|wrong|incorrect)|that is (?:not|wrong|incorrect)|wrong\b|hmm+,? (?:no|not)|correction"
    r"|on second thought|let me (?:rephrase|clarify)|nein|doch|perdón|mejor|不是|不对|改成)",
    re.I,
)
RETRIES = re.compile(
    r"\b(?:(?:try|do|run|check|redo|repeat|test|attempt)(?: (?:it|that|this|them))?(?: (?:once|one))? (?:again"
    r"|more time|more)|retry|again,? please|please again|another (?:try|attempt|go)|one more (?:time|try)"
    r"|give it another"
    r"|try (?:another|a different|something|any other|with)|re-?run)\b|^\W*again\b|inténtalo de nuevo|otra vez"
    r"|(?:noch ?mal|erneut)|réessaie|essaie encore|再试|重试|再来一次",
    re.I,
)
COMPLAINS = re.compile(
    r"\b(?:(?:does|do|did|is|are|was|has|have|can|still)(?:n't| not)\b.{0,30}\b(?:work|working|right|correct"
    r"|fixed|help|helped|solve|solved|show|appear|load|compile|pass|match|change|what i)"
    r"|still (?:not|fail|broken|wrong|see|get|the same|happen|crash|show|have)\w*|(?:it|that|this|test|tests"
    r"|build|app|page|same) (?:\w+ )?(?:broke|broken|fails?|failed|crash\w*|breaks|error)|broke again|(?:get|got"
    r"|getting|see|seeing|gives?|throws?) (?:\w+ )?(?:an? |this |the |same )*(?:\w+ )?error"
    r"|is back\b|same (?:error|problem|issue|result)|regress\w+|not what i (?:asked|wanted|meant))\b|no funciona"
    r"|funktioniert (?:immer noch )?nicht|ne (?:marche|fonctionne) pas|还是不行|不行|没用|又坏了",
    re.I,
)
PASTES_ERROR = re.compile(
    r"Traceback \(most recent|^\s*(?:E\s+)?\w*(?:Error|Exception)\b\s*:|\bFAILED\b|^\s*File \".*\", line \d+"
    r"|\bline \d+, in \w+|error TS\d+|^error(?:\[|:)|^[^\w\n]{0,3}✖",
    re.M,
)
CANCELS = re.compile(
    r"\b(?:never ?mind|forget (?:it|that|about (?:it|that|this|the))|cancel (?:that|it|this|the (?:task|request))"
    r"|(?:please )?stop(?: (?:it|that|this|now|there|here|everything))?$|abort|drop (?:it|that)|don't bother"
    r"|scrap (?:it|that)"
    r"|no longer need|don't need (?:it|that|this) any ?more|skip (?:it|that|this)|leave it|let'?s not do"
    r"|call it off|give up)\b|olvídalo|déjalo|vergiss es|laisse tomber|oublie|算了|不用做了|取消吧",
    re.I,
)
UNDOES = re.compile(
    r"^\W*/?(?:undo|revert|roll ?back|reset)\b(?: (?:it|that|this|the (?:last )?(?:change|changes|edit|commit)"
    r"|those|these|your|all|everything))?|\b(?:undo|revert|roll back) (?:it|that|this|those|these|your"
    r"|the (?:last|change|changes|commit|edit)\w*)\b",
    re.I,
)
COMES_BACK = re.compile(
    r"\b(?:back to|as for|regarding|about|returning to|going back|for) (?:the|my|that|our)\b|\b(?:the|my"
    r"|that) [\w ]{2,30} (?:again|from (?:before|earlier)|i (?:asked|mentioned))\b",
    re.I,
)
IS_ERRATUM = re.compile(
    r"^\W*(?:sorry|oops|i (?:meant|should have|mean)|to clarify|correction|let me (?:rephrase|clarify))\b", re.I
)
PLANS = re.compile(
    r"\b(?:(?:just|only|still) (?:thinking|planning|brainstorming|discussing|exploring)|thinking (?:out loud"
    r"|about what)|let'?s (?:first )?(?:plan|discuss|brainstorm|talk (?:about|through)|think)|(?:do not"
    r"|don't) (?:do|start|change|implement|write|build|code|execute) (?:anything|it|yet|any)"
    r"|no (?:code|changes|action|execution) (?:yet|for now|please)|not (?:yet )?ready to (?:start|build"
    r"|implement)|before (?:we|you) (?:start|begin|do anything)|what would be the (?:best )?(?:approach|plan)"
    r"|how would you approach)\b",
    re.I,
)
INTRODUCES = re.compile(
    r"^\W*(?:my name is|i(?:'m| am) (?:called |a |an |the |from |using |new )|i(?:'m| am) [A-Z]\w+\W*$"
    r"|this is [A-Z]\w+|call me\b|i (?:always|usually|generally|normally|mostly|never|only|prefer|live|work|use"
    r"|speak|love|hate|like)\b|me llamo|ich heiße|je m'appelle|我叫)",
    re.I,
)
# "change the time to seven": a detail of the task at hand.
CHANGES_DETAIL = re.compile(
    r"\b(?:change|make|switch|move) (?:it|that|this)\b|\b(?:change|make|set|switch|move|adjust|update"
    r"|put) (?:(?:the|my) (?:time|date|day|number"
    r"|amount|name|size"
    r"|color|colour|title|format|font|language|style|tone|length|order|quantity|address|party|guests?|seats?)\b)",
    re.I,
)
CHANGES_SOMETHING = re.compile(r"\b(?:change|make|switch|move|adjust|update) (?:it|that|this|(?:the|my) \w+)\b", re.I)
# "fix that", "delete them": all that is to be worked on was spoken of before.
ORDERS_IT = re.compile(
    r"^\W*(?:\w+ ){0,4}(?:it|that|this|them|these|those)(?: \w+)?\W*$|^\W*\w+ (?:it|that|this|them|these|those)\b", re.I
)
ASKS_WHAT = re.compile(r"^\W*what(?:'s| is| are| was| will)? the\b", re.I)
# The user wants the same thing done otherwise.
CHANGES_MIND = re.compile(
    r"^\W*(?:(?:no|wait|actually|oh|hmm|sorry)\b[ ,]*)*(?:actually|on second thought|change of plans?"
    r"|scratch that|i(?:'ve| have)? changed my mind|not \w+[ ,]|let'?s (?:use|go with|do) .{1,60}\binstead"
    r"|use .{1,60}\binstead)",
    re.I,
)
# After a refusal: the same wish once more, in other words.
INSISTS = re.compile(
    r"\b(?:though|but|still|really|must be (?:some|a)|some(?:thing)?|flexib\w+|solution|resolution|any ?(?:way"
    r"|thing|one|chance|possib\w+)|someone else|somebody"
    r"|supervisor|manager|exception|options?|at least|instead|how about|what if|partial|other way|urgent|perhaps"
    r"|maybe)\b",
    re.I,
)
REPORTS = re.compile(
    r"\b(?:there(?:'s| is| are|'re| seems to be) (?:an?|another|some|still) (?:\w+ )?(?:issue|problem|bug|error"
    r"|typo)s?"
    r"|we(?:'re| are) missing|is missing|are missing|i(?:'ve| have)? (?:found|noticed|discovered|spotted) (?:an?"
    r"|another|that))\b",
    re.I,
)
EXTENDS = re.compile(r"^\W*(?:and|also|plus|same for|likewise)\b", re.I)
FOLLOWS_ON = re.compile(
    r"^\W*(?:(?:and )?(?:after(?:wards?| that)|once|when|finally|lastly|next)|if|so that|so)\b", re.I
)
STARTS_WITH_PERSON = re.compile(
    r"^\W*(?:i|i'\w+|we|we'\w+|my|our|you|your|he|she|they|it|it'\w+|let|talk|will|would|sounds|just|maybe|not"
    r"|thanks|that|that'\w+|this|these|those|thatsit)\b",
    re.I,
)
IS_SMALL_TALK = re.compile(
    r"^\W*(?:do|are|have|were|did|can) you (?:like|love|enjoy|ever|fly|eat|sleep|dream|human|real|sure|an?|have a"
    r"|feel|kidding|serious|there)\b"
    r"|^\W*(?:who|what) are you\b|^\W*what(?:'s| is) your (?:name|favou?rite)\b",
    re.I,
)


def is_about_result(text: str) -> bool:
    """Whether the text asks for a detail of what is on the table."""
    if ASKS_FOR_NEW_THING.search(text):
        return False
    return ATTRIBUTE_LEAD.match(text) is not None and ATTRIBUTE.search(text) is not None


OFFERED = re.compile(
    r"\b(?:would you like|do you want|do you need|you need|want|shall i|should i|can i|may i|are you (?:ready"
    r"|willing|looking|interested)|interested)(?: for)?(?: me| us)?(?: to| in)? (.+)",
    re.I,
)


def returns(text: str) -> bool:
    """Whether the text takes up something earlier: a complaint, another try, "back to the report"."""
    return any(cue.search(text) for cue in (COMPLAINS, RETRIES, COMES_BACK))


def asks_about_result(text: str) -> bool:
    """Whether a whole message asks for details only."""
    said = sentences(text)
    return bool(said) and is_about_result(without_social(said[-1])) and said[-1].rstrip().endswith("?")
