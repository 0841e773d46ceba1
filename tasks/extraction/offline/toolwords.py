"""What a tool was asked and what it answered, in words: no raw JSON."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from sessions.parts import Part
from tasks.extraction.offline.plain import cut, plain
from tasks.extraction.offline.sentences import stem

LONGEST_ARGUMENTS = 70
LONGEST_VALUE = 40
LONGEST_ANSWER = 90
MOST_PAIRS = 4
MOST_NAMES = 3
# Longer answers are data, not words, and are told by their first characters.
LARGEST_JSON = 200_000
# Keys that only wrap what is answered, and keys that name a thing of a list.
WRAPPERS = ("result", "results", "output", "data", "response", "content", "items", "value", "answer")
NAMES = ("name", "title", "label", "subject", "summary", "message")
EMPTY: tuple[Any, ...] = (None, "", [], {})
SECRET = re.compile(r"token|secret|password|passwd|api_?key|credential|\bpin\b|cvv", re.I)
IS_ID = re.compile(r"(?:^|_)(?:id|uuid|key)$|Id$", re.I)
IS_COMMAND = re.compile(r"command|cmd|query|sql|input|script", re.I)
TORN_PAIR = re.compile(r"[\"'](\w+)[\"']\s*:\s*(?:[\"']([^\"'\n]{1,80})[\"']|(-?\d[\d.]*)\b)")
ERRORS = ("error", "errors", "exception", "error_message", "error_code", "code")
EXPLANATIONS = ("message", "detail", "details", "reason", "description", "error_description", "hint")
BRACKETS = re.compile(r"(?<!\w)[{\[]+|[}\]]+(?!\w)|\"|\\[nrt]")


def data_of(text: str) -> Any:
    """Return what a text holds if it is a JSON object or list, or one as Python writes it; else None."""
    text = text.strip()
    if not text.startswith(("{", "[")) or len(text) > LARGEST_JSON:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text) if len(text) < LARGEST_JSON // 10 else None
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return None


def call_in_words(call: Part) -> str:
    """Return the tool's name with its arguments: search_hotels(area=Alfama, max_price_eur=140)."""
    name = str(call.get("name") or "tool")
    arguments = call.get("arguments")
    data = data_of(arguments) if isinstance(arguments, str) else arguments
    if isinstance(data, Mapping):
        given = {key: value for key, value in data.items() if value not in EMPTY}
        told = ", ".join(
            f"{key}={'…' if SECRET.search(key) else _argument(value, key)}" for key, value in given.items()
        )
    else:
        told = without_brackets(str(arguments or "")[: 2 * LONGEST_ARGUMENTS])
    return f"{name}({cut(told, LONGEST_ARGUMENTS)})"


def answer_in_words(text: str, *, asked: str = "") -> str:
    """Return what a tool answered: counts of lists, the first values of an object, the telling line of a text.

    Values that stand in the call already are not told again.
    """
    data = data_of(text)
    if isinstance(data, list | Mapping):
        return cut(_thing(data, asked), LONGEST_ANSWER)
    if text.lstrip().startswith(("{", "[")) and (torn := TORN_PAIR.findall(text[:2000])):
        first: dict[str, str] = {}
        for key, words, number in torn:
            first.setdefault(key, words or number)
        return cut(_thing(first, asked), LONGEST_ANSWER)
    return cut(without_brackets(_line(text)), LONGEST_ANSWER)


def without_brackets(text: str) -> str:
    """Return a text without the marks of JSON, for what was cut off or is none."""
    return " ".join(BRACKETS.sub(" ", text).split())


def error_in_words(text: str) -> str:
    """Return the code and the message of an error that is an object; empty when the text is none."""
    data = data_of(text)
    if not isinstance(data, Mapping):
        return ""
    found = next((data[key] for key in ERRORS if data.get(key)), None)
    if isinstance(found, list):
        return "; ".join(_texts(found, most=MOST_NAMES))
    inner = found if isinstance(found, Mapping) else {}
    codes = [data.get(key) for key in ERRORS] + [inner.get(key) for key in ("type", "code", "name")]
    explained = [place.get(key) for place in (inner, data) for key in EXPLANATIONS]
    told: list[str] = []
    for value in (*_texts(codes, most=1), *_texts(explained, most=1)):
        if value not in told:
            told.append(value)
    return " – ".join(told)


def _texts(values: list[Any], *, most: int) -> list[str]:
    """Return the first values that are words or numbers, as text."""
    told = [str(value).strip() for value in values if isinstance(value, str | int) and not isinstance(value, bool)]
    return [value for value in told if value][:most]


