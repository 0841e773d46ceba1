"""Every page keeps nobody out: axe finds nothing, nothing scrolls sideways, all is read without scripts."""

import json
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from sessions.models import Membership, Project
from tests.filled import PAGES, Filled, fill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser"), pytest.mark.timeout(600)]

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
# All rules in light; in dark those that look at colours, as nothing else differs.
ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# Told with the rule and the element, so that a failure says what to mend.
LOOK = """async (rules) => {
  const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  const told = (rule, node) => `${rule.id} ${node.target} ${node.any[0]?.message ?? rule.help}`;
  return violations.flatMap((rule) => rule.nodes.map((node) => told(rule, node)));
}"""
# What makes a page scroll sideways; what scrolls inside of itself does not.
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
  .filter((node) => node.getBoundingClientRect().right > innerWidth + 1 && !node.closest(".menu, .table-scroll"))
  .map((node) => node.outerHTML.slice(0, 120))"""

# What moved by itself after it was painted: its share of the screen, and the elements.
SHIFTED = """() => new Promise((done) => {
  let sum = 0;
  const moved = [];
  const add = (list) => list.getEntries().filter((entry) => !entry.hadRecentInput).forEach((entry) => {
    sum += entry.value;
    moved.push(...entry.sources.map(({ node, previousRect, currentRect }) =>
      `${(node?.outerHTML ?? node?.textContent ?? "?").slice(0, 80)} ${previousRect.y} to ${currentRect.y}`));
  });
  new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done([sum, moved.join("; ")]), 100);
})"""
UNSEEN = 0.005


@pytest.fixture
def filled(project: Project, owner: str) -> Filled:
    return fill(project, User.objects.get(username=owner))


def in_both_themes(tab: Page, what: str) -> list[str]:
    """Return what axe has to say of the page as it is now."""
    tab.emulate_media(reduced_motion="reduce")
    tab.evaluate(AXE)
    found = []
    for theme, rules in (("light", ALL), ("dark", COLOURS)):
        tab.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        found += [f"{what}, {theme}: {line}" for line in tab.evaluate(LOOK, rules)]
    return found


def report(found: list[str]) -> str:
    return "\n" + "\n".join(found)


def test_axe_finds_nothing_on_any_page_light_and_dark_and_nothing_moves(tab: Page, filled: Filled) -> None:
    found = []
    for name, address_of in PAGES.items():
        tab.goto(address_of(filled))
        shifted, moved = tab.evaluate(SHIFTED)
        if shifted > UNSEEN:
            # A busy machine may paint half a page once; what the page itself moves, it moves each time.
            tab.reload()
            shifted, moved = tab.evaluate(SHIFTED)
        found += [f"{name}: {shifted} of the screen moved while it was loading: {moved}"] if shifted > UNSEEN else []
        found += in_both_themes(tab, name)
    assert found == [], report(found)


def test_axe_finds_nothing_on_a_phone_and_no_page_scrolls_sideways(tab: Page, filled: Filled) -> None:
    found = []
    for name, address_of in PAGES.items():
        tab.set_viewport_size({"width": 390, "height": 844})
        tab.goto(address_of(filled))
        found += in_both_themes(tab, f"{name}, phone")
        tab.set_viewport_size({"width": 360, "height": 780})
        found += [f"{name} at 360 px: {line}" for line in tab.evaluate(TOO_WIDE)]
    assert found == [], report(found)


def test_axe_finds_nothing_in_what_lies_over_a_page(tab: Page, filled: Filled) -> None:
    found = []
    tab.goto("/tasks/")
    tab.keyboard.press("?")
    expect(tab.locator("#keys")).to_be_visible()
    found += in_both_themes(tab, "keys")
    tab.goto(filled.session.get_absolute_url())
    tab.locator(".card-foot a").first.click()
    expect(tab.locator("#dialog")).to_be_visible()
    found += in_both_themes(tab, "task over its session")
    tab.goto(f"/users/{filled.user.pk}/")
    tab.locator(".wish button").first.click()
    expect(tab.locator(".toast")).to_be_visible()
    found += in_both_themes(tab, "toast")
    for size in ({"width": 1280, "height": 800}, {"width": 390, "height": 844}):
        tab.set_viewport_size(size)  # type: ignore[arg-type]
        tab.goto("/sessions/")
        tab.keyboard.press("Control+k")
        expect(tab.locator("#palette")).to_be_visible()
        found += in_both_themes(tab, f"palette, {size}")
        tab.keyboard.type("invoice")
        expect(tab.locator("#palette-found [role=option]").first).to_be_visible()
        found += in_both_themes(tab, f"palette that found, {size}")
    assert found == [], report(found)


@pytest.fixture
def stranger(tab: Page, live_server: LiveServer) -> Iterator[Page]:
    """A tab in which nobody is logged in."""
    assert tab.context.browser
    context = tab.context.browser.new_context(base_url=live_server.url)
    yield context.new_page()
    context.close()


def test_axe_finds_nothing_where_something_is_wrong_or_empty(
    tab: Page, stranger: Page, project: Project, other_project: Project
) -> None:
    found = []
    for page, address in ((stranger, "/login/"), (tab, "/"), (tab, "/sessions/"), (tab, "/tasks/"), (tab, "/runs/")):
        page.goto(address)
        found += in_both_themes(page, f"{address} of an empty project")
    # The console tells of the answer's number; that is what the page is about.
    apart = tab.context.new_page()
    for address in ("/nothing/", f"/sessions/{other_project.pk}/", "/tasks/?next=broken"):
        apart.goto(address)
        found += in_both_themes(apart, address)
    Membership.objects.all().delete()
    for address in ("/", "/sessions/", "/tasks/", "/users/", "/runs/", "/settings/", "/connect/"):
        tab.goto(address)
        found += in_both_themes(tab, f"{address} without a project")
    assert found == [], report(found)


def test_every_page_is_read_without_javascript(tab: Page, live_server: LiveServer, filled: Filled) -> None:
    assert tab.context.browser
    plain = tab.context.browser.new_context(
        java_script_enabled=False, base_url=live_server.url, storage_state=tab.context.storage_state()
    )
    page = plain.new_page()
    unread = []
    for name, address_of in PAGES.items():
        page.goto(address_of(filled))
        told = page.locator("main").inner_text()
        if len(told.split()) < 8 or not page.locator("h1").count():
            unread.append(f"{name}: {json.dumps(told[:200])}")
    plain.close()
    assert unread == [], report(unread)
