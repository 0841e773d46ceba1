"""A quiet list tells what came in, moves nothing until it is asked to, and asks nobody while it is hidden."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from sessions.models import Project, Session
from tests.factories import make_message, make_session, make_task

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
# The heads of columns whose words the pill stands upon.
COVERED = """() => {
  const pill = document.querySelector("#steady-pill").getBoundingClientRect();
  const range = document.createRange();
  return [...document.querySelectorAll(".list th")].filter((head) => {
    range.selectNodeContents(head);
    const words = range.getBoundingClientRect();
    return words.left < pill.right && pill.left < words.right && words.top < pill.bottom && pill.top < words.bottom;
  }).map((head) => head.textContent.trim());
}"""
HIDE = "value => Object.defineProperty(document, 'hidden', { value, configurable: true })"


def quiet_sessions(project: Project, count: int) -> None:
    past = timezone.now() - timedelta(hours=1)
    for i in range(count):
        session = make_session(project, title=f"Request {i}")
        Session.objects.filter(pk=session.pk).update(active_at=past, created_at=past)


def test_new_sessions_are_offered_without_moving_anything(tab: Page, project: Project) -> None:
    quiet_sessions(project, 30)
    tab.goto("/sessions/")
    tab.locator(".row-link").nth(20).focus()
    tab.keyboard.press("x")
    read = tab.locator("tr", has=tab.locator(":focus"))
    top, focused = read.bounding_box(), tab.evaluate("document.activeElement.id")
    make_session(project, title="Sell the boat")
    pill = tab.locator("#news-pill")
    expect(pill).to_have_text("1 new session", timeout=15_000)
    expect(pill).to_be_in_viewport()
    make_session(project, title="Sell the house")
    expect(pill).to_have_text("2 new sessions", timeout=15_000)
    assert read.bounding_box() == top
    assert tab.evaluate("document.activeElement.id") == focused
    address = tab.url
    tab.keyboard.press(".")
    expect(tab.locator(".row-link")).to_have_count(32)
    expect(tab.locator(".row-link").first).to_be_focused()
    expect(tab.locator(".row-link").first).to_have_text("Sell the house")
    expect(pill).to_have_count(0)
    expect(tab.locator("#picked")).to_have_text("Chosen: 1")
    assert tab.url == address


def test_new_tasks_are_offered_and_what_was_chosen_stays(tab: Page, project: Project) -> None:
    session = make_session(project)
    make_task(session, "Deploy the service")
    tab.goto("/tasks/")
    tab.keyboard.press("j")
    tab.keyboard.press("x")
    make_task(session, "Tell the team")
    tab.locator("#news-pill").click(timeout=15_000)
    expect(tab.locator(".row-link")).to_have_text(["Tell the team", "Deploy the service"])
    expect(tab.locator(".row-link").first).to_be_focused()
    expect(tab.locator("[data-chosen-count]")).to_have_text("1")
    expect(tab.locator("[name=task]").last).to_be_checked()


def test_a_hidden_page_asks_nobody(tab: Page, project: Project) -> None:
    quiet_sessions(project, 1)
    tab.goto("/sessions/")
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url) if "/news/" in request.url else None)
    tab.evaluate(HIDE, True)
    make_session(project)
    tab.wait_for_timeout(6_000)
    assert asked == []
    tab.evaluate(HIDE, False)
    expect(tab.locator("#news-pill")).to_be_visible(timeout=15_000)


def test_rows_of_a_live_list_stay_under_the_pointer(tab: Page, project: Project) -> None:
    calm = make_session(project, title="Sell the boat")
    Session.objects.filter(pk=calm.pk).update(active_at=timezone.now() - timedelta(minutes=30))
    busy = make_session(project, title="Sell the house")
    make_message(busy)
    tab.goto("/sessions/")
    expect(tab.locator(".row-link")).to_have_text(["Sell the house", "Sell the boat"])
    row = tab.locator("tr", has_text="Sell the boat")
    row.locator("[name=session]").check()
    row.hover()
    make_message(calm)
    Session.objects.filter(pk=calm.pk).update(active_at=timezone.now() + timedelta(minutes=1))
    # What changed is drawn, where it stands.
    expect(row.locator(".number")).to_have_text("1", timeout=15_000)
    expect(tab.locator("#steady-pill")).to_have_text("The order has changed")
    expect(tab.locator(".row-link")).to_have_text(["Sell the house", "Sell the boat"])
    tab.mouse.move(0, 0)
    expect(tab.locator(".row-link")).to_have_text(["Sell the boat", "Sell the house"], timeout=15_000)
    expect(tab.locator("#steady-pill")).to_be_hidden()
    expect(row.locator("[name=session]")).to_be_checked()


def test_the_keyboard_stays_at_its_row_of_a_live_list_and_asks_for_the_order(tab: Page, project: Project) -> None:
    busy = make_session(project, title="Sell the house")
    make_message(busy)
    tab.goto("/sessions/")
    tab.keyboard.press("j")
    expect(tab.locator(".row-link")).to_be_focused()
    new = make_session(project, title="Sell the boat")
    Session.objects.filter(pk=new.pk).update(active_at=timezone.now() + timedelta(minutes=1))
    expect(tab.locator("#steady-pill")).to_have_text("1 new session", timeout=15_000)
    for width in (1440, 1280, 1000, 800):
        tab.set_viewport_size({"width": width, "height": 800})
        assert tab.evaluate(COVERED) == []
    expect(tab.locator(".row-link")).to_have_text(["Sell the house"])
    expect(tab.locator(".row-link")).to_be_focused()
    tab.keyboard.press(".")
    expect(tab.locator(".row-link")).to_have_text(["Sell the boat", "Sell the house"])
    expect(tab.locator(".row-link").first).to_be_focused()
