"""From a key to what an agent did with it, and the main ways through the product without a mouse."""

import pytest
from acontext import AcontextClient
from playwright.sync_api import Page, expect

from sessions.models import Project
from tasks.models import Task
from tasks.search.indexing import catch_up
from tests.factories import PHONES, make_session, make_task, store
from tests.pages.test_session_page import link
from tests.servers import serving, working

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
MOST_TABS = 60


def tab_to(tab: Page, selector: str) -> None:
    """Press Tab until this has the focus."""
    for _press in range(MOST_TABS):
        if tab.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        tab.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_key_is_made_used_by_an_agent_and_its_tasks_seen(tab: Page, project: Project) -> None:
    tab.goto("/")
    tab.keyboard.press("Control+k")
    tab.keyboard.type("api keys")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/settings/keys/")
    tab_to(tab, "#id_name")
    tab.keyboard.type("Shopping agent")
    tab.keyboard.press("Enter")
    secret = tab.locator(".new-key code").inner_text()
    with serving() as address, working(), AcontextClient(api_key=secret, base_url=f"{address}/api/v1") as agent:
        session = agent.sessions.create(user="lena@example.com")
        for blob in PHONES:
            agent.sessions.store_message(session_id=session.id, blob=blob, format="openai")
        agent.sessions.flush(session.id)
    tab.keyboard.press("g")
    tab.keyboard.press("s")
    tab.wait_for_url("**/sessions/")
    tab.keyboard.press("j")
    tab.keyboard.press("Enter")
    expect(tab.locator("h1")).to_contain_text("Research iPhone 15")
    expect(tab.locator(".task-card")).to_have_count(2)
    tab.goto("/settings/keys/")
    expect(tab.locator(".row-item", has_text="Shopping agent")).to_contain_text("last used")


@pytest.fixture
def failed(project: Project) -> Task:
    session = make_session(project, title="Deploy the billing service", user="lena@example.com")
    store(
        session,
        {"role": "user", "content": "Deploy the billing service"},
        {"role": "assistant", "content": "The cluster refused me: no permission for namespace billing."},
    )
    task = make_task(
        session, "Deploy the billing service", status="failed", basis="shown", reason="No permission", evidence=[2]
    )
    link(task, 1, 2)
    catch_up(seconds=10)
    return task


def test_a_failed_task_and_its_cause_are_found_from_the_overview(tab: Page, failed: Task) -> None:
    tab.goto("/")
    tab_to(tab, ".concerns a")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/tasks/?*")
    tab.keyboard.press("j")
    tab.keyboard.press("Enter")
    expect(tab.locator("dialog[open]")).to_contain_text("No permission")
    tab_to(tab, "dialog[open] .reason .seq-link")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/sessions/**#m2")
    expect(tab.locator("#m2")).to_contain_text("no permission for namespace billing")
    expect(tab.locator("#m2")).to_be_in_viewport()


def test_a_task_is_searched_corrected_and_the_correction_taken_back(tab: Page, failed: Task) -> None:
    tab.goto("/")
    tab.keyboard.press("/")
    tab.keyboard.type("billing")
    expect(tab.get_by_role("option", name="Deploy the billing service").first).to_be_visible()
    chosen = tab.locator('#palette [aria-selected="true"]')
    for _press in range(10):
        if (chosen.get_attribute("href") or "").startswith("/tasks/"):
            break
        tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**{failed.get_absolute_url()}")
    tab.keyboard.press("e")
    tab_to(tab, "#edit-status")
    tab.keyboard.type("success")
    tab_to(tab, "#edit-reason")
    tab.keyboard.type("It was deployed by hand")
    tab.keyboard.press("Enter")
    expect(tab.locator(".toast")).to_contain_text("The task is corrected")
    tab_to(tab, ".toast-undo")
    tab.keyboard.press("Enter")
    expect(tab.locator(".task-card-head .badge").first).to_have_text("failed")
    failed.refresh_from_db()
    assert failed.status == "failed"


def test_a_session_is_saved_as_a_file(tab: Page, failed: Task) -> None:
    tab.goto(failed.session.get_absolute_url())
    tab.keyboard.press("Control+k")
    tab_to(tab, "#palette-words")
    tab.keyboard.press("Escape")
    tab_to(tab, "a[href*='/export/']")
    tab.keyboard.press("Enter")
    save = tab.locator("button:visible", has_text="Save the file").first
    expect(save).to_be_visible()
    save.focus()
    with tab.expect_download() as download:
        tab.keyboard.press("Enter")
    assert "no permission" in download.value.path().read_text(encoding="utf-8")


def test_the_language_is_changed_and_stays(tab: Page, failed: Task) -> None:
    tab.goto("/tasks/?status=failed")
    tab_to(tab, "[name=language][value=zh-hans]")
    tab.keyboard.press("Enter")
    expect(tab.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(tab).to_have_url("/tasks/?status=failed")
    tab.goto("/")
    expect(tab.locator("h1")).to_have_text("概览")
