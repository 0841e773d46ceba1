"""What a tool answered: an error or not, and what went wrong."""

import re

from sessions.parts import Part, text_of
from tasks.extraction.offline.plain import cut, plain
from tasks.extraction.offline.sentences import LONG_RUN
from tasks.extraction.offline.toolwords import error_in_words, without_brackets

# Errors stand at the start (an exception) or at the end (an exit code) of an output.
LOOKED_AT = 2000
LONGEST_REASON = 120

FAILS = re.compile(
    r"^[^\w\n\"'{]*(?:error|exception|fatal|failed|failure|traceback)\b|<tool_use_error>"
    r"|\btraceback \(most recent call|^\s*\w*(?:Error|Exception)\b ?:"
    r"|^(?:bash|sh|zsh): .*(?:not found|denied|no such)"
    r"|\b(?:command not found|no such file or directory|permission denied|segmentation fault"
    r"|connection refused|timed? ?out)\b|\bexit(?:ed)?(?: with)?(?: (?:code|status))?:? ?[1-9]\d*\b"
    r"|^panic: |^make: \*{3} |\berror (?:code )?[1-9]\d*$|\bunable to \w+|\bcould not (?:connect|resolve|open|find"
    r"|read)\b"
    r"|\breturn(?:ed)? (?:code|status) ?[1-9]|\b(?:http|status(?: code)?)[ :/\d.]*[45]\d\d\b"
    r"|[\"'](?:error|errors|exception|error_message)[\"']\s*:\s*(?![\"']{2}|null|none|false|\[\]|\{\}|0)\S"
    r"|[\"']?(?:success|ok|is_success)[\"']?\s*[:=]\s*false"
    r"|[\"'](?:status|result|\w*status)[\"']\s*:\s*[\"'][\w ]*(?:error|fail|unavailable|denied|rejected)\w*"
    r"|\b[1-9]\d* (?:failed|failures?|errors?)\b|^(?:FAIL|FAILED|ERROR)\b|^npm ERR!|--- FAIL",
    re.I | re.M,
)
FAILS_NOT = re.compile(r"\b(?:0|no) (?:failed|failures?|errors?|issues)\b", re.I)
BARE_CODE = re.compile(
    r"^\W*FAIL(?:ED)?\W*$"
    r"|^\W*(?:process )?(?:exit(?:ed)?|return(?:ed)?)\b[\w ]*(?:code|status)\W*\d+\W*$",
    re.I,
)
REASON = re.compile(r"[^\n]*(?:error|exception|fail|not found|denied|exit code|unavailable|timed out)[^\n]*", re.I)


def said_by(part: Part) -> str:
    """Return what a tool result says, however it is kept."""
    if part.text:
        return part.text
    for key in ("content", "output", "result"):
        value = part.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            return "\n".join(str(item.get("text", item)) if isinstance(item, dict) else str(item) for item in value)
        if value is not None:
            return str(value)
    return text_of([part])


def is_error(part: Part) -> bool:
    """Whether a tool result reports a failure, by its mark or by general cues in its head and tail."""
    if part.get("is_error"):
        return True
    text = said_by(part)
    if len(text) > 2 * LOOKED_AT:
        text = f"{text[:LOOKED_AT]}\n{text[-LOOKED_AT:]}"
    text = LONG_RUN.sub(r"\1\1\1", text)
    return FAILS.search(FAILS_NOT.sub("", text)) is not None


def reason_of(part: Part) -> str:
    """Return what went wrong: an error object's code and message, else the line where logs put it, the last one."""
    text = said_by(part)
    if told := error_in_words(text):
        return cut(told, LONGEST_REASON)
    lines = REASON.findall(text[-LOOKED_AT:]) or REASON.findall(text[:LOOKED_AT])
    # "exit code 1" alone says that something went wrong, not what.
    telling = [line for line in lines if not BARE_CODE.match(line)] or lines
    said = telling[-1] if telling else text[-LOOKED_AT:]
    return cut(plain(without_brackets(said)).strip(), LONGEST_REASON)
