"""The settings of extraction that a project may have in its configs: names, types, ranges. No Django here.

The names are those of the hosted service.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Setting:
    """A number that a project may set. `meaning` says what it does."""

    name: str
    low: int
    high: int
    meaning: str
    is_whole: bool = True

    @property
    def range(self) -> str:
        """The values that are allowed, in words."""
        return f"{'an integer' if self.is_whole else 'a number'} from {self.low} to {self.high}"

    def allows(self, value: Any) -> bool:
        """Whether a caller may set this value."""
        types = (int,) if self.is_whole else (int, float)
        return type(value) in types and self.low <= value <= self.high


MOST = 10**9
SETTINGS = {
    setting.name: setting
    for setting in (
        Setting("project_session_message_use_previous_messages_turns", 1, MOST, "Earlier messages beside the new ones"),
        Setting("project_session_message_buffer_max_turns", 1, MOST, "So many waiting messages are read at once"),
        Setting("project_session_message_buffer_max_overflow", 1, MOST, "So many more may be read in one go"),
        Setting("default_task_agent_max_iterations", 1, MOST, "Calls of the LLM for one window"),
        Setting("default_task_agent_previous_progress_num", 1, MOST, "Latest progresses that are shown of each task"),
    )
}
