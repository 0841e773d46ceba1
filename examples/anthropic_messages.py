"""Messages as Anthropic's SDK has them, thinking and tool blocks included, stored and read back unchanged."""

import os

from acontext import AcontextClient
from anthropic import Anthropic

MODEL = os.environ.get("ANTHROPIC_MODEL", "claude-sonnet-4-5")
TOOLS = [
    {
        "name": "run_tests",
        "description": "Run the test suite",
        "input_schema": {"type": "object", "properties": {"path": {"type": "string"}}},
    }
]


def run_tests(path: str = "tests") -> str:
    return f"{path}: 12 passed"


def main() -> None:
    llm, acontext = Anthropic(), AcontextClient()
    session = acontext.sessions.create(user="ada@example.com")
    messages: list[dict] = []

    def say(message: dict) -> None:
        messages.append(message)
        acontext.sessions.store_message(session_id=session.id, blob=message, format="anthropic")

    say({"role": "user", "content": "Run the tests and tell me whether they pass."})
    while True:
        answer = llm.messages.create(model=MODEL, max_tokens=1024, messages=messages, tools=TOOLS)
        say({"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in answer.content]})
        calls = [block for block in answer.content if block.type == "tool_use"]
        if not calls:
            break
        results = [
            {"type": "tool_result", "tool_use_id": call.id, "content": run_tests(**call.input)} for call in calls
        ]
        say({"role": "user", "content": results})

    assert acontext.sessions.get_messages(session.id, format="anthropic").items == messages
    acontext.sessions.flush(session.id)
    for task in acontext.sessions.get_tasks(session.id).items:
        print(f"#{task.order} {task.status}: {task.data.task_description}")


if __name__ == "__main__":
    main()
