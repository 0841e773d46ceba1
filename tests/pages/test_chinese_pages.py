"""In Chinese no English is left on any page, but for what was stored and for names."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from msgspec import to_builtins

from sessions.models import Project
from tasks.corrections import correct_task
from tests.factories import make_session, make_task, store
from tests.filled import PAGES, Filled, fill
from tests.pages.test_session_page import CALL, answer, link

pytestmark = pytest.mark.django_db

# Code is English everywhere; data and names are what they are.
CODE = {"code", "pre", "kbd", "script", "style", "textarea", "samp"}
# What shows messages, in pieces and in short.
MESSAGES = {"markdown", "tool-line", "excerpt-words", "hit-words", "json"}
VOID = {"meta", "link", "img", "input", "br", "hr"}
# What in stored JSON is one of our choices.
CHOICES = {"role", "type", "status", "trigger", "kind", "extractor"}
SHOWN = ("title", "aria-label", "placeholder", "alt", "data-copied", "data-selected", "data-key-label", "data-label")
NAMES = {
    *("Acontext", "API", "SDK", "LLM", "JSON", "JSONL", "CSV", "Markdown", "token", "Token", "Enter", "Esc", "Ctrl"),
    *(
        "UTC",
        "Python",
        "TypeScript",
        "python",
        "typescript",
        "curl",
        "openai",
        "anthropic",
        "gemini",
        "acontext",
        "alice",
    ),
    *("LLM_API_KEY", "LLM_BASE_URL", "ID", "json", "rules"),
}


class Words(HTMLParser):
    """Collects what a person reads or hears of a page, without code."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in VOID:
            is_stored = MESSAGES & set((values.get("class") or "").split())
            self.inside.append("code" if is_stored or values.get("lang") == "en" else tag)
        self.found += [value for name in SHOWN if (value := values.get(name))]

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.inside:
            self.inside.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in SHOWN and value]

    def handle_data(self, data: str) -> None:
        if data.strip() and not CODE & set(self.inside):
            self.found.append(data)


@pytest.fixture
def filled(project: Project, page: Client) -> Filled:
    return fill(project, User.objects.get(username="alice"))


class Stored:
    """All text that agents and people stored, and none that only says which of our choices something is."""

    LONG = 16

    def __init__(self) -> None:
        apps_of_ours = [apps.get_app_config(label) for label in ("agent_sessions", "tasks", "auth")]
        models = [model for app in apps_of_ours for model in app.get_models()]
        self.texts = {squeezed(text) for model in models for text in self._of(model)}
        # What the pages of the table ask for, an example in a field, and a cause with its numbers left out.
        self.texts |= {squeezed(text) for text in ("invoice", "nothing is like this", "nobody", "channel", "email")}
        self.texts |= {squeezed("the endpoint answered"), squeezed("overloaded")}
        self.all = " ".join(self.texts)

    def _of(self, model: type[Model]) -> Iterator[str]:
        names = [field.name for field in model._meta.concrete_fields if not field.choices]
        for row in model._default_manager.values(*names):
            yield from leaves(list(row.values()))

    def has(self, text: str) -> bool:
        text = squeezed(text)
        return text in self.texts or (len(text) >= self.LONG and text in self.all)


def leaves(value: Any) -> Iterator[str]:
    value = to_builtins(value, str_keys=True)
    if isinstance(value, dict):
        value = [each for name, item in value.items() if name not in CHOICES for each in (name, item)]
    if isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, str):
        yield value
        with suppress(ValueError):
            yield from leaves(json.loads(value)) if value[:1] in ("[", "{") else ()


def squeezed(text: str) -> str:
    """Leave letters alone, so that neither marks nor a cut at the end hide that texts are the same."""
    return re.sub(r"[\W_]+", "", text).lower()


def english(text: str, data: Stored) -> list[str]:
    """Return what of a page has English words that are neither stored nor names."""
    left = []
    for words in Words(text).found:
        parts = [words] if data.has(words) else re.split(r"[·:：,，()（）“”|]| - |T\d+ ", words)
        parts = [part for part in parts if not data.has(part) and not part.lstrip().startswith("{")]
        letters = [word for part in parts for word in re.findall(r"\b[A-Za-z]{2,}\b", part)]
        left += [words.strip()] if any(word not in NAMES and not data.has(word) for word in letters) else []
    return left


def test_no_english_is_left_on_any_page(page: Client, filled: Filled) -> None:
    page.post(reverse("language"), {"language": "zh-hans"})
    data = Stored()
    left = {}
    for name, address_of in PAGES.items():
        text = page.get(address_of(filled)).content.decode()
        assert '<html lang="zh-hans"' in text
        if found := english(text, data):
            left[name] = found
    assert left == {}, "\n".join(f"{name}: {line!r}" for name, lines in left.items() for line in lines)


def test_a_setting_out_of_its_range_is_refused_in_chinese(page: Client, project: Project) -> None:
    page.post(reverse("language"), {"language": "zh-hans"})
    address = reverse("sessions:save_extraction", args=[project.pk])
    told = page.post(address, {"extraction_concurrency": "0", "extraction_daily_usd": ""}).content.decode()
    assert "必须是 1 到 1000 之间的整数" in told
    assert "must be" not in told


def test_excerpts_and_who_did_something_are_said_in_chinese(page: Client, project: Project) -> None:
    session = make_session(project)
    store(session, CALL, answer("ok"))
    task = make_task(session, "Run the tests", status="failed", reason="They fail", evidence=[1, 2])
    link(task, 1, 2)
    correct_task(task, status="success", reason="They pass", person=User.objects.get(username="alice"))
    page.post(reverse("language"), {"language": "zh-hans"})
    told = page.get(task.get_absolute_url()).content.decode()
    assert "［调用 run_tests］" in told
    assert "［结果］ ok" in told
    assert "由 alice 更改" in told
    # A file is English, whoever saves it.
    file = page.get(reverse("tasks:export_file", args=[session.pk]) + "?format=markdown").getvalue().decode()
    assert "**Tool call** run\\_tests" in file
    assert not re.search(r"[\u4e00-\u9fff]", file)
