"""An OpenAI-compatible server whose right answer is a pure function of the prompt, with faults laid over it."""

import json
import random
import re
import socket
import struct
import threading
import time
from collections import Counter, deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chaos.talks import POISON, progress_of, statement_of

TIMEOUT_SECONDS = 1.0
LATENCY_SECONDS = 0.3
NUMBER = re.compile(r"[Rr]equest (\d+)")
WISH = re.compile(r"Preference (\d+): always")
# What each fault is, in words. Those in WHOLE make a run fail so that its window shrinks: a single message would be
# given up for them, and rightly, so they wait for a larger window.
FAULTS = {
    "timeout": "LLM: no answer within the time-out",
    "429": "LLM: 429 without Retry-After",
    "429-after": "LLM: 429 with Retry-After",
    "500": "LLM: 500",
    "503": "LLM: 503",
    "reset": "LLM: connection reset",
    "half": "LLM: connection closed within the answer",
    "truncated": "LLM: answer cut off (finish_reason length)",
    "refusal": "LLM: refusal",
    "garbage": "LLM: words instead of JSON, once",
    "garbage-always": "LLM: words instead of JSON, also when asked again",
    "empty": "LLM: empty answer",
    "html": "LLM: a page of HTML",
    "no-choice": "LLM: no choice in the answer",
    "other-json": "LLM: JSON of another form",
    "wrong-handles": "LLM: handles and messages that do not exist",
}
WHOLE = ("truncated", "refusal", "garbage-always")


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args: Any) -> None:
        """Clients that are killed are what this is about."""


