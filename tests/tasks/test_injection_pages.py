"""Attacks on whoever looks: pages show text, the API gives data back, and nothing that a message names is fetched."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import batched
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from sessions.models import Project, Session
from tasks.models import ExtractionRun, Preference, Progress, Task, TaskChange
from tests.factories import make_session
from tests.pages.test_markup import Page
from tests.tasks.injections import ATTACKS
from tests.tasks.test_injection_llm import check_evidence, extract_all

HTMX = {"HX-Request": "true"}


class Canary:
    """A server that nobody has a reason to ask for anything."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        ours = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                ours.asked.append(self.path)
                self.send_error(404)

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def canary() -> Iterator[Canary]:
    made = Canary()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def everywhere(text: str, number: int, url: str) -> list[dict[str, Any]]:
    """Write messages that have the attack in every place."""
    call = {"id": f"c{number}", "type": "function", "function": {"name": text, "arguments": text}}
    picture = {"type": "image_url", "image_url": {"url": f"{url}/{number}.png"}}
    paper = {"type": "file", "file": {"filename": text, "file_data": f"data:{text};base64,AAAA"}}
    return [
        {"role": "system", "content": text, "name": text},
        {"role": "user", "content": [{"type": "text", "text": f"Translate: {text}"}, picture, paper], "name": text},
        {"role": "assistant", "content": text, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": f"c{number}", "content": text},
        {"role": "assistant", "content": f"Done: {text}"},
    ]


def stored(api: httpx.Client, session: Session, blobs: list[dict[str, Any]]) -> None:
    messages = [
        {"blob": blob, "format": "openai", "meta": {"note": blob.get("name", "").replace("\0", "")}} for blob in blobs
    ]
    response = api.post(f"/session/{session.pk}/messages/bulk", json={"messages": messages})
    assert response.status_code == 201, response.text[:500]


def test_attacks_are_shown_as_text_given_back_as_data_and_never_followed(
    api: httpx.Client, page: Client, project: Project, canary: Canary
) -> None:
    texts = [text.replace("CANARY", canary.url) for text in ATTACKS.values()]
    sessions = []
    for few in batched(enumerate(texts), 6):
        session = make_session(project)
        blobs = [blob for number, text in few for blob in everywhere(text, number, canary.url)]
        stored(api, session, blobs)
        extract_all()
        check_evidence(session)
        back = api.get(f"/session/{session.pk}/messages", params={"limit": 200, "format": "openai"}).json()["data"]
        assert [item.get("content") for item in back["items"]] == [blob["content"] for blob in blobs]
        sessions.append(session)
    for session in sessions:
        look_at_pages(page, session)
    assert canary.asked == []
    assert not Path("/tmp/acontext-injected").exists()
    # Nothing of these is large enough to be kept outside of its row.
    kept = [name for part in default_storage.listdir("") for name in part] if default_storage.exists("") else []
    assert set(kept) <= {"assets"}


def look_at_pages(page: Client, session: Session) -> None:
    task = Task.objects.filter(session=session).first()
    addresses = [
        session.get_absolute_url(),
        reverse("tasks:session_tasks", args=[session.pk]),
        reverse("tasks:sessions"),
    ]
    if task:
        # What a gullible model may have written is text as well.
        hostile = '<script>alert(1)</script>" onclick=\'alert(2)\' style="x"'
        run = ExtractionRun.objects.filter(session=session).first()
        Task.objects.filter(pk=task.pk).update(description=hostile, reason=hostile, status="failed")
        Progress.objects.create(task=task, text=hostile, evidence=[2], run=run)
        TaskChange.objects.create(task=task, kind="description", after=hostile, reason=hostile, evidence=[2], run=run)
        Preference.objects.create(
            project_id=session.project_id, session=session, task=task, statement=hostile, evidence=[2], run=run
        )
        addresses.append(task.get_absolute_url())
    for address in addresses:
        check_page(page.get(address).content.decode())
    if task:
        check_page(page.get(task.get_absolute_url(), headers=HTMX).content.decode())


def check_page(text: str) -> None:
    assert Page(text).refused == []
    assert "<script>alert" not in text
