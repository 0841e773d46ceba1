"""Text cut into sentences, clauses and words, with code and logs left out."""

import re
from functools import lru_cache

from tasks.extraction.offline.stopwords import STOP_WORDS

# Requests stand at the start or the end of a message; what lies between is mostly pasted material.
LONGEST_HEAD = 1600
LONGEST_TAIL = 600

LONG_RUN = re.compile(r"(\W)\1{3,}")
CODE_BLOCK = re.compile(r"```.*?(?:```|\Z)|<(source|code|pre)>.*?(?:</\1>|\Z)", re.S)
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|(?<=[。！？])|\n+|;\s+|\s+[–—-]\s+(?=[a-z])")
ABBREVIATION = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|St|No|vs|e\.g|i\.e|etc|approx|a\.m|p\.m|Jr|Inc)\.|\b[A-Z]\.|^\W*\d+\.)$", re.I
)
LOG_LINE = re.compile(
    r"^\s*(?:File \"|Traceback|at \S+\(|[+\-^~=>|#*]{2,}|\d+[│|→:]|[\w.]*(?:Error|Exception)\b:|\$ |E\s{3}|✖|✗"
    r"|---|===)"
)
WORD = re.compile(r"[^\W\d_][\w'’]*(?:[-_./][\w']+)*|\d[\w.,:/%-]*\w|\d|`[^`]+`", re.U)
IDENTIFIER = re.compile(
    r"`[^`]+`|\b\w+_\w+\b|\b[a-z]+[A-Z]\w+\b|\b\w+\.(?:py|md|js|ts|go|txt|csv|json|ya?ml|toml|html|css|sql)\b"
    r"|/\w[\w/.-]+|--\w[\w-]+"
)
HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


HAN_RUN = re.compile(rf"{HAN.pattern}+")


@lru_cache(maxsize=1024)
def clipped(text: str) -> str:
    """Return head and tail of a text, long runs of one sign shortened, so that no pattern takes long."""
    if len(text) > LONGEST_HEAD + LONGEST_TAIL:
        text = f"{text[:LONGEST_HEAD]}\n{text[-LONGEST_TAIL:]}"
    return LONG_RUN.sub(r"\1\1\1", text)


def prose(text: str) -> str:
    """Return the text without code blocks."""
    text = clipped(text)
    return CODE_BLOCK.sub("\n", text) if "```" in text or "<" in text else text


def sentences(text: str) -> list[str]:
    """Cut the prose of a text at sentence ends and line breaks; log lines are left out."""
    return list(_sentences(text))


# The same message is looked at from many sides.
@lru_cache(maxsize=512)
def _sentences(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for piece in SENTENCE_END.split(prose(text)):
        piece = (piece or "").strip(" \t\"'*_>•")
        if not piece or LOG_LINE.match(piece):
            continue
        if found and ABBREVIATION.search(found[-1]):
            found[-1] = f"{found[-1]} {piece}"
        else:
            found.append(piece)
    return tuple(found)


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """Return the lower-case words of a text; scripts without spaces give overlapping pairs of signs."""
    spaced = HAN_RUN.sub(_pairs, text) if HAN.search(text) else text
    return tuple(word.strip("`").lower().replace("’", "'") for word in WORD.findall(spaced))


def _pairs(run: re.Match[str]) -> str:
    signs = run[0]
    return f" {' '.join(signs[i : i + 2] for i in range(max(1, len(signs) - 1)))} "


@lru_cache(maxsize=4096)
def content_words(text: str) -> frozenset[str]:
    """Return the words that carry meaning, their plural ending cut so that hotel matches hotels."""
    return frozenset(
        stem(word) for word in words(text) if word not in STOP_WORDS and (len(word) > 1 or HAN.match(word))
    )


def stem(word: str) -> str:
    if word.endswith("'s"):
        word = word[:-2]
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def identifiers(text: str) -> frozenset[str]:
    """Return names of code and files, which say most exactly what a request is about."""
    return frozenset(name.strip("`").lower() for name in IDENTIFIER.findall(text))


def overlap(some: frozenset[str], others: frozenset[str]) -> float:
    """Return the share of the smaller set that is in the other."""
    smaller = min(len(some), len(others))
    return len(some & others) / smaller if smaller else 0.0


def shortened(text: str, limit: int) -> str:
    """Cut at a sentence end if one is near enough, else at a word."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    head = text[:limit]
    ends = [match.end() for match in re.finditer(r"[.!?。！？](?=\s|$)|[。！？]", head)]
    if ends and ends[-1] >= limit // 3:
        return head[: ends[-1]]
    return f"{head[: limit - 1].rsplit(' ', 1)[0].rstrip(' ,;:')}…"
