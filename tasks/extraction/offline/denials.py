"""Sentences in which an agent says that it will not, may not or could not do what was asked."""

import re

_HOW = r"(?: (?:still|also|currently|unfortunately|simply|just|really|sadly|actually|therefore|personally|yet))*"
_DOING = (
    r"(?:help|assist|support|write|do|share|provide|create|produce|give|tell|show|generate|make|process|discuss"
    r"|recommend|disclose|reveal|answer|continue|go|take|perform|complete|execute)"
)
# "I can't", said of what was asked; "I can't wait" and "I can't recommend it enough" are praise.
IS_PRAISE = re.compile(
    r"\b(?:can(?:no|')t|can not|could(?:n't| not)) (?:wait|thank|complain|imagine|agree|wish|help but|stress"
    r"|ask for)\b",
    re.I,
)
CANNOT_DO = re.compile(
    rf"\b(?:i|we)(?:'m|'re| am| are| was| were)?{_HOW} (?:can(?:no|')t|can not|unable|(?:wasn|weren)'t (?:able|allowed)"
    r"|not (?:yet )?(?:able|allowed|permitted|authori[sz]ed|in a position|equipped|supposed)"
    r"|(?:won't|will not|would not|wouldn't) be able|may not|mustn't)\b"
    r"(?! (?:guarantee|promise|recommend (?:it|this|that)))",
    re.I,
)
WILL_NOT_DO = re.compile(
    rf"\b(?:i|we){_HOW} (?:(?:won't|will not|wouldn't|would rather not|refuse to|decline to)(?: \w+ly)? {_DOING}"
    r"|(?:must|have to|need to|'ll have to) decline|(?:don't|do not) feel comfortable)\b"
    r"|\b(?:isn't|aren't|not|wouldn't be) (?:something|anything|things|information|a \w+) (?:that )?(?:i|we|our|the"
    r"|my)\b",
    re.I,
)
LACKS_MEANS = re.compile(
    rf"\b(?:i|we){_HOW} (?:(?:don't|do not|didn't|lack) ?(?:currently |yet )?(?:have )?|have )"
    r"(?:no |any |a |an |the |enough )?(?:\w+ ){0,2}(?:ability|access|permissions?|authority|means|tools?|way"
    r"|option|right|rights|clearance|credentials)\b(?<!have access)(?<!have the ability)(?<!have a way)"
    r"|\b(?:beyond|outside(?: of)?|exceeds) (?:what (?:i|we)|(?:my|our|the) (?:\w+ )?(?:scope|powers?|control|remit"
    r"|reach"
    r"|abilit\w+|capabilit\w+|permissions?|authority))\b",
    re.I,
)
# Of the thing itself, which answers a question but fails an order.
IS_NOT_POSSIBLE = re.compile(
    r"\b(?:not|no longer|never|n't)(?: \w+ly)? (?:possible|an option|allowed|permitted|eligible|supported|refundable)\b"
    r"|\b(?:impossible|ineligible|non-?refundable)\b|\bagainst (?:our|the|my|company) (?:\w+ )?(?:polic|rules|terms"
    r"|guideline)"
    r"|\b(?:can(?:not|'t)|can no longer|could(?:n't| not)) be (?!(?:sure|certain|more|better)\b)\w+",
    re.I,
)
WAS_NOT_DONE = re.compile(
    r"\b(?:was|were|is|are|has|have|had|did|does|do)(?:n't| not)(?: (?:been|be|yet|actually|currently|\w+ly))*"
    r" (?:sent|saved|completed?|processed?|booked|reserved|moved|changed|updated|created|added|placed"
    r"|cancell?ed|refunded|applied|accepted|approved|authori[sz]ed|submitted|published|deployed|installed"
    r"|executed|found|fixed|go through|gone through|work(?:ed|ing)?|succeed(?:ed)?|respond(?:ed|ing)?|load(?:ed)?"
    r"|connect(?:ed)?|compiled?|build|built|pass(?:ed)?|successful)\b"
    r"|\bnothing (?:was|has been) (?:moved|changed|sent|booked|done|saved|ordered|created|cancell?ed)\b"
    r"|\b(?:ran|run|running) out of (?:memory|space|time|disk)|\b(?:is|are|was|were|seems?(?: to be)?|be) (?:currently "
    r"|still |now )?(?:offline|unreachable|unavailable|refused|sold out|fully booked|out of stock|locked)\b"
    r"|\b(?:nothing|no \w+(?: \w+)?) (?:is |are )?(?:left|open|free)\b(?! to\b)|\bmakes? no difference\b",
    re.I,
)
FOUND_NOTHING = re.compile(
    r"\b(?:turn(?:ed|s)? up|yield(?:ed|s)?|return(?:ed|s)?|brought up|gave|came up with) (?:nothing|no(?:ne)?\b"
    r"(?! (?:problem|issue|error|warning|conflict)))|\bcame up empty\b|\bempty-handed\b|\bwithout (?:any )?(?:success"
    r"|luck)\b"
    r"|\bno (?:luck|success|such)\b|\bthere(?:'s| is| are| was| were) no(?:thing)? (?!(?:need|problem|charge|fee|cost"
    r"|left|difference|doubt|issue|error|rush|limit|harm|extra|additional)\w*\b)",
    re.I,
)
IN_OTHER_LANGUAGES = re.compile(
    r"\bleider\b|\b(?:kann|konnte|darf|können|konnten) (?:ich |wir )?(?:\w+ ){0,4}(?:nicht|kein\w*)\b|nicht möglich"
    r"|fehlgeschlagen|\bno (?:puedo|podemos|pude|pudimos|se (?:pudo|puede)|es posible|fue posible|está disponible)\b"
    r"|\blamentablemente\b|\blo siento\b|\bmalheureusement\b|\b(?:ne peux|ne pouvons|n'ai|n'avons|n'a) pas (?:pu)?"
    r"|\b(?:n'est pas|pas) possible\b|\bje regrette\b|无法|不能为|未能|失败|没有找到|没找到|不支持"
    r"|できません|できない|いたしかねます|失敗|満室|見つかりません",
    re.I,
)
# The message is an error itself: the agent never came to speak.
IS_ERROR = re.compile(
    r"^\W*(?:(?:api|internal|server|unexpected|fatal|network|system|unknown|runtime|model|connection|request"
    r"|\d{3})\W+)*"
    r"(?:\w*error|\w*exception|traceback)\b ?[:(\d]",
    re.I,
)

BY_SPEAKER = (IS_ERROR, CANNOT_DO, WILL_NOT_DO, LACKS_MEANS)
ABOUT_THE_ORDER = (IS_NOT_POSSIBLE, WAS_NOT_DONE, FOUND_NOTHING)


def denies(sentence: str, *, was_ordered: bool) -> bool:
    """Whether a sentence turns down the request or says that it came to nothing.

    "There is no pool" answers a question and fails an order (`was_ordered`) to find one.
    """
    if IS_PRAISE.search(sentence):
        return False
    if any(pattern.search(sentence) for pattern in BY_SPEAKER) or IN_OTHER_LANGUAGES.search(sentence):
        return True
    return was_ordered and any(pattern.search(sentence) for pattern in ABOUT_THE_ORDER)
