"""A project's own settings over the server's, and that nothing stored among them stops extraction."""

import re
from pathlib import Path

import pytest

from sessions.project_settings import SETTINGS
from tasks.extraction.limits import Limits

ROOT = Path(__file__).resolve().parents[2]
DEFAULTS = Limits.of({})


def test_nothing_set_means_the_servers_defaults() -> None:
    expected = Limits(
        buffer_messages=24,
        buffer_tokens=8_000,
        window_messages=64,
        context_messages=6,
        ledger_progresses=6,
        calls=3,
        turn_end_seconds=5,
        silence_seconds=20,
        max_wait_seconds=180,
        concurrency=8,
        daily_tokens=None,
        daily_usd=None,
    )
    assert Limits.of({}) == expected


def test_a_server_may_have_other_defaults(settings) -> None:
    settings.EXTRACTION_BUFFER_MESSAGES, settings.EXTRACTION_TURN_END_SECONDS = 7, 2.5
    limits = Limits.of({"extraction_turn_end_seconds": 3})
    assert (limits.buffer_messages, limits.turn_end_seconds) == (7, 3)


def test_each_setting_is_read_under_its_name() -> None:
    limits = Limits.of(
        {
            "project_session_message_buffer_max_turns": 10,
            "project_session_message_buffer_max_overflow": 5,
            "project_session_message_use_previous_messages_turns": 0,
            "default_task_agent_previous_progress_num": 2,
            "default_task_agent_max_iterations": 1,
            "extraction_turn_end_seconds": 0.5,
            "extraction_silence_seconds": 40,
            "extraction_max_wait_seconds": 400,
            "extraction_buffer_tokens": 100,
            "extraction_daily_tokens": 1_000_000,
            "extraction_daily_usd": 0.25,
            "extraction_concurrency": 2,
        }
    )
    assert limits == Limits(
        buffer_messages=10,
        buffer_tokens=100,
        window_messages=15,
        context_messages=0,
        ledger_progresses=2,
        calls=1,
        turn_end_seconds=0.5,
        silence_seconds=40,
        max_wait_seconds=400,
        concurrency=2,
        daily_tokens=1_000_000,
        daily_usd=0.25,
    )


@pytest.mark.parametrize(
    ("configs", "most"),
    [
        ({"project_session_message_buffer_max_turns": 100}, 100),
        ({"project_session_message_buffer_max_turns": 2}, 64),
        ({"project_session_message_buffer_max_overflow": 0}, 24),
        ({"project_session_message_buffer_max_turns": 3, "project_session_message_buffer_max_overflow": 1}, 4),
    ],
)
def test_a_window_holds_a_full_buffer_and_what_may_overflow(configs: dict[str, int], most: int) -> None:
    assert Limits.of(configs).window_messages == most


@pytest.mark.parametrize("iterations", [3, 4, 6, 100])
def test_the_llm_is_never_asked_more_than_three_times(iterations: int) -> None:
    assert Limits.of({"default_task_agent_max_iterations": iterations}).calls == 3


@pytest.mark.parametrize("configs", [None, [], [1], "x", 7, True])
def test_configs_that_are_no_object_set_nothing(configs: object) -> None:
    assert Limits.of(configs) == DEFAULTS


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("value", [None, "12", "", True, False, [], {}, -1, 1e300, float("inf"), float("nan"), 10**400])
def test_a_value_of_no_use_counts_as_not_set(name: str, value: object) -> None:
    assert Limits.of({name: value}) == DEFAULTS


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_the_ends_of_each_range_are_allowed_and_no_more(setting) -> None:
    assert setting.allows(setting.low)
    assert setting.allows(setting.high)
    assert not setting.allows(setting.low - 1)
    assert not setting.allows(setting.high + 1)
    assert setting.allows(setting.low + 0.5) is not setting.is_whole


def test_the_documentation_names_each_setting() -> None:
    told = re.findall(r"^\| `(\w+)`", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    assert sorted(told) == sorted({*SETTINGS, "task_success_criteria", "task_failure_criteria"})
