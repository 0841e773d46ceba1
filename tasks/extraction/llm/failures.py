"""What an endpoint says instead of an answer, and which error that is. No Django here.

Providers agree on status codes a little and on words not at all: the words below are those of the back ends that
`docs/llm.md` names. They are looked for in the message alone, never in what an endpoint quotes of the request.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from tasks.extraction.errors import ExtractionError, Misconfigured, Unavailable, UnusableAnswer

LONGEST_WAIT_SECONDS = 3_600.0
LONGEST_WORDS = 600

TOO_LONG = re.compile(
    r"context.?(length|window|size)|maximum (prompt|input|model) length|(prompt|input|message)s? (is|are) too long"
    r"|too many (input )?tokens|request too large|exceeds? the (available|maximum) (context|number of tokens)"
    r"|input token count|string too long|reduce the length|max_new_tokens` must be"
    r"|tokens to keep from the initial prompt|too large for model"
)
FILTERED = re.compile(
    r"content.?(filter|management policy|policy)|usage polic|responsible.?ai|moderation|input was flagged"
    r"|data_inspection_failed|prohibited.content"
)
ABOUT_THE_KEY = re.compile(
    r"(api.?key|credential)s? (is |are )?(not valid|invalid|incorrect|missing|expired)|(invalid|incorrect|missing|no) "
    r"api.?key|invalid_api_key|unauthorized|credit balance|insufficient.?(quota|balance|credit|funds)"
)
ABOUT_THE_MODEL = re.compile(
    r"model[^.]{0,80}(not found|does not exist|not exist|is not available|has been (deprecated|decommissioned|retired))"
    r"|(invalid|unknown|no such|unsupported) model\b|not a valid model|model_not_found|no models? loaded"
)
ABILITY = re.compile(
    r"response_format|json_schema|json_object|json mode|structured output|tool|function|temperature"
    r"|max_(completion_)?tokens|system (role|prompt|message)|\bstream"
)
LACKING = re.compile(r"support|unknown|unrecogni|unexpected|not (allowed|permitted|implemented)|invalid|extra inputs")
# The model was asked rightly and wrote something that is not of the form: Groq says so with a 400.
BAD_GENERATION = ("json_validate_failed", "tool_use_failed", "failed to generate json", "failed to call a function")
DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:([\d.]+)s)?(?:([\d.]+)ms)?")
TOLD_WAIT = re.compile(r"(?:try again in|retry in|retrydelay\W+)\s*([\dhms.]+)")


class Refused(Exception):
    """An endpoint that cannot do what it was asked to do, or not so; the words may say what."""


class TooLong(UnusableAnswer):
    """The messages and the room for the answer do not fit together. `room` tokens would, where that was told."""

    def __init__(self, message: str, *, room: int = 0) -> None:
        super().__init__(message)
        self.room = room


@dataclass(frozen=True)
class Complaint:
    """An answer of an HTTP status of 400 or more, or of 200 with an error in its body."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def error(self) -> dict[str, Any]:
        """The error object, wherever it is: alone, under `error`, in a list, or as FastAPI writes it."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        if isinstance(found, list):
            found = found[0] if found else {}
        if not isinstance(found, dict):
            return {}
        inner = found.get("error", found)
        error = inner if isinstance(inner, dict) else {**found, "message": inner}
        # Mistral puts FastAPI's object where others have a sentence.
        nested = error.get("message")
        return {**error, **nested, "message": None} if isinstance(nested, dict) else error

    @property
    def words(self) -> str:
        """What it says, without what it quotes of the request."""
        error = self.error
        if not error:
            return plain(re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", self.body[:20_000], flags=re.DOTALL))
        said = [error.get(name) for name in ("message", "code", "type", "status", "param")]
        metadata = error.get("metadata")
        said.append(metadata.get("raw") if isinstance(metadata, dict) else None)
        detail = error.get("detail")
        if isinstance(detail, list):
            said += [f"{one.get('loc')} {one.get('msg')}" for one in detail if isinstance(one, dict)]
        else:
            said.append(detail)
        # A code that only repeats the status says nothing.
        return plain("; ".join(str(one) for one in said if isinstance(one, str | int) and one != self.status))

    @property
    def failed_generation(self) -> str | None:
        """What the model wrote, when the complaint is about that alone; None when it is about the request."""
        words = self.words.casefold()
        if self.status in (400, 422, 500) and any(word in words for word in BAD_GENERATION):
            return str(self.error.get("failed_generation") or "")
        return None

    @property
    def retry_after(self) -> float | None:
        return retry_after(self.headers, self.body[:4_000])

    def raised(self) -> ExtractionError | Refused:
        """Return the error that this is."""
        words, status = self.words, self.status
        lower = words.casefold()
        told = words or f"status {status}"
        if status == 413 or TOO_LONG.search(lower):
            return TooLong(f"too long for the LLM: {told}", room=room_left(lower))
        if status < 500 and status != 404 and FILTERED.search(lower):
            return UnusableAnswer(f"the provider's filter refused the messages: {told}")
        if ABOUT_THE_KEY.search(lower) and status < 500:
            return Misconfigured(f"the LLM refuses this key or account: {told}")
        lacks = bool(ABILITY.search(lower) and LACKING.search(lower))
        if status in (404, 500, 501) and lacks:
            return Refused(told)
        if status in (401, 402, 403, 404, 405, 410) or (status < 429 and not lacks and ABOUT_THE_MODEL.search(lower)):
            return Misconfigured(f"the LLM refuses this key, model or address: {told}")
        if status == 429:
            return Unavailable(f"the LLM's rate limit is reached: {told}", retry_after=self.retry_after)
        if status >= 500 or status in (408, 409, 425):
            return Unavailable(f"the LLM answered {status}: {told}", retry_after=self.retry_after)
        return Refused(told)


def plain(text: str) -> str:
    """One line of at most `LONGEST_WORDS` characters that any column takes."""
    text = text.encode(errors="replace").decode().replace("\0", "")
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_WORDS else f"{line[:LONGEST_WORDS]}…"


def retry_after(headers: Mapping[str, str], body: str = "") -> float | None:
    """Return the seconds that the provider asks to wait, if it does: of the headers, else of its words."""
    named = {name.casefold(): value.strip() for name, value in headers.items()}
    found = [
        _number(named.get("retry-after-ms", ""), 0.001),
        _seconds(named.get("retry-after", "")),
        *(
            _duration(named.get(f"x-ratelimit-reset-{kind}", ""))
            for kind in ("requests", "tokens")
            if named.get(f"x-ratelimit-remaining-{kind}", "0") in ("0", "")
        ),
        _epoch(named.get("x-ratelimit-reset", "")),
    ]
    if told := TOLD_WAIT.search(body.casefold()):
        found.append(_duration(told.group(1).rstrip(".")))
    waits = [seconds for seconds in found if seconds is not None]
    return min(max(waits[0], 0.0), LONGEST_WAIT_SECONDS) if waits else None


def _number(text: str, factor: float = 1.0) -> float | None:
    try:
        return float(text) * factor
    except ValueError:
        return None


def _seconds(text: str) -> float | None:
    """Read `Retry-After`: seconds, or a date."""
    if (seconds := _number(text)) is not None:
        return seconds
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return (when - datetime.now(UTC)).total_seconds()


def _duration(text: str) -> float | None:
    """Read `1m30.5s`, `120ms` or plain seconds."""
    if (seconds := _number(text)) is not None:
        return seconds
    if not text or not (found := DURATION.fullmatch(text)):
        return None
    hours, minutes, seconds, thousandths = (float(group or 0) for group in found.groups())
    return hours * 3_600 + minutes * 60 + seconds + thousandths / 1_000


def _epoch(text: str) -> float | None:
    """Read a moment in seconds or milliseconds, or a small number as seconds to wait."""
    number = _number(text)
    if number is None or number < 1e9:
        return number if number is not None else _duration(text)
    moment = number / 1_000 if number > 1e12 else number
    return moment - datetime.now(UTC).timestamp()


def room_left(words: str) -> int:
    """Return how many tokens an answer may have beside these messages, where a complaint tells both; else 0."""
    whole = re.search(r"maximum context length (?:is|of) (\d+)", words)
    asked = re.search(
        r"(\d+) (?:input tokens|(?:tokens )?(?:in|from) (?:the|your) (?:input )?(?:message|prompt))", words
    )
    return max(int(whole.group(1)) - int(asked.group(1)) - 16, 0) if whole and asked else 0
