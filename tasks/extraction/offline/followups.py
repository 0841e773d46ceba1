"""What a message says about the task at hand: refine, ask about it, retry, complain, cancel, come back to it."""

import re

from tasks.extraction.offline.sentences import sentences
from tasks.extraction.offline.social import without_social

# "another one", "something cheaper", "anything else": more of what is being done.
MORE_OF_IT = re.compile(
    r"\b(?:another \w+|(?:any|some|the|are there|an)? ?others?\b|else|different|additional"
    r"|more (?:options|places|of|choices|suggestions|like)|one more(?! thing)|alternatives?|instead|rather"
    r"|cheaper|earlier|later (?:time|date|one)|again|what (?:about|of)|how about"
    r"|the (?:first|second|third|last|next) one|in (?:more|less) detail)\b",
    re.I,
)
# "what is its address", "tell me the price": about a result on the table.
ATTRIBUTE = re.compile(
    r"\b(?:addresses|address|phone|telephone|contact|number|price[sd]?|pricey|costs?|fare|rating|rated|stars?"
    r"|reviews?|hours|duration|how (?:long|much|many|far|big|old|windy|humid|hot|cold|late|early)|what time"
    r"|wi-?fi|pets?|smok\w+|furnished|parking|vegetarian|vegan|menu|free|entry|admission|child|kids?|located"
    r"|location|where (?:is|are)|street|layovers?|stops?|stations?|airport|terminal|checked bags?|seats? left"
    r"|departure|arriv\w+|departing|leaving|outdoor|seating|subtitles?|album|genre|director|directed|starring"
    r"|actors?|total|charge|fees?|refundable|insurance|humidity|humid|wind|windy|precipitation|temperature"
    r"|size|color|colour|when (?:is|does|will|do|would))\b",
    re.I,
)
# "suggest a studio with a balcony": a thing with the attribute, not the attribute of a thing.
ASKS_FOR_NEW_THING = re.compile(
    r"\b(?:find|get|book|recommend|suggest|search)(?: for)?(?: me| us)? (?:an?|some)\b|\bknow (?:of )?any\b", re.I
)
ATTRIBUTE_LEAD = re.compile(
    r"^(?:(?:just|please|then|and|also|but) )*(?:(?:can|could|may|might|would|will) (?:i|you|we)(?: please"
    r"| also)? (?:tell|give|have|get|know"
    r"|let me know|provide|share|say|show|check)|(?:please )?(?:tell|give|show|share|let) |what|which|where"
    r"|when|how|is|are|do|does|did|will|would|has|have|can|could"
    r"|i(?:'d| would)? (?:like|want|need|wish|love)(?: to)? (?:know|have|hear|get)"
    r"|i(?:'d| would)(?: also)? like the|i (?:also )?(?:need|want) (?:to know |their |its |the ))",
    re.I,
)
POINTS_BACK = re.compile(
    r"\b(?:it(?! (?:safe|possible|ok|okay|better|worth|true|bad|good|necessary|getting|cold|hot|raining"
    r"|likely)\b)|its|it's|they|their|them|that(?<!now that)(?<!so that)|this|these|those|he|she|him|her|his"
    r"|one|same|above|previous)\b",
    re.I,
)
PLANS = re.compile(
    r"\b(?:(?:just|only|still) (?:thinking|planning|brainstorming|discussing|exploring)"
    r"|thinking (?:out loud|about what)|let'?s (?:first )?(?:plan|discuss|brainstorm|talk (?:about|through)"
    r"|think)|(?:do not|don't) (?:do|start|change|implement|write|build|code|execute) (?:anything|it|yet|any)"
    r"|no (?:code|changes|action|execution) (?:yet|for now|please)"
    r"|not (?:yet )?ready to (?:start|build|implement)|before (?:we|you) (?:start|begin|do anything)"
    r"|what would be the (?:best )?(?:approach|plan)|how would you approach)\b",
    re.I,
)
INTRODUCES = re.compile(
    r"^\W*(?:my name is|i(?:'m| am) (?:called |a |an |the |from |using |new )|i(?:'m| am) [A-Z]\w+\W*$"
    r"|this is [A-Z]\w+|call me\b|i (?:always|usually|generally|normally|mostly|never|only|prefer|live|work"
    r"|use|speak|love|hate|like)\b|me llamo|ich heiße|je m'appelle|我叫)",
    re.I,
)
NEEDS_TIME = re.compile(
    r"^\W*(?:please )?(?:give me (?:an?|some|one|two|five|ten) \w+|let me (?:check|think|see|look|find|talk|ask"
    r"|get back)"
    r"|hold on|hang on|wait(?: a \w+)?)\b\W*(?:first|please|until \w+)?\W*$",
    re.I,
)
NAMES_SELF = re.compile(r"^\W*(?:please |and |just )*(?:call|address) me\b", re.I)
# "change the time to seven": a detail of the task at hand.
CHANGES_DETAIL = re.compile(
    r"\b(?:change|make|switch|move) (?:it|that|this)\b"
    r"|\b(?:change|make|set|switch|move|adjust|update"
    r"|put) (?:(?:the|my) (?:time|date|day|number|amount|name|size|color|colour|title|format|font|language"
    r"|style|tone|length|order|quantity|address|party|guests?|seats?)\b)",
    re.I,
)
CHANGES_SOMETHING = re.compile(r"\b(?:change|make|switch|move|adjust|update) (?:it|that|this|(?:the|my) \w+)\b", re.I)
# "fix that", "delete them": all that is to be worked on was spoken of before.
ORDERS_IT = re.compile(
    r"^\W*(?:\w+ ){0,4}(?:it|that|this|them|these|those)(?: \w+)?\W*$|^\W*\w+ (?:it|that|this|them|these|those)\b", re.I
)
ASKS_WHAT = re.compile(r"^\W*what(?:'s| is| are| was| will)? the\b", re.I)
# "and for 24 months?": the question before, asked of something else.
GOES_ON = re.compile(r"^\W*(?:and|or) (?:for|in|on|at|with|to|from|if|as|by)\b[^,]{1,40}\?*$", re.I)
THING_OF_USER = re.compile(r"\b(?:my|our) ((?:\w+ ?){1,2})", re.I)
NEW_QUESTION = ("one ", "another ", "quick ", "a question", "separately", "on another", "different", "unrelated")
PLAIN_QUESTION = re.compile(
    r"^\W*(?:and |but |so )*(?:is|are|was|were|do|does|did|has|have|what|which|when|where|who|how)\b", re.I
)
REPORTS = re.compile(
    r"\b(?:there(?:'s| is| are|'re| seems to be) (?:an?|another|some|still) (?:\w+ )?(?:issue|problem|bug"
    r"|error|typo)s?|we(?:'re| are) missing|is missing|are missing"
    r"|i(?:'ve| have)? (?:found|noticed|discovered|spotted) (?:an?|another|that))\b",
    re.I,
)
EXTENDS = re.compile(r"^\W*(?:and|also|plus|same for|likewise)\b", re.I)
FOLLOWS_ON = re.compile(
    r"^\W*(?:(?:and )?(?:after(?:wards?| that)|once|when|finally|lastly|next)|if|so that|so)\b", re.I
)
STARTS_WITH_PERSON = re.compile(
    r"^\W*(?:i|i'\w+|we|we'\w+|my|our|you|your|he|she|they|it|it'\w+|let|talk|will|would|sounds|just|maybe|not"
    r"|thanks|that|that'\w+|this|these|those)\b",
    re.I,
)
IS_SMALL_TALK = re.compile(
    r"^\W*(?:do|are|have|were|did|can) you (?:like|love|enjoy|ever|fly|eat|sleep|dream|human|real|sure|an?"
    r"|have a|feel|kidding|serious|there)\b|^\W*(?:who|what) are you\b"
    r"|^\W*what(?:'s| is) your (?:name|favou?rite)\b",
    re.I,
)


def is_about_result(text: str) -> bool:
    """Whether the text asks for a detail of what is on the table."""
    if ASKS_FOR_NEW_THING.search(text):
        return False
    return ATTRIBUTE_LEAD.match(text) is not None and ATTRIBUTE.search(text) is not None


OFFERED = re.compile(
    r"\b(?:would you like|do you want|do you need|you need|want|shall i|should i|can i|may i"
    r"|are you (?:ready|willing|looking|interested)|interested)(?: for)?(?: me| us)?(?: to| in)? (.+)",
    re.I,
)


def asks_about_result(text: str) -> bool:
    """Whether a message ends by asking about what is on the table, rather than for something to be done."""
    said = sentences(text)
    if not said or not said[-1].rstrip().endswith("?"):
        return False
    question = without_social(said[-1])
    return is_about_result(question) or PLAIN_QUESTION.match(question) is not None
