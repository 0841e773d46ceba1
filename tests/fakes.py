"""A scripted LLM server on a real socket. It plays a queue of replies, or behaves as told, and keeps the requests."""

import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

USAGE = {
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "total_tokens": 120,
    "prompt_tokens_details": {"cached_tokens": 40},
}


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
    content_type: str = "application/json"
    usage: dict[str, Any] | None = field(default_factory=lambda: dict(USAGE))
    # The connection is cut after so many bytes of the body.
    cut_after: int | None = None
    # The body is sent byte by byte, with this many seconds between two.
    drip: float = 0.0

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
                "usage": self.usage,
            }
        ).encode()


class ScriptedLLM:
    """Use as a context manager. Without a reply left it answers 500, so that a call too many is seen.

    `behaves` answers the requests for which no reply is queued.
    """

    def __init__(self, behaves: Callable[[dict[str, Any]], Reply] | None = None) -> None:
        self.behaves = behaves or (lambda request: Reply(status=500, error="script is over"))
        self.replies: deque[Reply] = deque()
        self.requests: list[dict[str, Any]] = []
        # Of each request its path and its headers, names in small letters.
        self.calls: list[tuple[str, dict[str, str]]] = []
        self._stopping = threading.Event()
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                scripted.requests.append(request)
                scripted.calls.append((self.path, {name.casefold(): value for name, value in self.headers.items()}))
                reply = scripted.replies.popleft() if scripted.replies else scripted.behaves(request)
                scripted._stopping.wait(reply.wait)
                body = reply.body()
                try:
                    self.send_response(reply.status)
                    self.send_header("Content-Type", reply.content_type)
                    self.send_header("Content-Length", str(len(body)))
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self._send(body, reply)
                except ConnectionError:
                    pass

            def _send(self, body: bytes, reply: Reply) -> None:
                if reply.cut_after is not None:
                    self.wfile.write(body[: reply.cut_after])
                    # With no time to linger the kernel sends a reset.
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.close_connection = True
                elif reply.drip:
                    for at in range(len(body)):
                        if scripted._stopping.wait(reply.drip):
                            break
                        self.wfile.write(body[at : at + 1])
                        self.wfile.flush()
                else:
                    self.wfile.write(body)

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
