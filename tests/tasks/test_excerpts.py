"""Excerpts say what a message says, in the characters that its writer meant."""

import json

import pytest

from sessions.models import Project
from tasks.excerpts import excerpts_of
from tests.factories import make_session, store

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (json.dumps({"say": "请说“你好”\n🙂"}), '{"say": "请说“你好”\\n🙂"}'),
        (json.dumps("请"), '"请"'),
        ('{"half": "\\ud83d"}', '{"half": "\\ud83d"}'),
        ('{"nul": "\\u0000"}', '{"nul": "\\u0000"}'),
        ('{"cut off": "\\u8bf7', '{"cut off": "\\u8bf7'),
        ('{"path": "C:\\\\users"}', '{"path": "C:\\\\users"}'),
        ("请 plain", "请 plain"),
    ],
)
def test_escaped_json_of_tools_is_spelt_out(project: Project, text: str, shown: str) -> None:
    session = make_session(project)
    call = {"id": "c1", "type": "function", "function": {"name": "say", "arguments": text}}
    store(
        session,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": text},
    )
    asked, answered = excerpts_of(session, [1, 2])
    assert asked.words == f"[calls say] {shown}"
    assert answered.words == f"[result] {shown}"
