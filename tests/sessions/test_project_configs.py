"""The project's own settings: free-form, but what extraction reads must be of use to it."""

import httpx
import pytest

from sessions.models import Project

PATH = "/project/configs"


def test_a_fresh_project(api: httpx.Client) -> None:
    assert api.get(PATH).json() == {"code": 0, "data": {"encryption_enabled": False}, "msg": "ok"}


def test_patches_merge_and_are_seen_at_once(api: httpx.Client, other_api: httpx.Client, project: Project) -> None:
    api.patch(PATH, json={"task_success_criteria": "tests pass", "mine": {"a": None}, "gone": 1})
    answer = api.patch(PATH, json={"gone": None, "task_failure_criteria": None, "mine": {"b": [1]}})
    merged = {"task_success_criteria": "tests pass", "mine": {"b": [1]}}
    assert answer.json() == {"code": 0, "data": merged, "msg": "ok"}
    assert api.get(PATH).json()["data"] == merged | {"encryption_enabled": False}
    assert other_api.get(PATH).json()["data"] == {"encryption_enabled": False}
    assert Project.objects.get(pk=project.pk).configs == merged


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "invalid or too-large JSON body (max 64KB)"),
        (b"{", "invalid or too-large JSON body (max 64KB)"),
        (b"[1]", "invalid or too-large JSON body (max 64KB)"),
        (b"[" * 50_000, "invalid or too-large JSON body (max 64KB)"),
        (b"\xff\xfe", "invalid or too-large JSON body (max 64KB)"),
        (b'{"a": "' + b"x" * 65_536 + b'"}', "invalid or too-large JSON body (max 64KB)"),
        (b"{}", "empty body"),
        (b"null", "empty body"),
        (b'{"task_success_criteria": 7}', "task_success_criteria must be a string"),
        (b'{"task_failure_criteria": ["x"]}', "task_failure_criteria must be a string"),
        (b'{"task_failure_criteria": "%s"}' % ("ü" * 1001).encode(), "task_failure_criteria exceeds max length"),
        (b'{"project_session_message_buffer_max_turns": "abc"}', "project_session_message_buffer_max_turns must be"),
        (b'{"default_task_agent_max_iterations": true}', "default_task_agent_max_iterations must be an integer from 1"),
        (b'{"default_task_agent_max_iterations": 0}', "default_task_agent_max_iterations must be an integer from 1"),
        (b'{"default_task_agent_max_iterations": 6.0}', "default_task_agent_max_iterations must be an integer from 1"),
        (b'{"extraction_silence_seconds": 1e999}', "configs: "),
        (b'{"extraction_silence_seconds": "20"}', "extraction_silence_seconds must be a number from 1 to 86400"),
        (b'{"extraction_daily_usd": -0.01}', "extraction_daily_usd must be a number from 0 to 1000000"),
        (b'{"extraction_daily_tokens": 0.5}', "extraction_daily_tokens must be an integer from 1"),
        (
            b'{"extraction_turn_end_seconds": 30, "extraction_silence_seconds": 20}',
            "extraction_turn_end_seconds (30) must not be more than extraction_silence_seconds (20)",
        ),
        (
            b'{"extraction_silence_seconds": 61, "extraction_max_wait_seconds": 60.5}',
            "extraction_silence_seconds (61) must not be more than extraction_max_wait_seconds (60.5)",
        ),
        (b'{"retention_days": 0}', "retention_days must be an integer from 1 to 36500"),
        (b'{"a": "\\u0000"}', "configs: must not contain NUL"),
        (b'{"a": "\\udfff"}', "configs: "),
        (b'{"task_success_criteria": "\\udfff"}', "configs: "),
        (b'{"a": NaN}', "configs: "),
    ],
)
def test_what_is_refused(api: httpx.Client, project: Project, body: bytes, said: str) -> None:
    answer = api.patch(PATH, content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert answer.json()["msg"].startswith(said)
    assert Project.objects.get(pk=project.pk).configs == {}


def test_settings_that_are_of_use_are_kept(api: httpx.Client) -> None:
    body = {"project_session_message_buffer_max_turns": 4, "task_success_criteria": "ü" * 1000}
    assert api.patch(PATH, json=body).json()["data"] == body
    assert api.patch(PATH, json=dict.fromkeys(body)).json()["data"] == {}


def test_the_content_type_does_not_matter(api: httpx.Client) -> None:
    answer = api.patch(PATH, content=b'{"a": 1}', headers={"Content-Type": "text/plain"})
    assert answer.json()["data"] == {"a": 1}
