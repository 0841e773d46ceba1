"""Read the model's answer out of what it wrote: reasoning, prose, fences and calls written as text. No Django here."""

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from tasks.extraction.answer import Answer

LONGEST_ANSWER = 200_000
# How many opening braces are tried: prose before an answer has few.
MOST_STARTS = 50
THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?(</\1>|\Z)", re.DOTALL)
# Templates that open the thought themselves leave only its end in the answer.
END_OF_THOUGHT = re.compile(r".*</(?:think|thinking|reasoning)>", re.DOTALL)
BEGINS_TASKS = re.compile(r'"tasks"\s*:\s*\[\s*')
AFTER_TASK = re.compile(r"[\s,]*")
# A stretch of characters that comes up so often at the end of a text is no longer an answer.
CIRCLE, ROUNDS = 80, 4
DECODER = json.JSONDecoder(strict=False)


class NoJSON(ValueError):
    """There is no JSON object in it."""


class WrongForm(ValueError):
    """There is JSON, of another form."""


def parse_answer(text: str) -> Answer:
    """Return the first object in a text that is an answer; raises NoJSON or WrongForm, with what is wrong."""
    if len(text) > LONGEST_ANSWER:
        raise NoJSON(f"the answer is too long: {len(text)} characters")
    problem = ""
    for found in _objects(without_thoughts(text)):
        try:
            return Answer.model_validate(_cleaned(found))
        except ValidationError as error:
            # The first complaint is the one about the outermost object.
            problem = problem or "; ".join(
                f"{'.'.join(map(str, e['loc'])) or 'answer'}: {e['msg']}" for e in error.errors()[:5]
            )
    if problem:
        raise WrongForm(f"not the asked JSON: {problem}")
    raise NoJSON("the answer is empty" if not text.strip() else "the answer is not JSON")


def repeats_itself(text: str) -> bool:
    """Whether a text goes round in circles at its end."""
    return text.count(text[-CIRCLE:]) >= ROUNDS if len(text) > ROUNDS * CIRCLE else False


def begun_answer(text: str) -> str:
    """Return an answer with the tasks that a cut off text completes, each once; nothing when there is none."""
    begin = BEGINS_TASKS.search(text)
    position, tasks = begin.end() if begin else len(text), []
    while position < len(text):
        try:
            task, position = DECODER.raw_decode(text, position)
        except ValueError:
            break
        if isinstance(task, dict) and task.get("description") and task not in tasks:
            tasks.append(task)
        position = AFTER_TASK.match(text, position).end()  # type: ignore[union-attr]
    return json.dumps({"tasks": tasks, "preferences": [], "no_task": []}) if tasks else ""


def without_thoughts(text: str) -> str:
    """Leave out what a reasoning model thought aloud. An answer that begins at once may speak of such tags."""
    if text.lstrip().startswith(("{", "```")):
        return text
    return END_OF_THOUGHT.sub("", THOUGHT.sub("", text))


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a text, outer ones first; of a call of a tool, its arguments."""
    start = text.find("{")
    for _ in range(MOST_STARTS):
        if start < 0:
            return
        try:
            found, end = DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            yield from _with_arguments(found)
        start = text.find("{", end)


def _with_arguments(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    called = found.get("function") if isinstance(found.get("function"), dict) else found
    arguments = called.get("arguments", called.get("parameters")) if isinstance(called, dict) else None
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments, strict=False)
        except (ValueError, RecursionError):
            arguments = None
    if isinstance(arguments, dict):
        yield arguments
    yield found


def _cleaned(value: Any) -> Any:
    """Take out what no column can hold: NUL, and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\0", "").encode(errors="replace").decode()
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items()}
    return value
