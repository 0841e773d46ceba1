"""Places, dates, times, amounts and short answers that the user sets for what is to be done."""

import re

from tasks.extraction.offline.clauses import Form, read_clause
from tasks.extraction.offline.followups import POINTS_BACK, is_about_result
from tasks.extraction.offline.objections import CANCELS
from tasks.extraction.offline.sentences import IDENTIFIER, words
from tasks.extraction.offline.social import SAYS_NO
from tasks.extraction.offline.thirdperson import third_person
from tasks.extraction.offline.verbs import VERBS

# Longer messages explain; the values they hold are not all wishes.
LONGEST_MESSAGE = 35
LONGEST_ANSWER = 5
MOST_WORDS = 16
LONGEST_STATEMENT = 20

_NUMBER = r"(?:\d{1,4}(?:[.,]\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?)"
_DAY = r"\d{1,2}(?:st|nd|rd|th)"
_PART_OF_DAY = r"(?:in the )?(?:morning|afternoon|evening|night)"
_DATE = (
    rf"(?:(?:(?:the )?{_DAY}(?: of (?:this month|{_MONTH}))?|{_MONTH} (?:the )?(?:{_DAY}|\d{{1,2}})|\d{{1,2}} {_MONTH}"
    rf"|(?:in )?(?:early|mid|late) {_MONTH}|in (?!may ){_MONTH}|(?:(?:next|this|coming|on) )?{_WEEKDAY}(?: next week"
    rf"| this week)?|(?:next|this) (?:week(?:end)?|month)"
    rf"|(?:the )?day after tomorrow|(?:later )?today|tomorrow|tonight)(?: {_PART_OF_DAY})?)"
)
_CLOCK = rf"(?:(?:(?:half|quarter) (?:past|to) )?(?:\d{{1,2}}:\d\d|{_NUMBER}))"
_TIME = (
    rf"(?:{_CLOCK} ?(?:am\b|pm\b|a\.m\.|p\.m\.|o'?clock|{_PART_OF_DAY})|\d{{1,2}}:\d\d|(?:half|quarter) past {_NUMBER}"
    r"|noon|midnight|(?:morning|afternoon|evening) \d{1,2}(?::\d\d)?)"
)
_MONEY = r"(?:[$€£] ?\d[\d,.]*|\d[\d,.]* ?(?:dollars|euros?|bucks|pounds|usd|eur|€|\$))"
_COUNT = (
    rf"(?:{_NUMBER}(?: \w+)? (?:people|persons?|adults?|children|kids|guests?|passengers?|travell?ers?|tickets?|seats?"
    r"|rooms?|nights?|days?|weeks?|hours?|minutes?|beds?|bedrooms?|bath(?:room)?s?|stars?|bags?|copies|pieces|pages"
    r"|items|of us)\b)"
)
# A name is told by its capitals, after a preposition.
_NAME = r"(?-i:[A-Z][a-z]+\b\.?(?:['’]s)?(?:(?: (?:of|and|the|de|la|&))?,? (?:[A-Z][a-z]+\b|[A-Z]{2}\b))*)"
_BEFORE = r"(?:in|to|from|at|near|around|by|for|on|with|after|before|until|till|starting|of|leaving)"
_BEFORE_NAME = r"(?:in|to|from|at|near|around|by|for|with|called|named|starring|leaving)"
VALUE = re.compile(
    rf"\b(?:{_BEFORE} (?:the |around |about )?)?(?:{_DATE}|{_TIME}|{_COUNT})\b|(?:\b{_BEFORE} )?{_MONEY}"
    rf"|\b{_BEFORE_NAME} (?:the )?{_NAME}|\bfor {_NUMBER}(?=$|[,.]| (?:in|on|at|please|from|tonight|tomorrow)\b)",
    re.I,
)
# Where nothing is written in capitals, a place follows these.
PLACE_IN_SMALL = re.compile(
    r"\b(?:in|from|near) (?!the\b|my\b|an?\b|your\b|this\b|that\b|it\b|there\b|here\b|see\b|get\b|be\b)[a-z]{4,}", re.I
)
SLOTS = re.compile(
    rf"The user wants (?:it )?(?:{_BEFORE} )?(?:the |around |about )?(?:(?P<count>{_COUNT}|\d)|(?P<time>{_TIME})"
    rf"|{_DATE})",
    re.I,
)
COUNTED = re.compile(rf"{_COUNT}|{_MONEY}", re.I)
# "find me an Italian restaurant": what is asked for, when values come with it.
THING = re.compile(
    r"\b(?:an?|some|the (?:\w+est|most \w+|best)) (?:[\w'-]+ ){0,3}?[\w'-]+(?=$|[,.;?!]|"
    r" (?:in|to|from|at|near|around|by|for|on|with|after|before|until|that|which|where|called|named|starring|directed"
    r"|leaving|departing|going|this|next|tomorrow|today|tonight|please|and|so)\b)",
    re.I,
)
OF_THE_PAST = re.compile(r"\b(?:my|our|i (?:made|booked|ordered|bought|had|have)|existing|current)\b", re.I)
IS_SECRET = re.compile(r"\d{5,}|\d+[-/]\d+[-/]\d+|@|\b[a-z]+\d|\d[a-z]+\d|_", re.I)
ASKS_WHO_IT_IS = re.compile(
    r"\b(?:e-?mail|phone|address|pin|passwords?|birth\w*|security|maiden|account"
    r"|(?:user|order|reservation|member\w*|booking|card|ticket|case|serial|tracking|id) ?(?:id|number|no|code)?"
    r"|numbers?|code|verify|identity|detail\w*)\b",
    re.I,
)
ASKS_NAME = re.compile(r"\bnames?\b", re.I)
LEADS_IN = re.compile(
    r"^(?:(?:just|maybe|probably|let's say|make it|i(?:'d| would) (?:say|like)|for|on|at|in|it's|around|about|please)"
    r"\b[ ,]*)*",
    re.I,
)
NO_VALUE = re.compile(
    r"\b(?:any|don't|do|not|no|you|i|me|he|she|what|which|how|both|all|either|again|same|correct|yes|doesn't|isn't"
    r"|sure|right|first|second|last|more|else|other|whatever|think|know|sounds?|go|is|are|was|will|option)\b",
    re.I,
)


