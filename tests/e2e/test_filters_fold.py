"""On a narrow screen the filters of a list are one line that says how many are set; with room they just stand there."""

import re

import pytest
from playwright.sync_api import Page, expect

from sessions.models import Project
from tests.factories import make_session, make_task

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def task(project: Project) -> None:
    make_task(make_session(project, title="Sell the boat"), "Sell the boat", status="failed")


@pytest.mark.usefixtures("task")
@pytest.mark.parametrize(("address", "form"), [("/sessions/", "#session-filters"), ("/tasks/", "#task-filters")])
def test_the_filters_are_one_line_on_a_phone(tab: Page, address: str, form: str) -> None:
    tab.goto(address)
    line, field = tab.locator(".filters-fold > summary"), tab.locator(f"{form} [name=q]")
    expect(field).to_be_visible()
    expect(line).to_be_hidden()
    tab.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect(field).to_be_hidden()
    row = tab.locator("tbody tr").first.bounding_box()
    assert row
    assert row["y"] < PHONE["height"] / 2
    line.click()
    field.fill("boat")
    expect(line).to_contain_text("1 is set")
    expect(tab.locator("tbody tr")).to_have_count(1)
    # What is asked for is no reason to unfold.
    tab.reload()
    expect(line).to_contain_text("1 is set")
    expect(field).to_be_hidden()


@pytest.mark.usefixtures("task")
def test_they_unfold_without_javascript(tab: Page) -> None:
    assert tab.context.browser
    plain = tab.context.browser.new_context(
        java_script_enabled=False,
        base_url=re.sub(r"(https?://[^/]+).*", r"\1", tab.url),
        storage_state=tab.context.storage_state(),
        viewport=PHONE,  # type: ignore[arg-type]
    )
    page = plain.new_page()
    page.goto("/runs/?status=failed")
    page.locator(".filters-fold > summary").click()
    expect(page.locator("#filter-status")).to_be_visible()
    plain.close()
