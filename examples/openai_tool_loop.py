"""An agent with one tool. Every message goes to Acontext as it is said, in OpenAI's own format."""

import json
import os

from acontext import AcontextClient
from openai import OpenAI

MODEL = os.environ.get("OPENAI_MODEL", "gpt-4.1")
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather in a city now",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]


def get_weather(city: str) -> str:
    return f"{city}: 21 °C, dry"


def main() -> None:
    llm, acontext = OpenAI(), AcontextClient()
    session = acontext.sessions.create(user="ada@example.com")
    messages: list[dict] = []

    def say(message: dict) -> None:
        messages.append(message)
        acontext.sessions.store_message(session_id=session.id, blob=message, format="openai")

    say({"role": "user", "content": "What is the weather in Lisbon? I want metric units, always."})
    while True:
        answer = llm.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS).choices[0].message
        say(answer.model_dump(exclude_none=True))
        if not answer.tool_calls:
            break
        for call in answer.tool_calls:
            result = get_weather(**json.loads(call.function.arguments))
            say({"role": "tool", "tool_call_id": call.id, "content": result})

    acontext.sessions.flush(session.id)
    for task in acontext.sessions.get_tasks(session.id).items:
        print(f"#{task.order} {task.status}: {task.data.task_description}")
        for progress in task.data.progresses or []:
            print(f"   - {progress}")


if __name__ == "__main__":
    main()
