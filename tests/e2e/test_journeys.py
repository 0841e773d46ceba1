"""What people come for, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from sessions import samples
from sessions.models import ApiKey, Project, Session
from tasks.models import Preference, Progress
from tests.factories import PHONES, make_message, make_session, make_task, store
from tests.pages.test_admin import MODELS, address
from tests.pages.test_session_page import CALL, answer, link

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


def test_from_an_empty_project_to_sample_conversations(tab: Page, project: Project) -> None:
    tab.click("text=Make an API key")
    expect(tab.locator("#snippet")).to_contain_text("shown this once")
    key = re.search(r"sk-ac-[\w-]{20,}", tab.locator("#snippet pre").first.inner_text())
    assert key
    assert ApiKey.objects.filter(digest=ApiKey.digest_of(key[0])).exists()
    tab.locator("#snippet summary", has_text="TypeScript").click()
    expect(tab.locator("#snippet pre").nth(1)).to_be_visible()
    expect(tab.locator("#snippet pre").nth(0)).to_be_hidden()
    tab.click("text=Load sample conversations")
    expect(tab.locator("tbody tr")).to_have_count(len(samples.conversations()))


def test_a_live_session_from_first_message_to_task(tab: Page, project: Project) -> None:
    session = make_session(project)
    store(session, PHONES[0], CALL)
    tab.goto(session.get_absolute_url())
    tab.locator(".tool summary").click()
    expect(tab.locator("#m2 .outcome")).to_have_text("no result yet")
    store(session, answer("40 passed"), {"role": "assistant", "content": "All tests pass."})
    expect(tab.locator("#m2 .outcome")).to_contain_text("ok")
    expect(tab.locator("#m2 .tool")).to_have_attribute("open", "")
    expect(tab.locator("#m4")).to_contain_text("All tests pass.")
    task = make_task(session, "Research iPhone 15")
    link(task, 1, 4)
    expect(tab.locator(".task-card")).to_contain_text("Research iPhone 15")
    expect(tab.locator("#m4 .chip")).to_have_text("T1")
    expect(tab.locator("#announcement")).to_have_text("4 messages, 1 tasks")
    tab.locator(".choose").click()
    expect(tab.locator("[data-lit]")).to_have_count(2)
    make_message(session, "Thanks!")
    expect(tab.locator("#m5")).to_contain_text("Thanks!")
    expect(tab.locator("[data-lit]")).to_have_count(2)
    tab.locator(".choose").click()
    expect(tab.locator("[data-lit]")).to_have_count(0)


@pytest.fixture
def done(project: Project) -> Session:
    session = make_session(project, title="Phones")
    store(session, *PHONES)
    task = make_task(session, "Research iPhone 15", status="success", basis="claimed")
    link(task, 1, 2)
    Progress.objects.create(task=task, text="Listed the specs", evidence=[2])
    Preference.objects.create(project=project, session=session, task=task, statement="Short answers", evidence=[1])
    return session


def test_a_task_opens_over_the_list_and_leads_to_its_evidence(tab: Page, done: Session) -> None:
    tab.goto("/tasks/")
    tab.click("text=Research iPhone 15")
    dialog = tab.locator("dialog[open]")
    expect(dialog).to_contain_text("Listed the specs")
    tab.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    tab.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    dialog.locator(".timeline .seq-link").click()
    tab.wait_for_url(f"**{done.get_absolute_url()}?at=2#m2")
    expect(tab.locator("#m2")).to_be_in_viewport()


def test_evidence_in_the_session_scrolls_without_a_reload(tab: Page, done: Session) -> None:
    tab.goto(done.get_absolute_url())
    tab.evaluate("window.stayed = true")
    tab.click(".card-foot a")
    tab.locator("dialog[open] .timeline .seq-link").click()
    expect(tab.locator("dialog[open]")).to_have_count(0)
    expect(tab).to_have_url(re.compile("#m2$"))
    assert tab.evaluate("window.stayed")


def test_the_arrow_keys_move_through_a_picture_and_enter_opens_a_day(tab: Page, done: Session) -> None:
    tab.goto("/?range=7d")
    today = tab.locator("#statuses-6")
    today.focus()
    expect(today.locator("text").first).to_be_visible()
    tab.keyboard.press("ArrowLeft")
    expect(tab.locator("#statuses-5")).to_be_focused()
    expect(today.locator("text").first).to_be_hidden()
    tab.keyboard.press("End")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/tasks/?since=*")
    expect(tab.locator(".row-link")).to_have_text("Research iPhone 15")


def test_the_overview_follows_what_happens(tab: Page, project: Project) -> None:
    session = make_session(project)
    make_message(session)
    tab.goto("/")
    make_task(session, status="failed")
    # The page looks again every few seconds.
    expect(tab.locator(".concerns")).to_contain_text("1 failed task in 7 days", timeout=30_000)
    assert [cookie for cookie in tab.context.cookies() if cookie["name"] == "tz"]


def test_the_theme_changes_at_once_and_stays(tab: Page) -> None:
    tab.click("[name=theme][value=dark]")
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")
    tab.reload()
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_admin_obeys_the_content_policy(tab: Page, done: Session) -> None:
    for model in MODELS:
        tab.goto(address(model, "changelist"))
        if row := model._default_manager.first():
            tab.goto(address(model, "change", row.pk))


def test_a_page_is_read_without_javascript(tab: Page, done: Session) -> None:
    assert tab.context.browser
    plain = tab.context.browser.new_context(
        java_script_enabled=False, base_url=tab.url.split("/?")[0], storage_state=tab.context.storage_state()
    )
    page = plain.new_page()
    page.goto(done.get_absolute_url())
    page.click(".choose")
    expect(page.locator("[data-lit]")).to_have_count(2)
    page.click("text=Details")
    expect(page.locator(".timeline")).to_contain_text("Listed the specs")
    plain.close()
