"""The words of a text, as search knows them. No Django here.

Where words stand apart (English, German, Arabic) each is one. Where they do not (Chinese, Japanese, Korean, Thai) each
two neighbouring signs are one, and the last sign of a run is one. An identifier is one word, as is each of its parts.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

# Of a message no more is indexed: beyond lies the middle of a log, and few would miss it.
MOST_SIGNS, MOST_WORDS, LONGEST_WORD = 64_000, 5_000, 48

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa"
    "\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
# Marks that belong to the letter before them, and scripts whose vowels are such marks.
MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u3099\u309a"
SIGNS = "\u2190-\u2bff\U0001f000-\U0001faff"
TOKEN = re.compile(
    f"(?P<run>[{UNSPACED}][{UNSPACED}{MARKS}]*)|(?P<word>(?:[^\\W{UNSPACED}]+|[{MARKS}])+)|(?P<sign>[{SIGNS}])"
)
# What TOKEN finds in plain English, four times as quick.
ASCII_WORD = re.compile(r"\w+", re.ASCII)
# userProfile -> user, Profile; HTTPServer -> HTTP, Server; user_id -> user, id.
PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z0-9]+|[^\W_a-zA-Z0-9]+")
ASCII_OTHERS = re.compile(r"[\x00-/:-@\[-^`{-\x7f]")
ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f]")


def folded(text: str) -> str:
    """Return a text as it is compared: small letters without accents, wide and narrow forms as one."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).casefold()
    # A letter may come apart into several and a space between: a ligature of a whole phrase, for one.
    return unicodedata.normalize("NFC", ASCII_OTHERS.sub("", ACCENTS.sub("", plain)))


def parts_of(word: str) -> Iterator[re.Match[str]]:
    """Find the parts of an identifier, where it has more than one. Single letters count as none."""
    if "_" in word or not (word[1:].islower() or word.isupper() or word.isdigit()):
        for match in PART.finditer(word):
            if 1 < match.end() - match.start() < len(word):
                yield match


def pairs_of(run: str) -> Iterator[str]:
    """Cut a run without spaces into what is indexed of it: each two neighbours, and the last sign."""
    for place in range(len(run) - 1):
        yield run[place : place + 2]
    yield run[-1]


def words_of(text: str) -> set[str]:
    """Return the words by which a text is found, no more than `MOST_WORDS`."""
    text = text[:MOST_SIGNS]
    found: set[str] = set()
    # Each once: most words of a text are said again.
    words = dict.fromkeys(ASCII_WORD.findall(text)) if text.isascii() else {}
    runs: dict[str, None] = {}
    for run, word, sign in () if text.isascii() else TOKEN.findall(text):
        if run:
            runs[run] = None
        elif word:
            words[word] = None
        else:
            found.add(sign)
    for run in runs:
        found.update(pairs_of(folded(run)))
    for word in words:
        found.add(folded(word)[:LONGEST_WORD])
        if not word.islower() or "_" in word:
            found.update(folded(part[0])[:LONGEST_WORD] for part in parts_of(word))
    found.discard("")
    return found if len(found) <= MOST_WORDS else set(sorted(found)[:MOST_WORDS])


@dataclass(frozen=True)
class Term:
    """One of the words that are looked for. `is_prefix` also finds longer words that begin with it."""

    text: str
    is_run: bool = False
    is_prefix: bool = False

    @property
    def lexemes(self) -> list[str]:
        """What must be in the index: one word, or each pair of a run."""
        if not self.is_run or len(self.text) == 1:
            return [self.text]
        return list(pairs_of(self.text))[:-1]


# More words than this narrow nothing down any more.
MOST_TERMS = 12


@dataclass(frozen=True)
class Query:
    """What someone looks for: all of its terms must be there. `text` is how it was typed."""

    terms: tuple[Term, ...] = ()
    text: str = field(default="", compare=False)

    @classmethod
    def of(cls, text: str) -> "Query":
        """Read what was typed. The last word may be unfinished, unless a space follows it."""
        terms: dict[Term, None] = {}
        for match in TOKEN.finditer(unicodedata.normalize("NFC", text)):
            term = _term(match, is_last=match.end() == len(match.string))
            if term.text:
                terms[term] = None
        return cls(tuple(terms)[:MOST_TERMS], text)

    @property
    def is_searchable(self) -> bool:
        """Whether there is enough to look for: two letters, or one sign of a script without spaces."""
        return any(term.is_run or len(term.text) > 1 or not term.text.isalnum() for term in self.terms)


def _term(match: re.Match[str], *, is_last: bool) -> Term:
    plain = folded(match[0])
    if match.lastgroup == "run":
        # Of a single sign the index has the pairs that begin with it, and itself at the end of a run.
        return Term(plain, is_run=True, is_prefix=len(plain) == 1)
    return Term(plain[:LONGEST_WORD], is_prefix=is_last and match.lastgroup == "word")
