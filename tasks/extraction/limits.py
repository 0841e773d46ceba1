"""When a project's sessions are read, how much at a time, at what cost: its own settings over the server's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from sessions import project_settings as names
from sessions.project_settings import SETTINGS

# What a window may hold unless the project says otherwise.
WINDOW_MESSAGES = 64
CONTEXT_MESSAGES = 6
LEDGER_PROGRESSES = 6
# One call and two repairs; a model that fails three times does not get it right the fourth time.
MOST_CALLS = 3


def server_defaults() -> dict[str, float]:
    """What holds for a project that sets nothing itself, of the settings that decide when a session is due."""
    return {
        names.BUFFER_MESSAGES: settings.EXTRACTION_BUFFER_MESSAGES,
        names.BUFFER_TOKENS: settings.EXTRACTION_BUFFER_TOKENS,
        names.TURN_END_SECONDS: settings.EXTRACTION_TURN_END_SECONDS,
        names.SILENCE_SECONDS: settings.EXTRACTION_SILENCE_SECONDS,
        names.MAX_WAIT_SECONDS: settings.EXTRACTION_MAX_WAIT_SECONDS,
        names.CONCURRENCY: settings.EXTRACTION_CONCURRENCY,
    }


@dataclass(frozen=True)
class Limits:
    """A project's limits. A budget that is None is no limit."""

    buffer_messages: int
    buffer_tokens: int
    window_messages: int
    context_messages: int
    ledger_progresses: int
    calls: int
    turn_end_seconds: float
    silence_seconds: float
    max_wait_seconds: float
    concurrency: int
    daily_tokens: int | None
    daily_usd: float | None

    @classmethod
    def of(cls, configs: object) -> "Limits":
        """Read a project's configs, whatever is in them: a setting of no use counts as not set."""
        stored: Mapping[str, Any] = configs if isinstance(configs, Mapping) else {}
        own = {name: value for name, setting in SETTINGS.items() if (value := setting.of(stored)) is not None}
        wanted = server_defaults() | own
        buffer = int(wanted[names.BUFFER_MESSAGES])
        overflow = own.get(names.BUFFER_OVERFLOW)
        daily_tokens = own.get(names.DAILY_TOKENS)
        return cls(
            buffer_messages=buffer,
            buffer_tokens=int(wanted[names.BUFFER_TOKENS]),
            window_messages=max(buffer, WINDOW_MESSAGES) if overflow is None else buffer + int(overflow),
            context_messages=int(own.get(names.CONTEXT_MESSAGES, CONTEXT_MESSAGES)),
            ledger_progresses=int(own.get(names.LEDGER_PROGRESSES, LEDGER_PROGRESSES)),
            calls=min(int(own.get(names.CALLS, MOST_CALLS)), MOST_CALLS),
            turn_end_seconds=wanted[names.TURN_END_SECONDS],
            silence_seconds=wanted[names.SILENCE_SECONDS],
            max_wait_seconds=wanted[names.MAX_WAIT_SECONDS],
            concurrency=int(wanted[names.CONCURRENCY]),
            daily_tokens=None if daily_tokens is None else int(daily_tokens),
            daily_usd=own.get(names.DAILY_USD),
        )
