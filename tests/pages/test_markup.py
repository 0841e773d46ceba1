"""What is stored never becomes markup, and no page has an inline script or style, or an asset of another host."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sessions.events import add_event
from sessions.models import ApiKey, EndUser, Project, SavedView, Session
from tasks.models import Endpoint, ExtractionRun, Preference, Progress, Task, TaskChange, TaskMessage
from tests.factories import make_session, store

ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>"
TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
ASSETS = sorted(path for path in Path(settings.BASE_DIR, "static").rglob("*") if path.suffix in {".css", ".js"})


class Page(HTMLParser):
    """Collects what a strict content policy would refuse."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.refused: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "style" or (tag == "script" and not values.get("src")):
            self.refused.append(f"inline {tag}")
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.refused.append(f"{tag} {name}")
            if name == "id":
                self.ids.append(value or "")
            is_loaded = name in {"src", "srcset", "action", "data"} or (name == "href" and tag == "link")
            if is_loaded and not (value or "").startswith(("/", "data:image/", "data:audio/")):
                self.refused.append(f"{tag} {name}={value}")
            if name == "href" and (value or "").lower().strip().startswith(("javascript:", "data:", "vbscript:")):
                self.refused.append(f"{tag} {name}={value}")


def call_of(arguments: str) -> dict[str, object]:
    call = {"id": "j", "type": "function", "function": {"name": "f", "arguments": arguments}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


@pytest.fixture
def attacked(project: Project) -> Session:
    """A session in which every text is an attack."""
    session = make_session(project, user=ATTACK, title=ATTACK[:200], extraction_error=ATTACK)
    call = {"id": "c", "type": "function", "function": {"name": ATTACK, "arguments": f'{{"a": "{ATTACK[:25]}"}}'}}
    store(
        session,
        {"role": "system", "content": ATTACK},
        {"role": "user", "content": ATTACK, "name": ATTACK},
        {
            "role": "assistant",
            "content": f"```{ATTACK}\n{ATTACK}\n```\n[x](javascript:alert(4)) ![x](https://e.example/x)",
        },
        {"role": "assistant", "content": None, "tool_calls": [call, {**call, "id": "d"}]},
        {"role": "tool", "tool_call_id": "c", "content": ATTACK},
        {"role": "tool", "tool_call_id": "nobody", "content": ATTACK},
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": f"https://e.example/{ATTACK}"}},
                {"type": "image_url", "image_url": {"url": f"javascript:{ATTACK}"}},
                {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{ATTACK}"}},
                {"type": "file", "file": {"filename": ATTACK, "file_data": "AAAA"}},
                {"type": "input_audio", "input_audio": {"data": "AAAA", "format": ATTACK}},
                {"type": ATTACK, "x": ATTACK},
            ],
        },
    )
    add_event(session, ATTACK, {ATTACK: [ATTACK, {ATTACK: 1}]})
    store(
        session,
        call_of(f'{{"{ATTACK[:25]}": {{"{ATTACK[:25]}": 1}}}}'),
        {"role": "tool", "tool_call_id": "j", "content": f'[{{"{ATTACK[:25]}": "{ATTACK[:25]}"}}]'},
    )
    thinking = [{"type": "thinking", "text": ATTACK}, {"type": "data", "text": ATTACK, "meta": {"data_type": ATTACK}}]
    store(session, {"role": "assistant", "parts": thinking}, format="acontext")
    Session.objects.filter(pk=session.pk).update(title=ATTACK[:200])
    task = Task.objects.create(
        project=project, session=session, order=1, description=ATTACK, status="failed", reason=ATTACK, evidence=[1]
    )
    run = ExtractionRun.objects.create(
        project=project, session=session, from_seq=1, to_seq=2, trigger="flush", extractor="llm", model=ATTACK,
        status="ok", accepted=[ATTACK], rejected=[{"why": ATTACK}], error=ATTACK, attempts=[{ATTACK: ATTACK}],
        exchange={ATTACK: [{"role": ATTACK, "content": ATTACK}]},
    )  # fmt: skip
    ExtractionRun.objects.create(
        project=project, session=session, from_seq=3, to_seq=3, trigger="flush", extractor=ATTACK[:40], status="failed",
        error=ATTACK,
    )  # fmt: skip
    for message in session.messages.all():
        TaskMessage.objects.create(task=task, message=message)
    Progress.objects.create(task=task, text=ATTACK, evidence=[2], run=run)
    Preference.objects.create(
        project=project, session=session, task=task, statement=ATTACK, end_user=EndUser.objects.get(), evidence=[1]
    )
    TaskChange.objects.create(task=task, kind="description", before=ATTACK, after=ATTACK, reason=ATTACK, run=run)
    configs = {"task_success_criteria": ATTACK, "default_task_agent_max_iterations": ATTACK}
    until = timezone.now() + timedelta(minutes=5)
    Project.objects.filter(pk=project.pk).update(
        name=ATTACK, extraction_paused_reason=ATTACK, extraction_paused_until=until, configs=configs
    )
    ApiKey.issue(project, name=ATTACK)
    SavedView.objects.create(project=project, page="sessions", name=ATTACK[:60], query=f"q={quote(ATTACK)}")
    Endpoint.objects.create(model=settings.LLM_SIMPLE_MODEL, abilities={ATTACK: ATTACK})
    return session


