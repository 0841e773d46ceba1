"""Several orders in one sentence."""

import re

from tasks.extraction.offline import chinese
from tasks.extraction.offline.actions import OBJECT_STARTS, is_verb
from tasks.extraction.offline.clauses import ASKS, WISHES, read_clause
from tasks.extraction.offline.sentences import HAN, words
from tasks.extraction.offline.verbs import ALSO_NOUNS, DELIVERING

SECOND_REQUEST = re.compile(
    r"(?:,|;)?(?<!ahead)\s+(?:and|plus|und|y|et)\s+(?:(?:then|also|please|kindly)\s+)*(?=\w)"
    r"|,\s+(?:(?:then|also|please)\s+)*(?=\w)",
    re.I,
)


def coordinated(sentence: str) -> list[str]:
    """Cut a sentence of a request where a second order begins: "add a toggle and fix the bug"."""
    if HAN.search(sentence):
        return chinese.coordinated(sentence)
    # What follows a colon tells the parts of what stands before it.
    head, colon, parts = sentence.partition(": ")
    if colon and parts and read_clause(head).is_request:
        return [sentence]
    pieces: list[str] = []
    cuts: list[tuple[int, int, bool]] = []
    start = 0
    for found in SECOND_REQUEST.finditer(sentence):
        ahead = words(sentence[found.end() :])
        is_order = (
            len(ahead) > 2
            and ahead[0] not in DELIVERING
            and is_verb(ahead[0], ahead[1])
            and (ahead[0] not in ALSO_NOUNS or ahead[1] in OBJECT_STARTS)
        )
        asks_again = ASKS.match(sentence[found.end() :]) or WISHES.match(sentence[found.end() :])
        if (is_order or asks_again) and read_clause(sentence[start : found.start()]).is_request:
            cuts.append((found.start(), found.end(), "," not in found[0] or len(found[0].split()) > 1))
            start = found.end()
    # Commas alone cut only in a list that ends with "and".
    if not any(has_word for _, _, has_word in cuts):
        return [sentence]
    start = 0
    for end, begin, _ in cuts:
        pieces.append(sentence[start:end])
        start = begin
    pieces.append(sentence[start:])
    return [piece.strip(" ,;") for piece in pieces if piece.strip(" ,;")]
