"""The settings of extraction that a project may have in its configs: names, types, ranges. No Django here.

The names that the hosted service has are taken over; what it lacks begins with `extraction_`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BUFFER_MESSAGES = "project_session_message_buffer_max_turns"
BUFFER_OVERFLOW = "project_session_message_buffer_max_overflow"
CONTEXT_MESSAGES = "project_session_message_use_previous_messages_turns"
LEDGER_PROGRESSES = "default_task_agent_previous_progress_num"
CALLS = "default_task_agent_max_iterations"
TURN_END_SECONDS = "extraction_turn_end_seconds"
SILENCE_SECONDS = "extraction_silence_seconds"
MAX_WAIT_SECONDS = "extraction_max_wait_seconds"
BUFFER_TOKENS = "extraction_buffer_tokens"
DAILY_TOKENS = "extraction_daily_tokens"
DAILY_USD = "extraction_daily_usd"
CONCURRENCY = "extraction_concurrency"


def _(text: str) -> str:
    """Mark a text for the catalogue of translations; the page translates it, the API's documentation does not."""
    return text


@dataclass(frozen=True)
class Setting:
    """A number that a project may set. `meaning` is what the API's documentation says of it."""

    name: str
    low: int
    high: int
    meaning: str
    is_whole: bool = True

    def allows(self, value: Any) -> bool:
        """Whether a caller may set this value."""
        types = (int,) if self.is_whole else (int, float)
        return type(value) in types and self.low <= value <= self.high

    def of(self, configs: Mapping[str, Any]) -> float | None:
        """Return what stored configs say; None when they say nothing, or nothing of use, which may be there as well."""
        value: Any = configs.get(self.name)
        if type(value) not in (int, float) or not self.low <= value <= self.high:
            return None
        return None if self.is_whole and value % 1 else float(value)


SETTINGS = {
    setting.name: setting
    for setting in (
        Setting(BUFFER_MESSAGES, 1, 500, _("So many waiting messages are read before the turn has ended")),
        Setting(BUFFER_OVERFLOW, 0, 500, _("So many more may be read in one go, when they wait already")),
        Setting(CONTEXT_MESSAGES, 0, 50, _("Earlier messages that are shown beside the new ones")),
        Setting(LEDGER_PROGRESSES, 0, 50, _("Latest progresses that are shown of each known task")),
        Setting(CALLS, 1, 100, _("Calls of the LLM for one window, repairs included; never more than 3")),
        Setting(TURN_END_SECONDS, 0, 3_600, _("Read so long after the turn of the agent has ended"), is_whole=False),
        Setting(SILENCE_SECONDS, 1, 86_400, _("Read after such a silence inside of a turn"), is_whole=False),
        Setting(MAX_WAIT_SECONDS, 1, 86_400, _("Read when the oldest message has waited so long"), is_whole=False),
        Setting(BUFFER_TOKENS, 100, 1_000_000, _("So many waiting tokens, roughly counted, are read likewise")),
        Setting(DAILY_TOKENS, 1, 10**12, _("Tokens that extraction may use in a day (UTC), then it pauses")),
        Setting(DAILY_USD, 0, 10**6, _("US dollars that extraction may cost in a day (UTC), likewise"), is_whole=False),
        Setting(CONCURRENCY, 1, 1_000, _("Sessions of this project that are read at the same time")),
    )
}
# Each waits no longer than the next.
RISING = (TURN_END_SECONDS, SILENCE_SECONDS, MAX_WAIT_SECONDS)