def addresses(session: Session) -> dict[str, dict[str, str]]:
    task = session.tasks.get()
    done, failed = session.runs.order_by("from_seq")
    htmx = {"HX-Request": "true"}
    return {
        reverse("tasks:overview"): {},
        reverse("tasks:overview") + "?range=24h": htmx,
        reverse("tasks:sessions"): {},
        reverse("tasks:sessions") + f"?q={quote(ATTACK)}&user={quote(ATTACK)}&configs={quote(ATTACK)}": {},
        reverse("tasks:sessions") + "?status=" + quote(ATTACK): {**htmx, "HX-Target": "results"},
        reverse("tasks:session_users") + "?user=script": {},
        session.get_absolute_url(): {},
        session.get_absolute_url() + "?task=1": {},
        session.get_absolute_url() + "?message=4&find=script+alert": {},
        reverse("tasks:session_messages", args=[session.pk]) + "?from=1&find=img": htmx,
        reverse("tasks:session_message", args=[session.pk, 4]): htmx,
        reverse("tasks:session_turns", args=[session.pk]): htmx,
        reverse("tasks:export", args=[session.pk]): htmx,
        reverse("tasks:delete_session", args=[session.pk]): htmx,
        reverse("tasks:session_live", args=[session.pk]): htmx,
        reverse("sessions:raw_message", args=[session.pk, 4]): htmx,
        reverse("tasks:session_tasks", args=[session.pk]): {},
        reverse("tasks:tasks"): {},
        reverse("tasks:tasks") + "?risk=any&since=2026-01-01T00:00:00%2B00:00": {},
        reverse("tasks:users"): {},
        reverse("tasks:users") + "?q=" + quote(ATTACK): {},
        reverse("tasks:user", args=[session.end_user_id]): {},
        task.get_absolute_url(): {},
        task.get_absolute_url() + "?": htmx,
        reverse("tasks:runs") + f"?session={session.pk}": {},
        reverse("tasks:runs") + f"?like={failed.pk}": {},
        done.get_absolute_url(): {},
        failed.get_absolute_url(): {},
        reverse("sessions:connect"): {},
        reverse("sessions:settings"): {},
        reverse("sessions:settings_keys"): {},
        reverse("sessions:settings_people"): {},
        reverse("sessions:settings_project") + "?days=1": {},
        reverse("tasks:settings_llm"): {},
        "/nothing/": {},
    }


def test_no_stored_text_becomes_markup(page: Client, attacked: Session) -> None:
    for address, headers in addresses(attacked).items():
        text = page.get(address, headers=headers).content.decode()
        assert "<script>alert" not in text, address
        assert "<img src=x" not in text, address
        assert "<svg onload" not in text, address
        assert Page(text).refused == [], address


def test_no_id_stands_twice_in_a_page(page: Client, attacked: Session) -> None:
    for address, headers in addresses(attacked).items():
        ids = Page(page.get(address, headers=headers).content.decode()).ids
        assert sorted(ids) == sorted(set(ids)), address


def test_the_login_page_is_clean_too(client: Client, db: None) -> None:
    response = client.get(reverse("login"))
    assert Page(response.content.decode()).refused == []
    assert "script-src" not in response["Content-Security-Policy"]
    assert "default-src 'self'" in response["Content-Security-Policy"]


def test_a_message_as_plain_text_is_run_by_no_browser(page: Client, attacked: Session) -> None:
    response = page.get(reverse("sessions:raw_message", args=[attacked.pk, 2]))
    assert response["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("path", [*TEMPLATES, *ASSETS], ids=lambda path: path.name)
def test_no_template_or_asset_names_another_host(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href|action|url)\s*(?:=|\()\s*["']?(?:https?:)?//""", text)
    assert not re.search(r"@import|<style|<script(?![^>]*\bsrc=)", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_marks_text_as_safe(path: Path) -> None:
    assert not re.search(r"\|\s*safe\b|autoescape off", path.read_text(encoding="utf-8"))
