"""Toasts in a real browser: they stay as long as they should, and undo."""

import re

import pytest
from playwright.sync_api import Page, expect

from sessions.models import Membership, Project
from tasks.models import Preference
from tests.factories import make_session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


@pytest.fixture
def wish(project: Project) -> Preference:
    session = make_session(project, user="lena")
    return Preference.objects.create(
        project=project, session=session, end_user=session.end_user, statement="Short answers", evidence=[1]
    )


def test_a_removal_is_undone_from_its_toast(tab: Page, wish: Preference) -> None:
    tab.goto(f"/users/{wish.end_user_id}/")
    tab.click("text=Remove")
    toast = tab.locator(".toast")
    expect(toast).to_contain_text("Removed: “Short answers”")
    expect(tab.locator(".wish")).to_contain_text("removed")
    toast.locator("text=Undo").click()
    expect(tab.locator(".toast")).to_contain_text("holds again")
    expect(tab.locator(".wish")).not_to_contain_text("removed")
    tab.locator("[data-dismiss]").click()
    expect(tab.locator(".toast")).to_have_count(0)


def test_a_toast_goes_by_itself_unless_it_holds_a_way_back(tab: Page, wish: Preference) -> None:
    tab.clock.install()
    tab.goto("/settings/project/")
    tab.fill("[name=project-name]", "Kitchen")
    tab.click("text=Rename")
    expect(tab.locator(".toast")).to_contain_text("Kitchen")
    tab.mouse.move(1, 1)
    tab.clock.run_for(30_000)
    expect(tab.locator(".toast")).to_have_count(0)
    tab.goto(f"/users/{wish.end_user_id}/")
    tab.click("text=Remove")
    expect(tab.locator(".toast")).to_be_visible()
    tab.clock.run_for(30_000)
    expect(tab.locator(".toast")).to_be_visible()


def test_without_javascript_a_toast_stands_on_top_and_undoes(tab: Page, wish: Preference) -> None:
    assert tab.context.browser
    plain = tab.context.browser.new_context(
        java_script_enabled=False, base_url=tab.url.split("/?")[0], storage_state=tab.context.storage_state()
    )
    page = plain.new_page()
    page.goto(f"/users/{wish.end_user_id}/")
    page.click("text=Remove")
    expect(page.locator("#toasts")).to_have_css("position", "static")
    expect(page.locator("[data-dismiss]")).to_be_hidden()
    page.click("text=Undo")
    expect(page.locator(".toast")).to_have_text(re.compile("holds again"))
    plain.close()


@pytest.fixture
def loud(tab: Page) -> Page:
    """A tab whose console may speak: a browser itself complains there of each request that fails."""
    return tab.context.new_page()


def test_what_is_refused_or_not_answered_is_told_once(loud: Page, project: Project) -> None:
    loud.goto("/connect/")
    Membership.objects.update(role=Membership.Role.VIEWER)
    toast = loud.locator(".toast")
    for _ in range(2):
        loud.click("text=Make an API key")
        expect(toast).to_contain_text("You may only look here")
    expect(toast).to_have_count(1)
    loud.locator("[data-dismiss]").click()
    loud.context.set_offline(True)
    for _ in range(2):
        loud.click("text=Make an API key")
        expect(toast).to_contain_text("The server did not answer")
    expect(toast).to_have_count(1)
    loud.context.set_offline(False)
    Membership.objects.update(role=Membership.Role.OWNER)
    loud.click("text=Make an API key")
    expect(loud.locator("#snippet")).to_contain_text("It is shown this once")
    expect(toast).to_have_count(0)


def test_what_asks_by_itself_tells_of_a_failure_once(loud: Page, project: Project) -> None:
    loud.clock.install()
    loud.goto("/")
    expect(loud.locator(".working")).to_be_visible()
    loud.route("**/?welcome=1", lambda route: route.abort())
    loud.clock.run_for(4_000)
    toast = loud.locator(".toast")
    expect(toast).to_contain_text("The server did not answer")
    loud.clock.run_for(10_000)
    expect(toast).to_have_count(1)
    loud.locator("[data-dismiss]").click()
    with loud.expect_event("requestfailed"):
        loud.clock.run_for(4_000)
    expect(toast).to_have_count(0)
