"""Show where a text has what was looked for. No Django here, and no HTML: pieces of text, some of them hits."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice, takewhile
from typing import NamedTuple

from tasks.search.words import TOKEN, Query, Term, folded, pairs_of, parts_of

SNIPPET_LENGTH, LEAD = 240, 60
# Looked at to find the best place; a text may hold a word ten thousand times.
MOST_HITS = 50


class Piece(NamedTuple):
    """A piece of a text; a hit if it is what was looked for."""

    text: str
    is_hit: bool


def hits_in(text: str, query: Query) -> Iterator[tuple[int, int, Term]]:
    """Find the places of the query's terms in a text, in their order, as (start, stop, term)."""
    runs = [term for term in query.terms if term.is_run]
    words = [term for term in query.terms if not term.is_run]
    for match in TOKEN.finditer(text):
        if match.lastgroup == "run":
            yield from sorted(_in_run(match[0], match.start(), runs), key=lambda hit: hit[:2])
        elif words:
            yield from _in_word(match, words)


def _in_run(run: str, start: int, terms: list[Term]) -> Iterator[tuple[int, int, Term]]:
    plain = folded(run)
    if len(plain) != len(run):
        # Half-wide signs grow together: which became which is not known, so the run is shown as a whole.
        yield from ((start, start + len(run), term) for term in terms if term.text in plain)
        return
    for term in terms:
        wanted = [term.text] if term.text in plain else list(pairs_of(term.text))[:-1]
        for text in wanted:
            place = plain.find(text)
            while place >= 0:
                yield start + place, start + place + len(text), term
                place = plain.find(text, place + len(text))


def _in_word(match: re.Match[str], terms: list[Term]) -> Iterator[tuple[int, int, Term]]:
    word = match[0]
    if term := _fitting(word, terms):
        yield match.start(), match.end(), term
        return
    for part in parts_of(word) if "_" in word or not word.islower() else ():
        if term := _fitting(part[0], terms):
            yield match.start() + part.start(), match.start() + part.end(), term


def _fitting(word: str, terms: list[Term]) -> Term | None:
    plain = folded(word)
    for term in terms:
        if plain == term.text or (term.is_prefix and plain.startswith(term.text)):
            return term
    return None


def snippet_of(text: str, query: Query) -> list[Piece]:
    """Cut out the stretch with the most of what was looked for, as pieces; the beginning where there is nothing."""
    text = printable(text)
    hits = list(islice(hits_in(text, query), MOST_HITS))
    start, stop = _stretch(text, hits)
    pieces = [Piece("…", is_hit=False)] if start else []
    place = start
    for begins, ends, _ in hits:
        if begins < place or begins >= stop:
            continue
        pieces += [Piece(_flat(text[place:begins]), is_hit=False), Piece(_flat(text[begins:ends]), is_hit=True)]
        place = ends
    pieces.append(Piece(_flat(text[place:stop]) + ("…" if stop < len(text) else ""), is_hit=False))
    return [piece for piece in pieces if piece.text]


def printable(text: str) -> str:
    """Return a text without what cannot be shown: NUL, and halves of surrogate pairs; letters with their accents."""
    whole = text.replace("\0", "").encode(errors="replace").decode()
    return unicodedata.normalize("NFC", whole)


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _stretch(text: str, hits: list[tuple[int, int, Term]]) -> tuple[int, int]:
    """Choose where the snippet begins and ends: around the hit that is followed by the most other terms."""
    if not hits or len(text) <= SNIPPET_LENGTH:
        return 0, min(len(text), SNIPPET_LENGTH)

    def terms_from(n: int) -> int:
        end = hits[n][0] + SNIPPET_LENGTH - LEAD
        return len({term.text for _, _, term in takewhile(lambda hit: hit[0] < end, islice(hits, n, None))})

    best = max(range(len(hits)), key=lambda n: (terms_from(n), -n))
    start = max(0, min(hits[best][0] - LEAD, len(text) - SNIPPET_LENGTH))
    if start and (space := re.search(r"\s", text[start : hits[best][0]])):
        start += space.end()
    return start, max(min(len(text), start + SNIPPET_LENGTH), hits[best][1])
