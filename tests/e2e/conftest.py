"""A real Chromium before a real server. Skipped where a person's machine has none; in CI that is a failure."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from sessions.models import Membership, Project

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        missing = "no Chromium on this machine: apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as playwright:
        # Playwright's own loop runs in this thread, which makes Django refuse the ORM unless told.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def owner(project: Project, django_user_model: type) -> str:
    person = django_user_model.objects.create_superuser("alice", password="correct horse")
    Membership.objects.create(user=person, project=project, role=Membership.Role.OWNER)
    return "alice"


@pytest.fixture
def tab(browser: Browser, live_server: LiveServer, owner: str) -> Iterator[Page]:
    """A tab in which Alice is logged in. The test fails if the console complains of anything."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/login/")
    page.fill("[name=username]", owner)
    page.fill("[name=password]", "correct horse")
    page.click("main button")
    page.wait_for_url(lambda url: "/login/" not in url)
    yield page
    # What a page that is being closed still does is nobody's to see.
    heard = list(complaints)
    context.close()
    assert heard == []
