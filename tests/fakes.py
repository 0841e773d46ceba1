"""A scripted OpenAI-compatible server on a real socket. It plays a queue of replies and keeps the requests."""

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass
class Reply:
    """One HTTP answer. `content` is the model's text; a dict becomes JSON."""

    content: Any = ""
    status: int = 200
    finish_reason: str = "stop"
    headers: dict[str, str] = field(default_factory=dict)
    error: str = ""
    raw: bytes | None = None
    message: dict[str, Any] = field(default_factory=dict)
    wait: float = 0.0

    def body(self) -> bytes:
        if self.raw is not None:
            return self.raw
        if self.status >= 400:
            return json.dumps({"error": {"message": self.error, "type": "scripted"}}).encode()
        text = self.content if isinstance(self.content, str | None) else json.dumps(self.content)
        return json.dumps(
            {
                "id": "scripted",
                "object": "chat.completion",
                "created": 0,
                "model": "scripted",
                "choices": [
                    {
                        "index": 0,
                        "finish_reason": self.finish_reason,
                        "message": {"role": "assistant", "content": text, **self.message},
                    }
                ],
                "usage": {
                    "prompt_tokens": 100,
                    "completion_tokens": 20,
                    "total_tokens": 120,
                    "prompt_tokens_details": {"cached_tokens": 40},
                },
            }
        ).encode()


class ScriptedLLM:
    """Use as a context manager. Without a reply left it answers 500, so that a call too many is seen."""

    def __init__(self) -> None:
        self.replies: deque[Reply] = deque()
        self.requests: list[dict[str, Any]] = []
        self._stopping = threading.Event()
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                scripted.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                reply = scripted.replies.popleft() if scripted.replies else Reply(status=500, error="script is over")
                scripted._stopping.wait(reply.wait)
                body = reply.body()
                try:
                    self.send_response(reply.status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(body)))
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(body)
                except ConnectionError:
                    pass

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stopping.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def will_answer(self, *replies: Any) -> None:
        """Queue replies: a `Reply`, or an answer's JSON."""
        self.replies.extend(reply if isinstance(reply, Reply) else Reply(reply) for reply in replies)


def answer(*tasks: dict[str, Any], preferences: Any = (), no_task: Any = (), merges: Any = ()) -> dict[str, Any]:
    """Build an LLM answer; each task's missing fields are filled in."""
    filled = [
        {
            "status": "success",
            "basis": "claimed",
            "reason": "",
            "progress": [],
            "task": "new",
            "messages": [task.get("request", 1)],
            **task,
        }
        for task in tasks
    ]
    return {"tasks": filled, "preferences": list(preferences), "no_task": list(no_task), "merges": list(merges)}
