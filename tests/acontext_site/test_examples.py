"""The examples run as they stand, against the real application and a scripted model."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sessions.models import ApiKey, Project
from tasks.models import Preference, Task
from tests.fakes import Reply, ScriptedLLM
from tests.servers import serving, working

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def run(name: str, project: Project, llm: ScriptedLLM) -> str:
    _, key = ApiKey.issue(project, name="example")
    with serving() as address, working():
        env = os.environ | {
            "ACONTEXT_API_KEY": key,
            "ACONTEXT_BASE_URL": f"{address}/api/v1",
            "OPENAI_API_KEY": "scripted",
            "OPENAI_BASE_URL": llm.url,
            "ANTHROPIC_API_KEY": "scripted",
            "ANTHROPIC_BASE_URL": llm.url.removesuffix("/v1"),
        }
        done = subprocess.run([sys.executable, EXAMPLES / name], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def model() -> object:
    """The example's own model; extraction works offline."""
    with ScriptedLLM() as server:
        yield server


def completion(**message: object) -> Reply:
    return Reply(
        raw=json.dumps(
            {
                "id": "x",
                "object": "chat.completion",
                "created": 0,
                "model": "x",
                "choices": [
                    {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": None, **message}}
                ],
            }
        ).encode()
    )


def blocks(*content: dict, reason: str = "end_turn") -> Reply:
    return Reply(
        raw=json.dumps(
            {
                "id": "m",
                "type": "message",
                "role": "assistant",
                "model": "x",
                "content": content,
                "stop_reason": reason,
                "stop_sequence": None,
                "usage": {"input_tokens": 1, "output_tokens": 1},
            }
        ).encode()
    )


def test_openai_tool_loop(project: Project, model: ScriptedLLM) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Lisbon"}'}}
    model.will_answer(completion(tool_calls=[call]), completion(content="It is 21 °C and dry in Lisbon."))
    assert "#1 success: What is the weather in Lisbon?" in run("openai_tool_loop.py", project, model)
    assert Task.objects.get().links.count() == 4


def test_anthropic_messages(project: Project, model: ScriptedLLM) -> None:
    model.will_answer(
        blocks(
            {"type": "thinking", "thinking": "I run them.", "signature": "c2ln"},
            {"type": "tool_use", "id": "t1", "name": "run_tests", "input": {"path": "tests"}},
            reason="tool_use",
        ),
        blocks({"type": "text", "text": "All 12 tests pass."}),
    )
    assert "#1 success: Run the tests" in run("anthropic_messages.py", project, model)


def test_agent_with_memory(project: Project, model: ScriptedLLM) -> None:
    model.will_answer(
        completion(content="I could not book it: the restaurant is closed on Friday."),
        completion(content="The table for Friday is still open."),
    )
    run("agent_with_memory.py", project, model)
    assert Preference.objects.count() >= 1
    told = model.requests[1]["messages"][0]["content"]
    assert "quiet corner" in told
    assert "Not finished from earlier:" in told
    assert "Book a table for Friday" in told
