"""Working through tasks in a real browser: find a failed one and its cause, correct and undo, board, export."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sessions.models import Project, Session
from tasks.models import Progress, Task
from tests.factories import make_session, make_task, store
from tests.pages.test_session_page import link

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

TALK = [
    {"role": "user", "content": "Deploy the billing service"},
    {"role": "assistant", "content": "The cluster refused me: no permission for namespace billing."},
    {"role": "user", "content": "And tell the team"},
    {"role": "assistant", "content": "Told them."},
]


@pytest.fixture
def failed(project: Project) -> Session:
    """A task that failed for a reason that stands in message 2, and one that went well."""
    session = make_session(project, title="Deploy the billing service", user="lena@example.com")
    store(session, *TALK)
    task = make_task(
        session, "Deploy the billing service", status="failed", basis="shown", reason="No permission", evidence=[2]
    )
    link(task, 1, 2)
    Progress.objects.create(task=task, text="Asked the cluster", evidence=[2])
    link(make_task(session, "Tell the team", status="success"), 3, 4)
    return session


def test_a_failed_task_leads_to_the_message_that_says_why(tab: Page, failed: Session) -> None:
    tab.goto("/")
    tab.locator("a.concern", has_text="failed task").click()
    tab.wait_for_url("**/tasks/?*status=failed*")
    # From here by keys alone: the first row, its dialog, the page of it.
    tab.keyboard.press("j")
    tab.keyboard.press("Enter")
    dialog = tab.locator("dialog[open]")
    expect(dialog).to_contain_text("No permission")
    dialog.locator(".rests-on summary").first.press("Enter")
    expect(dialog.locator(".rests-on .excerpt").first).to_contain_text("no permission for namespace billing")
    dialog.locator(".reason .seq-link").first.press("Enter")
    tab.wait_for_url(f"**{failed.get_absolute_url()}?at=2#m2")
    expect(tab.locator("#m2")).to_be_in_viewport()


def test_what_is_unfolded_at_once_has_its_inside(tab: Page, failed: Session) -> None:
    tab.goto("/tasks/?status=failed")
    # Sooner than any finger: as soon as it is in the document, before htmx has looked at it.
    tab.evaluate("""new MutationObserver(() => {
      for (const folded of document.querySelectorAll("dialog .rests-on:not([open])")) folded.open = true;
    }).observe(document.body, {childList: true, subtree: true})""")
    tab.keyboard.press("j")
    tab.keyboard.press("Enter")
    excerpt = tab.locator("dialog[open] .rests-on .excerpt").first
    expect(excerpt).to_contain_text("no permission for namespace billing")


def test_a_filter_is_one_press_and_stands_in_the_address(tab: Page, failed: Session) -> None:
    tab.goto("/tasks/")
    expect(tab.locator("tbody tr")).to_have_count(2)
    tab.get_by_label("failed").check(force=True)
    expect(tab.locator("tbody tr")).to_have_count(1)
    expect(tab).to_have_url("/tasks/?status=failed")
    tab.locator("#filter-q").fill("nothing like it")
    expect(tab.locator(".empty-state")).to_be_visible()
    expect(tab.locator("#filter-q")).to_be_focused()
    tab.locator(".filter-on", has_text="nothing").click()
    expect(tab.locator("tbody tr")).to_have_count(1)
    tab.go_back()
    expect(tab.locator(".empty-state")).to_be_visible()
    tab.go_back()
    expect(tab.locator("tbody tr")).to_have_count(1)


def test_a_task_is_corrected_and_the_correction_undone(tab: Page, failed: Session) -> None:
    task = failed.tasks.get(order=1)
    tab.goto(task.get_absolute_url())
    tab.keyboard.press("e")
    tab.locator("#edit-description").fill("Deploy the billing service to staging")
    tab.locator("#edit-status").select_option("running")
    tab.locator("#edit-reason").fill("Permission is on its way")
    tab.keyboard.press("Enter")
    expect(tab.locator("h1")).to_have_text("Deploy the billing service to staging")
    expect(tab.locator(".task-card-head")).to_contain_text("corrected by alice")
    tab.locator(".toast-undo").click()
    expect(tab.locator("h1")).to_have_text("Deploy the billing service")
    expect(tab.locator(".task-card-head .badge")).to_have_text("failed")
    task.refresh_from_db()
    assert (task.status, task.basis, task.evidence) == ("failed", "shown", [2])


def test_many_are_marked_at_once_by_keys(tab: Page, failed: Session) -> None:
    tab.goto("/tasks/")
    expect(tab.locator(".marking-word")).to_be_hidden()
    for key in ("j", "x", "j", "x"):
        tab.keyboard.press(key)
    expect(tab.locator("[data-chosen-count]")).to_have_text("2")
    tab.locator("#marking-status").select_option("pending")
    tab.locator("#marking-reason").fill("Look again")
    tab.keyboard.press("Enter")
    expect(tab.locator("tbody .badge")).to_have_text(["pending", "pending"])
    tab.locator(".toast-undo").press("Enter")
    expect(tab.locator("tbody .badge")).to_have_text(["success", "failed"])


@pytest.fixture
def many(project: Project) -> Session:
    session = make_session(project, title="A long day")
    for i in range(40):
        make_task(session, f"Part {i}", status="running")
    return session


def test_marking_leaves_the_reader_where_they_are(tab: Page, many: Session) -> None:
    tab.goto("/tasks/?status=running")
    row = tab.locator("tbody tr", has_text="Part 9")
    row.scroll_into_view_if_needed()
    row.locator("[name=task]").check()
    tab.locator("#marking-status").select_option("pending")
    top = tab.evaluate("scrollY")
    assert top > 500
    tab.evaluate("document.body.dataset.same = ''")
    tab.locator(".marking .button").press("Enter")
    expect(tab.locator(".toast")).to_contain_text("1 task is marked as pending.")
    # It does not fit the filter any more; what stands in its place has the focus.
    expect(row).to_have_count(0)
    expect(tab.locator(".row-link", has_text="Part 8")).to_be_focused()
    assert abs(tab.evaluate("scrollY") - top) < 60
    tab.locator(".toast-undo").press("Enter")
    expect(row).to_have_count(1)
    expect(row.locator(".row-link")).to_be_focused()
    expect(tab.locator(".toast")).to_have_text(re.compile("1 task is as it was before"))
    assert abs(tab.evaluate("scrollY") - top) < 60
    # All of it on one page, with nothing to go back through.
    assert tab.evaluate("'same' in document.body.dataset")
    expect(tab).to_have_url("/tasks/?status=running")
    tab.go_back()
    expect(tab).not_to_have_url(re.compile("/tasks/"))


def test_nothing_chosen_is_told_and_changes_nothing(tab: Page, many: Session) -> None:
    tab.goto("/tasks/")
    tab.locator("tbody [name=task]").first.check()
    tab.evaluate("document.querySelector('tbody [name=task]').value = 'nonsense'")
    tab.locator(".marking .button").click()
    expect(tab.locator(".toast")).to_contain_text("choose tasks first")


def test_a_card_is_moved_by_menu_and_by_hand(tab: Page, failed: Session) -> None:
    tab.goto("/tasks/?view=board")
    card = tab.locator("[data-column=failed] .board-card")
    card.locator("summary").press("Enter")
    card.get_by_role("button", name="running").press("Enter")
    expect(tab.locator("[data-column=running] .board-card")).to_contain_text("Deploy")
    expect(tab.locator("[data-column=running] .row-link")).to_be_focused()
    tab.locator("[data-column=running] .board-card").drag_to(tab.locator("[data-column=success]"))
    expect(tab.locator("[data-column=success] .board-card")).to_have_count(2)
    assert set(Task.objects.values_list("status", flat=True)) == {"success"}


def test_messages_become_a_task_of_their_own(tab: Page, failed: Session) -> None:
    task = failed.tasks.get(order=1)
    tab.goto(task.get_absolute_url())
    expect(tab.locator(".excerpt-check").first).to_be_hidden()
    tab.locator(".regroup summary").press("Enter")
    tab.get_by_label("Choose message 2").check()
    tab.locator("#split-description").fill("Get permission")
    tab.get_by_role("button", name="Split off").press("Enter")
    expect(tab.locator("h1")).to_have_text("Get permission")
    expect(tab.locator(".excerpt[data-role]")).to_have_count(1)


def test_a_split_or_a_move_of_nothing_is_told_before_it_is_sent(tab: Page, failed: Session) -> None:
    tab.goto(failed.tasks.get(order=1).get_absolute_url())
    tab.locator(".regroup summary").press("Enter")
    box, words = tab.locator(".excerpt-check input").last, tab.locator("#split-description")
    words.fill("Get permission")
    tab.get_by_role("button", name="Split off").click()
    expect(tab.locator(".excerpt-check input").first).to_be_focused()
    tab.get_by_role("button", name="Move there").click()
    expect(words).to_have_value("Get permission")
    box.check()
    words.fill("")
    tab.get_by_role("button", name="Split off").click()
    expect(words).to_be_focused()
    expect(box).to_be_checked()
    # A move needs no description.
    tab.get_by_role("button", name="Move there").click()
    expect(tab.locator(".toast")).to_contain_text("belong to T2 now")


def test_j_and_k_go_through_the_list_the_task_is_of(tab: Page, failed: Session) -> None:
    tab.goto("/tasks/?sort=updated")
    words = tab.locator(".row-link").all_inner_texts()
    tab.goto(str(tab.locator(".row-link").first.get_attribute("href")))
    expect(tab.locator("h1")).to_have_text(words[0])
    tab.keyboard.press("j")
    expect(tab.locator("h1")).to_have_text(words[1])
    tab.keyboard.press("k")
    expect(tab.locator("h1")).to_have_text(words[0])


def test_the_file_has_what_the_list_shows(tab: Page, failed: Session, tmp_path: Path) -> None:
    tab.goto("/tasks/")
    tab.get_by_label("failed").check(force=True)
    expect(tab.locator("tbody tr")).to_have_count(1)
    tab.locator(".list-export summary").press("Enter")
    with tab.expect_download() as coming:
        tab.get_by_role("link", name=re.compile("^CSV")).press("Enter")
    coming.value.save_as(tmp_path / "tasks.csv")
    with open(tmp_path / "tasks.csv", encoding="utf-8-sig", newline="") as file:
        assert [row["description"] for row in csv.DictReader(file)] == ["Deploy the billing service"]


def test_all_of_it_works_without_javascript(tab: Page, failed: Session) -> None:
    assert tab.context.browser
    plain = tab.context.browser.new_context(
        java_script_enabled=False,
        base_url=re.sub(r"(https?://[^/]+).*", r"\1", tab.url),
        storage_state=tab.context.storage_state(),
    )
    page = plain.new_page()
    page.goto("/tasks/")
    page.get_by_label("failed").check(force=True)
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("td input[name=task]").check()
    page.locator("#marking-status").select_option("pending")
    page.get_by_role("button", name="Mark", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("1 task is marked")
    page.locator(".toast-undo").click()
    expect(page.locator("tbody .badge")).to_have_text(["failed"])
    plain.close()


def test_the_bar_says_how_many_match(tab: Page, failed: Session) -> None:
    for i in range(60):
        make_task(failed, f"Part {i}", status="running")
    tab.goto("/tasks/?status=running")
    everything = tab.get_by_label("All that match, at most")
    everything.check()
    expect(tab.locator("#marking-match")).to_have_text("All 60 that match are chosen")
    expect(tab.locator(".marking [data-by-hand]")).to_be_hidden()
    everything.uncheck()
    expect(tab.locator("#marking-match")).to_be_hidden()
    tab.locator("tbody [name=task]").first.check()
    expect(tab.locator(".marking [data-by-hand]")).to_have_text("1 chosen")