def _argument(value: Any, key: str = "") -> str:
    if SECRET.search(key):
        return "…"
    if isinstance(value, str):
        if "\n" in value.strip() and not IS_COMMAND.search(key):
            return "…"
        first, *more = value.strip().split("\n", 1)
        return f"{cut(first, LONGEST_VALUE - 1).rstrip('…')}…" if more else cut(first, LONGEST_VALUE)
    if isinstance(value, list):
        if all(isinstance(item, str | int | float) for item in value):
            return cut("/".join(str(item) for item in value), LONGEST_VALUE)
        return f"{len(value)} items" if len(value) != 1 else "1 item"
    return cut(_thing(value, ""), LONGEST_VALUE) if isinstance(value, Mapping) else _scalar(value)


def _thing(data: Any, asked: str, *, depth: int = 0) -> str:
    """Return an object or a list in words."""
    if isinstance(data, list):
        return _many("result", data)
    filled = {key: value for key, value in data.items() if value == [] or value not in EMPTY}
    if len(filled) == 1 and depth < 2:
        key, value = next(iter(filled.items()))
        if key in WRAPPERS and isinstance(value, Mapping):
            return _thing(value, asked, depth=depth + 1)
        if key in WRAPPERS and not isinstance(value, list):
            return _line(_scalar(value))
    told = ""
    for pair in islice(_pairs(filled, asked, depth), MOST_PAIRS):
        if told and len(told) + len(pair) > LONGEST_ANSWER - 2:
            break
        told = f"{told}; {pair}" if told else pair
    return told or "done"


def _pairs(data: Mapping[str, Any], asked: str, depth: int) -> Iterator[str]:
    for key, value in data.items():
        words = str(key).replace("_", " ").strip()
        if SECRET.search(str(key)) or (key == "count" and len(data) > 1):
            continue
        if isinstance(value, list):
            yield _many("result" if key in WRAPPERS else words, value)
        elif isinstance(value, Mapping):
            if depth < 1:
                yield f"{words}: {_thing(value, asked, depth=depth + 1).replace('; ', ', ')}"
        elif value is True:
            yield words
        elif (told := _scalar(value)) and not (len(told) > 1 and told in asked):
            yield f"{words}: {cut(_line(told), LONGEST_VALUE)}"


def _many(what: str, values: list[Any]) -> str:
    """Return how many there are, and the names of the first: "3 hotels: Sol, Mar, Lua"."""
    if not values:
        return f"no {what}" if what.endswith("s") else f"no {what}s"
    noun = stem(what) if len(values) == 1 else what if what.endswith("s") else f"{what}s"
    names = [name for value in values[:MOST_NAMES] if (name := _name(value))]
    more = ", …" if len(values) > len(names) else ""
    return f"{len(values)} {noun}: {', '.join(names)}{more}" if names else f"{len(values)} {noun}"


def _name(value: Any) -> str:
    if not isinstance(value, Mapping):
        return cut(_line(_scalar(value)), LONGEST_VALUE // 2) if isinstance(value, str | int | float) else ""
    told = {str(key): item for key, item in value.items() if isinstance(item, str | int | float) and item != ""}
    best = [told[key] for key in NAMES if key in told] or [told[key] for key in told if not IS_ID.search(key)]
    return cut(_scalar(next(iter([*best, *told.values()]), "")), LONGEST_VALUE // 2)


def _scalar(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


IS_CODE = re.compile(
    r"[{};=<>\\]|^\s*(?:(?:def|class|import|from|return|if|for|while|let|const|var|public|private)\b|#|//|@|[+*/-]"
    r"|\d+[│|→:])|:\s*$|\w\("
)
VERDICT = re.compile(r"\b\d+ (?:passed|failed|errors?|warnings?|tests?|files?|rows?)\b|\bexit code\b", re.I)


def _line(text: str) -> str:
    """Return the line of an output that tells most: a count of tests, else the first one in words."""
    lines = [line.strip() for line in text[:4000].splitlines() if line.strip()]
    if len(text) > 4000:
        lines += [line.strip() for line in text[-2000:].splitlines() if line.strip()]
    if len(lines) < 2:
        return plain(lines[0]) if lines and lines[0] not in ("None", "null") else "done"
    verdict = next((line for line in reversed(lines) if VERDICT.search(line)), "")
    said = next((line for line in lines[:5] if re.search(r"[^\W\d]{3}", line) and not IS_CODE.search(line)), "")
    return plain(verdict.strip("=-* ") or said) or f"{text.count(chr(10)) + 1} lines"
