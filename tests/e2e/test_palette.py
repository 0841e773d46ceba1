"""The command palette by keys alone, and by hand."""

import pytest
from playwright.sync_api import Page, expect

from sessions.models import Membership, Project
from tasks.search.indexing import catch_up
from tests.factories import make_session, make_task, store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


@pytest.fixture
def invoices(project: Project) -> None:
    session = make_session(project, user="lena@example.com", title="Invoices of March")
    store(session, {"role": "user", "content": "Which invoices are open?"})
    make_task(session, "List the open invoices", status="failed", reason="The ledger did not answer")
    catch_up(seconds=10)


@pytest.mark.usefixtures("invoices")
def test_a_failed_task_is_reached_by_its_words(tab: Page) -> None:
    tab.goto("/")
    tab.keyboard.press("Control+k")
    words = tab.get_by_role("combobox")
    expect(words).to_be_focused()
    tab.keyboard.type("open invoices")
    chosen = tab.locator('#palette [aria-selected="true"]')
    expect(tab.get_by_role("option", name="List the open invoices")).to_be_visible()
    for _press in range(10):
        if "List the open invoices" in chosen.inner_text():
            break
        tab.keyboard.press("ArrowDown")
    expect(words).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/tasks/*/")
    expect(tab.locator("main")).to_contain_text("The ledger did not answer")


@pytest.mark.usefixtures("invoices")
def test_pages_actions_themes_and_languages_are_chosen(tab: Page) -> None:
    tab.goto("/users/")
    tab.click("[data-palette]")
    tab.keyboard.type("api k")
    expect(tab.locator("#palette [role=option]:visible").first).to_have_text("API keys")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/settings/keys/")
    tab.keyboard.press("Control+k")
    tab.keyboard.type("dark")
    tab.keyboard.press("Enter")
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")
    expect(tab.locator("#palette")).to_be_hidden()
    tab.keyboard.press("Control+k")
    tab.keyboard.type("简体")
    tab.keyboard.press("Enter")
    expect(tab.locator("html")).to_have_attribute("lang", "zh-hans")


def test_another_project_is_switched_to(tab: Page, project: Project, other_project: Project) -> None:
    Membership.objects.create(user=Membership.objects.get().user, project=other_project, role="viewer")
    tab.goto("/users/")
    tab.keyboard.press("Control+k")
    tab.keyboard.type("theirs")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/sessions/")
    expect(tab.locator("#project option:checked")).to_have_text("Theirs")


@pytest.mark.usefixtures("invoices")
def test_escape_closes_and_leaves_the_page_as_it_was(tab: Page) -> None:
    tab.goto("/sessions/")
    tab.keyboard.press("j")
    tab.keyboard.press("Control+k")
    tab.keyboard.type("nothing is called like this")
    expect(tab.locator("#palette [role=option]:visible")).to_have_count(1)
    tab.keyboard.press("Escape")
    expect(tab.locator("#palette")).to_be_hidden()
    expect(tab.locator(".row-link")).to_be_focused()
