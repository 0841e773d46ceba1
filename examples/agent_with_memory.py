"""The point of storing tasks and preferences: the next conversation begins with them.

An agent asks Acontext what its user prefers and which requests are still open, and puts both into its prompt.
"""

import os

import httpx
from acontext import AcontextClient
from openai import OpenAI

MODEL = os.environ.get("OPENAI_MODEL", "gpt-4.1")
USER = "ada@example.com"


class Memory:
    """What Acontext knows of a user across sessions. These two endpoints are beyond the SDK: plain HTTP."""

    def __init__(self) -> None:
        self.http = httpx.Client(
            base_url=os.environ["ACONTEXT_BASE_URL"],
            headers={"Authorization": f"Bearer {os.environ['ACONTEXT_API_KEY']}"},
        )

    def preferences(self, user: str) -> list[str]:
        data = self.http.get("/preference", params={"user": user}).raise_for_status().json()["data"]
        return [item["statement"] for item in data["items"]]

    def open_tasks(self, user: str) -> list[str]:
        found = []
        for status in ("running", "pending", "failed"):
            params = {"user": user, "status": status}
            data = self.http.get("/task", params=params).raise_for_status().json()["data"]
            found += [f"{item['data']['task_description']} ({status})" for item in data["items"]]
        return found


def instructions(memory: Memory) -> str:
    """Write the system prompt from what is remembered."""
    lines = ["You are a helpful assistant."]
    if preferences := memory.preferences(USER):
        lines += ["What you know of the user:", *(f"- {line}" for line in preferences)]
    if tasks := memory.open_tasks(USER):
        lines += ["Not finished from earlier:", *(f"- {line}" for line in tasks)]
    return "\n".join(lines)


def converse(llm: OpenAI, acontext: AcontextClient, text: str) -> str:
    """Hold one conversation of one turn, and let Acontext read it."""
    session = acontext.sessions.create(user=USER)
    messages = [{"role": "system", "content": instructions(Memory())}, {"role": "user", "content": text}]
    answer = llm.chat.completions.create(model=MODEL, messages=messages).choices[0].message
    for message in (*messages[1:], answer.model_dump(exclude_none=True)):
        acontext.sessions.store_message(session_id=session.id, blob=message, format="openai")
    acontext.sessions.flush(session.id)
    return answer.content or ""


def main() -> None:
    llm, acontext = OpenAI(), AcontextClient()
    print(converse(llm, acontext, "Please book a table for Friday. I always prefer a quiet corner."))
    print(converse(llm, acontext, "Anything left from last time?"))


if __name__ == "__main__":
    main()
