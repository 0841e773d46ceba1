"""Keys: lists are walked, pages reached, actions done, and all of it can be looked up and switched off."""

import pytest
from playwright.sync_api import Page, expect

from sessions.models import Project
from tests.factories import make_message, make_session, make_task

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


@pytest.fixture
def rows(project: Project) -> None:
    for title in ("Third", "Second", "First"):
        session = make_session(project, title=title, user=title.lower())
        make_message(session)
        make_task(session, f"Task of {title}")


def press(tab: Page, *keys: str) -> None:
    for key in keys:
        tab.keyboard.press(key)


@pytest.mark.usefixtures("rows")
def test_j_and_k_walk_through_a_list_and_enter_opens(tab: Page) -> None:
    tab.goto("/sessions/")
    links = tab.locator(".row-link")
    press(tab, "j")
    expect(links.nth(0)).to_be_focused()
    press(tab, "j", "j", "j", "j")
    expect(links.nth(2)).to_be_focused()
    press(tab, "k")
    expect(links.nth(1)).to_be_focused()
    press(tab, "Enter")
    expect(tab.locator("h1")).to_have_text("Second")


@pytest.mark.usefixtures("rows")
def test_k_comes_back_to_the_row_after_a_dialog_was_closed(tab: Page) -> None:
    tab.goto("/tasks/")
    press(tab, "j", "j", "Enter")
    expect(tab.locator("dialog[open]")).to_contain_text("Task of Second")
    press(tab, "g", "s", "Escape")
    expect(tab.locator("dialog[open]")).to_have_count(0)
    press(tab, "k")
    expect(tab.locator(".row-link").nth(0)).to_be_focused()


@pytest.mark.usefixtures("rows")
def test_two_keys_reach_a_page_and_slash_its_search(tab: Page) -> None:
    tab.goto("/")
    press(tab, "g", "u")
    tab.wait_for_url("**/users/")
    press(tab, "/")
    field = tab.locator("main input[type=search]")
    expect(field).to_be_focused()
    # In a field a key is a letter.
    tab.keyboard.type("g s j ?")
    expect(field).to_have_value("g s j ?")
    expect(tab.locator("dialog[open]")).to_have_count(0)


@pytest.mark.usefixtures("rows")
def test_keys_with_a_modifier_are_left_to_the_browser(tab: Page) -> None:
    tab.goto("/sessions/")
    press(tab, "Control+j", "Alt+j")
    expect(tab.locator("body")).to_be_focused()


@pytest.mark.usefixtures("rows")
def test_the_help_lists_what_this_page_understands(tab: Page) -> None:
    tab.goto("/sessions/")
    press(tab, "?")
    dialog = tab.locator("dialog#keys")
    expect(dialog).to_be_visible()
    expect(dialog.locator("div", has_text="Users").last).to_contain_text("gu")
    expect(dialog.locator("text=Next and previous row")).to_be_visible()
    expect(dialog.locator("text=Move through time")).to_be_hidden()
    expect(dialog.locator("div", has_text="Go to or do anything").last).to_contain_text("Ctrl K")
    press(tab, "Escape")
    expect(dialog).to_be_hidden()
    tab.goto("/?range=7d")
    tab.click("[data-help]")
    expect(dialog.locator("text=Move through time")).to_be_visible()
    expect(dialog.locator("text=Next and previous row")).to_be_hidden()


def test_the_help_says_that_rows_are_selected_where_they_are(tab: Page, project: Project) -> None:
    session = make_session(project)
    make_message(session, "A long story. " * 1_000)
    dialog = tab.locator("dialog#keys")
    for address, is_told in (("/sessions/", True), (session.get_absolute_url(), False)):
        tab.goto(address)
        # What unfolds a message is a box, too.
        assert tab.locator("[data-list] input[type=checkbox]").count()
        press(tab, "?")
        expect(dialog.locator("text=Next and previous row")).to_be_visible()
        expect(dialog.locator("text=Select the row")).to_be_visible(visible=is_told)


@pytest.mark.usefixtures("rows")
def test_the_keys_are_switched_off_for_this_browser(tab: Page) -> None:
    tab.goto("/sessions/")
    press(tab, "?")
    tab.uncheck("#keys [name=keys]")
    press(tab, "Escape")
    tab.reload()
    press(tab, "j", "?", "g", "u")
    expect(tab.locator("dialog[open]")).to_have_count(0)
    assert tab.url.endswith("/sessions/")
    tab.click("[data-help]")
    tab.check("#keys [name=keys]")
    press(tab, "Escape", "g", "u")
    tab.wait_for_url("**/users/")


def test_a_row_that_has_the_focus_keeps_it_when_the_list_is_renewed(tab: Page, project: Project) -> None:
    session = make_session(project, title="Being read")
    make_message(session)
    tab.goto("/sessions/")
    row = tab.locator(".row-link", has_text="Being read")
    press(tab, "j")
    expect(row).to_be_focused()
    make_message(session)
    expect(tab.locator("tr", has=row).locator(".number")).to_have_text("2")
    expect(row).to_be_focused()
    # Another is offered, and comes when it is asked for.
    make_message(make_session(project, title="A newer one"))
    expect(tab.locator("#steady-pill")).to_be_visible()
    expect(row).to_be_focused()
    press(tab, ".")
    expect(tab.locator(".row-link")).to_have_count(2)
