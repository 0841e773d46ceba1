"""What a user says of themselves, put in the third person."""

import re

SECOND_PERSON = (
    (re.compile(r"\b(?:my|our)\b", re.I), "their"),
    (re.compile(r"\b(?:me|us|myself)\b", re.I), "them"),
    (re.compile(r"\b(?:i|we)(?:'m| am)\b", re.I), "they are"),
    (re.compile(r"\b(?:i|we)\b", re.I), "they"),
)
NUMBERS = dict(
    zip(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve"],
        ["2", "3", "4", "5", "6", "7", "8", "9", "10", "12"],
        strict=True,
    )
)
NUMBER = re.compile(rf"\b(?:{'|'.join(NUMBERS)})\b", re.I)
TAIL = re.compile(
    r"(?:[ ,]+(?:near|please|though|also|too|as well|instead|now|then|there|the|a|for|of|in|any))+\W*$", re.I
)


def third_person(statement: str) -> str:
    statement = NUMBER.sub(lambda found: NUMBERS[found[0].lower()], TAIL.sub("", statement))
    for pattern, other in SECOND_PERSON:
        statement = pattern.sub(other, statement)
    return " ".join(statement.split()).rstrip(" .!")
