"""Someone looks for what an agent said, and lands at the message."""

import re

import pytest
from playwright.sync_api import Page, expect

from sessions.models import Project
from tasks.search.indexing import catch_up
from tests.factories import make_message, make_session, make_task

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


def test_from_a_few_letters_to_the_message(tab: Page, project: Project) -> None:
    session = make_session(project, user="lena", title="A long night")
    for n in range(1, 131):
        make_message(session, f"Step {n}" + (": 数据库 deadlock detected in billing" if n == 120 else ""))
    make_task(session, "Find the deadlock in billing", status="failed")
    catch_up(60)
    tab.goto("/")
    tab.get_by_role("navigation", name="Main").get_by_role("link", name="Search").click()
    expect(tab.locator(".empty-state")).to_contain_text("in any language")
    tab.locator("#search-words").press_sequentially("dead")
    expect(tab.locator(".hit")).to_have_count(2)
    expect(tab).to_have_url(re.compile(r"q=dead"))
    expect(tab.locator("#search-words")).to_be_focused()
    tab.select_option("[name=kind]", "message")
    expect(tab.locator(".hit")).to_have_count(1)
    expect(tab.locator(".hit mark")).to_have_text("deadlock")
    tab.locator(".hit-link").click()
    expect(tab).to_have_url(re.compile(r"#m120$"))
    expect(tab.locator("#m120")).to_be_in_viewport()
    tab.go_back()
    expect(tab.locator("#search-words")).to_have_value("dead")
    expect(tab.locator(".hit")).to_have_count(1)
    tab.fill("#search-words", "数据库")
    expect(tab.locator(".hit mark")).to_have_text("数据库")
    tab.fill("#search-words", "数据库 absent")
    expect(tab.locator(".empty-state")).to_contain_text("Nothing has all the words")
    tab.click("text=Search everywhere")
    expect(tab.locator("[name=kind]")).to_have_value("")


def test_more_hits_come_below(tab: Page, project: Project) -> None:
    session = make_session(project)
    for n in range(45):
        make_message(session, f"report {n}")
    catch_up(60)
    tab.goto("/search/?q=report")
    expect(tab.locator(".hit")).to_have_count(20)
    tab.click("text=More hits")
    expect(tab.locator(".hit")).to_have_count(40)
    tab.click("text=More hits")
    expect(tab.locator(".hit")).to_have_count(45)
    expect(tab.locator(".hits-more")).to_have_count(0)
