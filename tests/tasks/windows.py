"""Windows made by hand, for rules that need no database."""

from typing import Any

from sessions.parts import Kind, Part
from tasks.extraction.window import KnownTask, Window, WindowMessage


def user(seq: int, text: str) -> WindowMessage:
    return WindowMessage(seq, "user", (Part(Kind.TEXT, text),))


def agent(seq: int, text: str) -> WindowMessage:
    return WindowMessage(seq, "assistant", (Part(Kind.TEXT, text),))


def call(seq: int, name: str, arguments: str = "{}") -> WindowMessage:
    meta = {"id": f"c{seq}", "name": name, "arguments": arguments}
    return WindowMessage(seq, "assistant", (Part(Kind.TOOL_CALL, meta=meta),))


def result(seq: int, text: str, **meta: Any) -> WindowMessage:
    return WindowMessage(seq, "user", (Part(Kind.TOOL_RESULT, text, meta={"tool_call_id": f"c{seq - 1}", **meta}),))


def window(*messages: WindowMessage, **known: Any) -> Window:
    return Window(messages=messages, **known)


def known(
    handle: str = "T1", description: str = "Fix the login bug", status: str = "running", **fields: Any
) -> KnownTask:
    return KnownTask(handle=handle, description=description, status=status, **fields)
