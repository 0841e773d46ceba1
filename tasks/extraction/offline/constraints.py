"""How something is to be done, said beside what is to be done: "no pandas", "two lines at most"."""

import re
from collections.abc import Iterator

from tasks.extraction.offline.clauses import read_clause
from tasks.extraction.offline.sentences import words
from tasks.extraction.offline.thirdperson import third_person

LONGEST = 9
SHORTEST = 2
LONGEST_FRAGMENT = 8
# A constraint stands between commas, or after "and", "but", "with", "without".
CUT = re.compile(
    r"\s*[,;:()]\s+|\s+[–—-]\s+|\s+(?:and|but)\s+(?=(?:please\s+)?(?:no|not|don't|do|never|keep|with|without|only|at"
    r"|max\w*|leave|in|make|stick)\b)|\s+(?=without\b)|(?<=\w)\.(?=\s|$)"
)

_NUMBER = r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|a dozen|zwei|drei|deux|trois|dos|tres)"
EXCLUDES = re.compile(
    r"^(?:please )?(?:with )?no (?!problem|worr|thank|idea|need|one\b|more\b|rush|matter|doubt|longer|way\b|luck"
    r"|error|result"
    r"|difference|other\b|I\b|that|it\b|not\b|results?\b|such\b|reason)[\w-]+|^(?:ohne|sans|sin) \w+"
    r"|^(?:and )?without (?!success|luck|problem|that\b"
    r"|it\b|this\b"
    r"|him\b|her\b|me\b|any (?:problem|luck|success))\w+|^nothing (?:too|with|that|over|above|before|after)\b",
    re.I,
)
LIMITS = re.compile(
    rf"\b(?:max(?:imum)?(?: of)?|min(?:imum)?(?: of)?|at (?:most|least)|no (?:more|less|fewer|later|earlier) than"
    rf"|up to|under"
    rf"|below|within) (?:the )?[$€£]?{_NUMBER}\b|\b{_NUMBER} \w+ (?:at (?:most|least)|max(?:imum)?|tops|maximal"
    rf"|höchstens|máximo|au plus|or (?:less"
    rf"|fewer|more)|only)\b",
    re.I,
)
ONLY = re.compile(
    r"^(?:please )?(?:[\w-]+ ){1,5}only$|^only (?!if|when|after|because|thing|problem|one\b|then|want|need)\w+"
    r"|\bonly (?:use|work|cite|accept)",
    re.I,
)
SPARES = re.compile(
    r"^(?:please )?(?:(?:don't|do not|never) (?:ever )?(?!worry|know|think|have|need|want|understand|see|get|remember"
    r"|like|care"
    r"|bother|mind|forget|be\b)\w+ \w+|leave .{3,40} (?:alone|as (?:it is|they are|is)|untouched|unchanged|out)\b)",
    re.I,
)
KEEPS = re.compile(
    r"^(?:please )?keep (?!in mind|going|getting|me\b|trying|up\b|it up|that in|an eye|track)\w+ \w+", re.I
)
HOW = re.compile(
    r"\bas [\w-]+ as possible\b|\w (?:if (?:at all )?possible|if you can)$|\b(?:included|preferred|preferably|ideally"
    r"|excluded)\b"
    r"|^(?:please )?(?:keep|make) (?:it|them|this|everything) (?!work|again|so\b|to work|run)\w+"
    r"|^(?:please )?(?:stick (?:to|with)|limit (?:it|yourself) to) \w+|^(?:please )?in (?:plain|simple|british"
    r"|american|formal|short) \w+"
    r"|^(?:plain|british|american|simple|formal|informal) (?:language|english|spelling|tone|words)\b"
    r"|\binstead of (?:my|the|a) \w+",
    re.I,
)
STANDING = re.compile(
    r"\b(?:from now on|in (?:the )?future|going forward|in your (?:answers?|replies|messages|responses)|ever again"
    r"|in all \w+s)\b",
    re.I,
)


def constraints(sentence: str) -> Iterator[str]:
    """Yield the constraints that a request carries, or that stand alone, each as a statement about the user."""
    pieces = [piece.strip(" .!") for piece in CUT.split(sentence)]
    if not read_clause(sentence).is_request and (len(words(sentence)) > LONGEST_FRAGMENT or sentence.endswith("?")):
        return
    for piece in pieces:
        if not SHORTEST <= len(words(piece)) <= LONGEST:
            continue
        if EXCLUDES.search(piece):
            yield third_person(f"The user wants {piece if piece.lower().startswith('no') else f'it {piece}'}")
        elif any(pattern.search(piece) for pattern in (LIMITS, ONLY, HOW, SPARES, KEEPS)) or _is_standing(piece):
            yield _wanted(piece)


def _is_standing(piece: str) -> bool:
    return STANDING.search(piece) is not None and read_clause(piece).is_request


def _wanted(piece: str) -> str:
    is_order = read_clause(piece).form.name == "ORDER"
    said = re.sub(r"^please ", "", piece, flags=re.I)
    said = said[:1].lower() + said[1:] if is_order else said
    return third_person(f"The user wants {'the agent to ' if is_order else ''}{said}")
