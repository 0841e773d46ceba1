"""Toasts in a real browser: they stay as long as they should, and undo."""

import re

import pytest
from playwright.sync_api import Page, expect

from sessions.models import Project
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
