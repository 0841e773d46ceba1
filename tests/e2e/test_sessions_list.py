"""The sessions list as people work with it: narrow it, keep the view, choose rows by keys and mouse, take them away."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sessions.models import Project, SavedView, Session
from tests.factories import PHONES, make_message, make_session, make_task, store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


@pytest.fixture
def boats(project: Project) -> list[Session]:
    """Four sessions of Lena about boats, the last two with a failed task, and one of Tom about a house."""
    make_task(make_session(project, user="tom", title="Sell the house"), status="failed")
    made = []
    for i in range(4):
        session = make_session(project, user="lena", title=f"Sell boat {i}")
        store(session, *PHONES)
        make_task(session, status="failed" if i > 1 else "success")
        made.append(session)
    return made


def rows(tab: Page) -> list[str]:
    return tab.locator(".row-link").all_inner_texts()


def test_a_list_is_narrowed_kept_and_found_again(project: Project, boats: list[Session], tab: Page) -> None:
    tab.goto("/sessions/")
    expect(tab.locator(".row-link")).to_have_count(5)
    # By keys alone: the field for words, the choice beside it, then the rows.
    tab.keyboard.press("/")
    expect(tab.locator("#filter-q")).to_be_focused()
    tab.keyboard.type("boat")
    expect(tab.locator(".row-link")).to_have_count(4)
    expect(tab.locator("#filter-q")).to_be_focused()
    tab.keyboard.press("Tab")
    tab.keyboard.type("a failed")
    expect(tab.locator(".row-link")).to_have_count(2)
    tab.wait_for_url("**/sessions/?q=boat&status=failed")
    expect(tab.locator("#filter-status")).to_be_focused()

    tab.click("text=Save this view")
    tab.keyboard.press("Tab")
    tab.keyboard.type("Broken boats")
    tab.keyboard.press("Enter")
    expect(tab.locator("#saved-views [aria-current]")).to_have_text("Broken boats")
    assert SavedView.objects.get().query == "q=boat&status=failed"

    tab.locator("#saved-views").get_by_text("All", exact=True).click()
    expect(tab.locator(".row-link")).to_have_count(5)
    tab.locator("#saved-views").get_by_text("Broken boats").click()
    assert rows(tab) == ["Sell boat 3", "Sell boat 2"]
    tab.click(".filter-on[data-name=status]")
    expect(tab.locator(".row-link")).to_have_count(4)
    tab.go_back()
    tab.go_back()
    expect(tab.locator(".row-link")).to_have_count(5)


def test_a_deleted_view_comes_back(project: Project, boats: list[Session], tab: Page) -> None:
    SavedView.objects.create(project=project, page="sessions", name="Lena", query="user=lena")
    tab.goto("/sessions/?user=lena")
    tab.click("text=Change this view")
    tab.click("text=Delete the view")
    expect(tab.locator("#saved-views")).not_to_contain_text("Lena")
    tab.get_by_role("button", name="Undo").click()
    expect(tab.locator("#saved-views [aria-current]")).to_have_text("Lena")


def test_chosen_rows_stay_chosen_while_the_list_is_live(project: Project, boats: list[Session], tab: Page) -> None:
    tab.goto("/sessions/")
    box = tab.locator(".pick-cell input")
    expect(tab.locator("[value=export]")).to_be_disabled()
    # j goes to a row, x marks it; the shift key takes all between.
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    tab.keyboard.press("x")
    expect(box.nth(1)).to_be_checked()
    box.nth(3).click(modifiers=["Shift"])
    expect(tab.locator("#picked")).to_have_text("Chosen: 3")
    chosen = [boats[2], boats[1], boats[0]]
    expect(tab.locator("tr", has_text="Sell boat 3")).to_contain_text("4 waiting")
    make_message(boats[3], "One more thing")
    expect(tab.locator("tr", has_text="Sell boat 3")).to_contain_text("5 waiting", timeout=20_000)
    for session in chosen:
        expect(tab.locator(f"#pick-{session.pk}")).to_be_checked()
    expect(tab.locator(f"#pick-{boats[0].pk}")).to_be_focused()
    expect(tab.locator("#picked")).to_have_text("Chosen: 3")

    tab.select_option("#export-format", "anthropic")
    with tab.expect_download() as download:
        tab.click("[value=export]")
    lines = [json.loads(line) for line in Path(str(download.value.path())).read_text().splitlines()]
    assert {line["title"] for line in lines} == {session.title for session in chosen}
    assert all(line["format"] == "anthropic" and len(line["messages"]) == 4 for line in lines)


def test_all_that_match_are_deleted_after_a_look(project: Project, boats: list[Session], tab: Page) -> None:
    tab.goto("/sessions/?user=lena")
    tab.check("#pick-all")
    tab.click("[value=delete]")
    expect(tab.locator("h1")).to_have_text("Delete these 4 sessions?")
    expect(tab.locator(".sizes")).to_contain_text("16 messages")
    tab.get_by_role("button", name="Delete all 4").click()
    expect(tab.locator("main")).to_contain_text("No session is like this")
    assert list(Session.objects.values_list("title", flat=True)) == ["Sell the house"]


def test_rows_are_chosen_without_javascript(project: Project, boats: list[Session], tab: Page) -> None:
    assert tab.context.browser
    plain = tab.context.browser.new_context(
        java_script_enabled=False,
        base_url=re.sub(r"(https?://[^/]+)/.*", r"\1", tab.url),
        storage_state=tab.context.storage_state(),
    )
    page = plain.new_page()
    page.goto("/sessions/")
    page.fill("#filter-user", "lena")
    page.get_by_role("button", name="Filter", exact=True).click()
    assert page.locator(".row-link").count() == 4
    page.check(f"#pick-{boats[0].pk}")
    page.check(f"#pick-{boats[1].pk}")
    page.click("[value=delete]")
    page.get_by_role("button", name="Delete all 2").click()
    expect(page.locator("main")).to_contain_text("2 sessions are deleted.")
    assert page.locator(".row-link").count() == 2
    plain.close()


def test_the_first_request_has_the_room_that_the_other_columns_leave(project: Project, tab: Page) -> None:
    words = "Compare the running costs of the two espresso machines over five years, and say which one to buy"
    session = make_session(project, user="lena@example.com", title=words)
    for status in ("success", "failed", "running", "pending"):
        make_task(session, status=status)
    for width, least in ((1440, 480), (1280, 320), (1000, 150), (800, 90)):
        tab.set_viewport_size({"width": width, "height": 800})
        tab.goto("/sessions/")
        box = tab.locator(".row-link").bounding_box()
        assert box
        assert box["width"] >= least
        # The card of the table would hide what does not fit into it.
        assert tab.evaluate("document.querySelector('.table-card').scrollWidth") <= tab.evaluate(
            "document.querySelector('.table-card').clientWidth"
        )
        cells = tab.locator(".strip-cell")
        assert cells.evaluate("cell => cell.scrollWidth <= cell.clientWidth")