class Server:
    """Use `faults.append(kind)` to have the next request fail so, `outage` to have all fail."""

    def __init__(self) -> None:
        self.faults: deque[str] = deque()
        self.outage = 0
        self.fired: Counter[str] = Counter()
        self.requests = 0
        self.lost: list[str] = []
        self.garbled: set[str] = set()
        self.lock = threading.Lock()
        ours = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                try:
                    ours.answer(self, body)
                except OSError:
                    self.close_connection = True

            def log_message(self, *args: Any) -> None:
                pass

        self.http = _Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def answer(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        prompt = body["messages"][1]["content"]
        sections = read_prompt(prompt)
        new = sections["new"]
        with self.lock:
            self.requests += 1
            kind = "" if self.outage else self._fault(prompt, len(new))
        if self.outage:
            return send(handler, {"error": {"message": "away"}}, status=self.outage)
        time.sleep(LATENCY_SECONDS * random.uniform(0.8, 1.2))
        if any(POISON in text_of(message) for message in new):
            return send(handler, completion('{"tasks": [', finish_reason="length"))
        return self._send(handler, kind, right_answer(sections, self.lost))

    def _fault(self, prompt: str, messages: int) -> str:
        """Take the next fault that may befall this request."""
        if prompt in self.garbled:
            return "garbage"
        for kind in self.faults:
            if messages > 1 or kind not in WHOLE:
                self.faults.remove(kind)
                self.fired[kind] += 1
                if kind == "garbage-always":
                    self.garbled.add(prompt)
                return kind
        return ""

    def _send(self, handler: BaseHTTPRequestHandler, kind: str, right: dict[str, Any]) -> None:
        match kind:
            case "timeout":
                time.sleep(TIMEOUT_SECONDS + 1)
                handler.close_connection = True
            case "429" | "500" | "503":
                send(handler, {"error": {"message": "scripted"}}, status=int(kind))
            case "429-after":
                send(handler, {"error": {"message": "scripted"}}, status=429, headers={"Retry-After": "1"})
            case "reset":
                handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                handler.connection.close()
                handler.close_connection = True
            case "half":
                send(handler, completion(json.dumps(right)), cut=True)
            case "truncated":
                send(handler, completion(json.dumps(right)[:40], finish_reason="length"))
            case "refusal":
                send(handler, completion(None, refusal="I cannot help with that."))
            case "garbage" | "garbage-always":
                send(handler, completion("I am sorry, here are the tasks: {none}"))
            case "empty":
                send(handler, completion(""))
            case "html":
                send(handler, b"<html><body>Bad gateway</body></html>", kind="text/html")
            case "no-choice":
                send(handler, completion("") | {"choices": []})
            case "other-json":
                send(handler, completion('{"tasks": "none", "ok": true}'))
            case "wrong-handles":
                send(handler, completion(json.dumps(with_wrong_handles(right))))
            case _:
                send(handler, completion(json.dumps(right)))


def read_prompt(prompt: str) -> dict[str, list[dict[str, Any]]]:
    """Return the prompt's JSON lines by section. Raises ValueError for a prompt without new messages."""
    sections: dict[str, list[dict[str, Any]]] = {"new": [], "earlier": [], "tasks": []}
    names = {"NEW messages": "new", "Earlier messages": "earlier", "Known tasks": "tasks"}
    now = ""
    for line in prompt.splitlines():
        if line.startswith("# "):
            now = next((name for words, name in names.items() if line.startswith(f"# {words}")), "")
        elif line.startswith("{") and now:
            sections[now].append(json.loads(line))
    if not sections["new"]:
        raise ValueError("chaos/llm.py does not understand the prompt: no new messages in it")
    return sections


def text_of(message: dict[str, Any]) -> str:
    return " ".join(message["parts"])


def right_answer(sections: dict[str, list[dict[str, Any]]], lost: list[str]) -> dict[str, Any]:
    """Answer as a perfect model would. What it cannot know for want of context is noted in `lost`."""
    new, known = sections["new"], {}
    for task in sections["tasks"]:
        if found := NUMBER.match(task.get("description", "")):
            known[found[1]] = task
    asked = {
        found[1]: message
        for message in (*sections["earlier"], *new)
        if (found := re.match(r"Request (\d+):", text_of(message)))
    }
    tasks: dict[str, dict[str, Any]] = {}
    preferences, aside = [], []
    for message in new:
        text = text_of(message)
        found = NUMBER.search(text)
        if wish := WISH.search(text):
            preferences.append({"statement": statement_of(int(wish[1])), "replaces": "", "message": message["n"]})
        if not found:
            aside.append(message["n"])
            continue
        number = found[1]
        if number not in known and number not in asked:
            lost.append(f"request {number} is neither known nor in sight of message {message['n']}")
            continue
        before = known.get(number, {})
        task = tasks.setdefault(
            number,
            {
                "description": before.get("description") or text_of(asked[number]).partition(".")[0],
                "status": before.get("status", "running"),
                "basis": "claimed",
                "reason": "",
                "progress": [],
                "task": before.get("task", "new"),
                "request": 0 if before else asked[number]["n"],
                "messages": [],
            },
        )
        if task["status"] == "pending":
            task["status"] = "running"
        task["messages"].append(message["n"])
        if text.startswith("Done with"):
            task["status"] = "success"
            task["progress"].append({"text": progress_of(int(number)), "message": message["n"]})
    return {"tasks": list(tasks.values()), "preferences": preferences, "no_task": aside}


def with_wrong_handles(right: dict[str, Any]) -> dict[str, Any]:
    """Name tasks, messages and preferences that do not exist."""
    return {
        "tasks": [{**task, "task": "T99", "request": 9_999, "messages": [9_998]} for task in right["tasks"]],
        "preferences": [{"statement": "The user wants nothing", "replaces": "P99999", "message": 9_999}],
        "no_task": [9_997],
    }


def completion(text: str | None, *, finish_reason: str = "stop", **message: Any) -> dict[str, Any]:
    return {
        "id": "chaos",
        "object": "chat.completion",
        "created": 0,
        "model": "chaos",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish_reason,
                "message": {"role": "assistant", "content": text, **message},
            }
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }


def send(
    handler: BaseHTTPRequestHandler,
    answer: Any,
    *,
    status: int = 200,
    kind: str = "application/json",
    headers: dict[str, str] | None = None,
    cut: bool = False,
) -> None:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2] if cut else body)
    handler.close_connection = cut