def value_set(sentence: str, message: str) -> str:
    """Return what a sentence of a short message sets, told about the user, or nothing."""
    clause = read_clause(sentence)
    if is_about_result(sentence) or IDENTIFIER.search(sentence):
        return ""
    if clause.form is Form.QUESTION and POINTS_BACK.search(sentence):
        return ""
    if clause.form is Form.STATEMENT and len(words(sentence)) > LONGEST_STATEMENT:
        return ""
    places = [] if any(letter.isupper() for letter in message) else list(PLACE_IN_SMALL.finditer(sentence))
    found = [match for match in (*VALUE.finditer(sentence), *places) if not _is_none(match[0])]
    if not found or OF_THE_PAST.search(sentence[: found[0].start()]):
        return ""
    told = " ".join(match[0].strip(" ,.") for match in found)
    thing = THING.search(sentence[: found[0].start()].rstrip()) if clause.is_request else None
    if thing:
        told = f"{thing[0]} {told}"
    elif not COUNTED.match(told):
        told = f"it {told}"
    return third_person(f"The user wants {told}") if len(words(told)) < MOST_WORDS else ""


def slot(statement: str) -> str:
    """Name what a statement sets when it sets nothing but a time or a number of something."""
    found = SLOTS.fullmatch(statement)
    if not found:
        return ""
    return "number" if found["count"] else "time" if found["time"] else ""


def _is_none(value: str) -> bool:
    """Whether what looks like a value is a secret or number of something, or an order: "to File a report"."""
    return IS_SECRET.search(value) is not None or (value.startswith("to ") and words(value)[-1] in VERBS)


def value_answered(said: str, question: str) -> str:
    """Return what a few words answer to a question about what is wanted, not about who the user is."""
    value = LEADS_IN.sub("", said).strip(" .!,")
    if not value or len(words(value)) > LONGEST_ANSWER or said.endswith("?") or SAYS_NO.match(said):
        return ""
    if (
        CANCELS.search(value)
        or IS_SECRET.search(value)
        or NO_VALUE.search(value)
        or POINTS_BACK.search(value)
        or read_clause(said).is_request
    ):
        return ""
    if ASKS_NAME.search(question) and not ASKS_WHO_IT_IS.search(question):
        return f"The user gave the name {value}"
    if ASKS_WHO_IT_IS.search(question) or not words(value):
        return ""
    return third_person(f"The user wants {value}")
