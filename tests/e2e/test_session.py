"""Reading one session in a real browser: following it live, finding the way, choosing, copying, taking it along."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from sessions.models import ApiKey, Project, Session
from tasks.models import Progress
from tests.factories import make_session, make_task, store
from tests.pages.test_session_page import CALL, answer, end, link
from tests.servers import serving, sweeping, working

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


@pytest.fixture
def say(project: Project) -> Iterator[Callable[..., None]]:
    """Store messages over the API, as an agent at work does."""
    _, key = ApiKey.issue(project, name="agent")

    def post(session: Session, *blobs: dict[str, object]) -> None:
        for blob in blobs:
            response = httpx.post(
                f"{address}/api/v1/session/{session.pk}/messages",
                json={"blob": blob, "format": "openai"},
                headers={"Authorization": f"Bearer {key}"},
            )
            assert response.status_code == 201, response.text

    with serving() as address:
        yield post


@pytest.fixture
def long(project: Project) -> Session:
    """Forty turns of three messages; each has a task, and the tenth holds code."""
    session = make_session(project, title="A long one")
    for i in range(1, 41):
        words = "More about it. " * 40
        code = "```python\nprint('forty-two')\n```" if i == 10 else ""
        store(
            session, {"role": "user", "content": f"Request {i}"}, {"role": "assistant", "content": f"Work {i}. {words}"}
        )
        store(session, {"role": "assistant", "content": f"Done {i}.\n\n{code}"})
    for i in (1, 10, 40):
        task = make_task(session, f"Do {i}", status="success")
        link(task, 3 * i - 2, 3 * i - 1, 3 * i)
        Progress.objects.create(task=task, text=f"Did {i}", evidence=[3 * i])
    return session


def test_a_session_is_followed_from_its_first_message_to_its_tasks(
    tab: Page, project: Project, say: Callable[..., None]
) -> None:
    session = make_session(project)
    say(session, {"role": "system", "content": "You fix tests."})
    tab.goto(session.get_absolute_url())
    say(session, {"role": "user", "content": "Please fix the failing test in billing."}, CALL)
    expect(tab.locator("#m2")).to_contain_text("failing test in billing")
    expect(tab.locator("#m3 .outcome")).to_have_text("no result yet")
    expect(tab.locator(".turn")).to_have_text("Please fix the failing test in billing.")
    expect(tab.locator(".panel-state")).to_contain_text("3 messages wait to be read")
    # A reader in the middle of something is not moved, and keeps the focus.
    tab.locator("#m3 summary").focus()
    say(session, answer('{"passed": 40}'), {"role": "assistant", "content": "Fixed.\n\n" + "A long story. " * 600})
    expect(tab.locator("#m3 .outcome")).to_contain_text("ok")
    expect(tab.locator("#m5")).to_contain_text("Fixed.")
    expect(tab.locator("#m3 summary")).to_be_focused()
    tab.evaluate("scrollTo(0, 0)")
    tab.locator("#m3 summary").focus()
    top = tab.locator("#m3").bounding_box()
    # What a browser or its extensions write upon a field is not carried over: the policy would complain of it.
    tab.evaluate("document.getElementById('loaded-last').style.caretColor = 'transparent'")
    say(session, {"role": "user", "content": "Thanks, that works now!"})
    expect(tab.locator("#new-pill")).to_have_text("1 new message")
    assert tab.locator("#m3").bounding_box() == top
    expect(tab.locator("#m3 summary")).to_be_focused()
    tab.click("#new-pill")
    expect(tab.locator("#m6")).to_be_in_viewport()
    expect(tab.locator("#new-pill")).to_be_hidden()
    # Extracted by a key, without a mouse; what came of it is told.
    with working(), sweeping():
        tab.keyboard.press("e")
        expect(tab.locator(".task-card")).to_have_count(1, timeout=20_000)
    expect(tab.locator(".task-card .badge")).to_have_text("success")
    expect(tab.locator(".panel-foot")).to_contain_text("1 new task")
    expect(tab.locator("#announcement")).to_contain_text("6 messages, 1 tasks")
    expect(tab.locator(".turn").first.locator(".turn-task")).to_have_count(1)
    expect(tab.locator("#m2 .chip")).to_have_text("T1")


def test_messages_load_as_the_reader_gets_there_and_nothing_jumps(tab: Page, long: Session) -> None:
    tab.goto(long.get_absolute_url())
    expect(tab.locator("#m51")).to_have_count(0)
    tab.locator("#later").scroll_into_view_if_needed()
    expect(tab.locator("#m100")).to_be_attached()
    tab.locator("#later").scroll_into_view_if_needed()
    expect(tab.locator("#m120")).to_be_attached()
    expect(tab.locator("#later")).to_be_hidden()
    assert tab.locator(".message").count() == 120
    tab.goto(f"{long.get_absolute_url()}?message=100#m100")
    expect(tab.locator("#m100")).to_be_in_viewport()
    expect(tab.locator("#m91")).to_have_count(0)
    tab.locator("#earlier").scroll_into_view_if_needed()
    expect(tab.locator("#m50")).to_be_attached()
    expect(tab.locator("#m92")).to_be_in_viewport()
    assert tab.evaluate("scrollY") > 1_000


def test_the_way_is_found_by_turns_without_a_mouse(tab: Page, long: Session) -> None:
    tab.goto(long.get_absolute_url())
    tab.keyboard.press("]")
    expect(tab.locator("#m4")).to_be_in_viewport()
    tab.keyboard.press("]")
    expect(tab.locator('.turn[aria-current="true"]')).to_have_text("Request 3")
    tab.keyboard.press("[")
    expect(tab).to_have_url(re.compile("#m4$"))
    # Beyond what is loaded the same key opens the page around it.
    tab.locator(".turn", has_text="Request 30").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**?message=88#m88")
    expect(tab.locator("#m88")).to_be_in_viewport()
    tab.keyboard.press("[")
    expect(tab.locator("#m85")).to_be_in_viewport()


def test_a_jump_to_a_short_request_is_where_the_reader_is(tab: Page, project: Project) -> None:
    short = make_session(project)
    store(short, *({"role": role, "content": f"{role} {n}"} for n in range(1, 13) for role in ("user", "assistant")))
    tab.goto(short.get_absolute_url())
    here = tab.locator('.turn[aria-current="true"]')
    for n in range(2, 13):
        tab.keyboard.press("]")
        expect(here).to_have_text(f"user {n}")
        expect(tab).to_have_url(re.compile(f"#m{2 * n - 1}$"))
    tab.evaluate("scrollTo(0, 0)")
    expect(here).to_have_text("user 1")


def test_an_address_leads_back_to_where_the_reader_was(tab: Page, long: Session) -> None:
    address = long.get_absolute_url()
    tab.goto(f"{address}?at=100#m100")
    expect(tab.locator("#m100")).to_be_in_viewport()
    tab.reload()
    expect(tab.locator("#m100")).to_be_in_viewport()
    # A hash alone, which no server hears of.
    tab.goto("/sessions/")
    tab.goto(f"{address}#m103")
    expect(tab.locator("#m103")).to_be_in_viewport()
    tab.goto("/sessions/")
    tab.go_back()
    expect(tab.locator("#m103")).to_be_in_viewport()
    tab.goto("/sessions/")
    tab.goto(f"{address}#m999")
    expect(tab.locator("#m120")).to_be_attached()
    tab.goto(f"{address}?task=T2")
    expect(tab.locator("#m28")).to_be_in_viewport()


def test_back_and_forward_choose_what_was_chosen(tab: Page, long: Session) -> None:
    tab.goto(long.get_absolute_url())
    chosen = tab.locator('.choose[aria-current="true"]')
    tab.click("#choose-1")
    expect(chosen).to_have_id("choose-1")
    first = tab.url
    tab.click("#choose-2")
    expect(chosen).to_have_id("choose-2")
    second = tab.url
    tab.go_back()
    expect(tab).to_have_url(first)
    expect(chosen).to_have_id("choose-1")
    tab.go_back()
    expect(chosen).to_have_count(0)
    tab.go_forward()
    tab.go_forward()
    expect(tab).to_have_url(second)
    expect(chosen).to_have_id("choose-2")


def test_a_task_and_a_message_are_chosen_and_have_an_address(tab: Page, long: Session) -> None:
    tab.goto(long.get_absolute_url())
    tab.click("#choose-2")
    expect(tab.locator("[data-lit]")).to_have_count(3)
    expect(tab.locator("#m28")).to_be_in_viewport()
    expect(tab).to_have_url(re.compile("task=T2"))
    tab.reload()
    expect(tab.locator("[data-lit]")).to_have_count(3)
    tab.locator("#task-2 .claims .seq-link").click()
    expect(tab.locator("#m30")).to_be_in_viewport()
    expect(tab.locator("#task-2")).to_have_attribute("data-served", "")
    # Evidence outside of what is loaded; the chosen task stays chosen.
    tab.locator("#task-3 summary").click()
    tab.locator("#task-3 .claims .seq-link").click()
    tab.wait_for_url("**#m120")
    expect(tab.locator("#m120")).to_be_in_viewport()
    expect(tab).to_have_url(re.compile("task=T2"))
    expect(tab.locator("#task-3")).to_have_attribute("data-served", "")


def test_words_are_found_by_keys(tab: Page, long: Session) -> None:
    tab.goto(long.get_absolute_url())
    tab.keyboard.press("/")
    tab.keyboard.type("Done 3")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**find=Done+3**")
    expect(tab.locator(".find-count")).to_contain_text("1 of")
    expect(tab.locator("#m9 mark").first).to_be_in_viewport()
    tab.keyboard.press("n")
    expect(tab.locator(".find-count")).to_contain_text("2 of")


def test_code_is_copied_and_a_message_shown_as_it_is_stored(tab: Page, long: Session) -> None:
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.goto(f"{long.get_absolute_url()}?message=30")
    tab.click("#m30 .copy")
    expect(tab.locator("#m30 .copy")).to_have_text("Copied")
    assert tab.evaluate("navigator.clipboard.readText()") == "print('forty-two')"
    tab.click("#m30 .raw-link")
    expect(tab.locator("dialog[open]")).to_contain_text("Message 30 as it is stored")
    tab.keyboard.press("Escape")
    expect(tab.locator("#m30 .raw-link")).to_be_focused()


def test_a_session_is_taken_along(tab: Page, long: Session, tmp_path: Path) -> None:
    tab.goto(long.get_absolute_url())
    tab.click("text=Export")
    dialog = tab.locator("dialog[open]")
    dialog.locator("text=JSONL, anthropic").click()
    dialog.locator("[name=task][value='2']").check()
    with tab.expect_download() as download:
        dialog.locator("text=Save the file").click()
    assert download.value.suggested_filename.startswith("a-long-one-")
    download.value.save_as(tmp_path / "file")
    lines = (tmp_path / "file").read_text().splitlines()
    assert len(lines) == 3
    assert "Request 10" in lines[0]


def test_one_pane_at_a_time_on_a_narrow_screen(tab: Page, long: Session) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(long.get_absolute_url())
    expect(tab.locator("#tasks-panel")).to_be_hidden()
    tab.locator("[name=pane][value=tasks]").check()
    expect(tab.locator("#messages")).to_be_hidden()
    tab.click("#choose-1")
    expect(tab.locator("#m1")).to_be_in_viewport()
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_tools_long_name_stays_inside_of_a_narrow_screen(tab: Page, project: Project) -> None:
    session = make_session(project)
    function = {
        "name": "mcp__github__create_pull_request_review_comment",
        "arguments": '{"body": "Please rename this."}',
    }
    called = {"role": "assistant", "tool_calls": [{"id": "c1", "type": "function", "function": function}]}
    store(session, called, answer('{"id": 1, "items": [1, 2]}'), called, answer("Error: no such line"))
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(session.get_absolute_url())
    inside = "(it) => it.getBoundingClientRect().right <= it.closest('.tool').getBoundingClientRect().right"
    for outcome in tab.locator(".outcome").all():
        assert outcome.evaluate(inside)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_failed_calls_are_walked_through_by_a_key(tab: Page, project: Project) -> None:
    session = make_session(project)
    for i in range(1, 41):
        said = "Error: no such file" if i in (3, 5, 30) else "40 passed"
        store(
            session,
            {"role": "user", "content": f"Request {i}"},
            CALL,
            answer(said),
            {"role": "assistant", "content": "Done."},
        )
    tab.goto(session.get_absolute_url())
    expect(tab.locator(".failure-steps")).to_be_visible()
    tab.keyboard.press("f")
    expect(tab.locator("#tool-10-2 summary")).to_be_focused()
    expect(tab.locator("#tool-10-2 .answer")).to_be_in_viewport()
    tab.keyboard.press("f")
    expect(tab.locator("#tool-18-2 summary")).to_be_focused()
    tab.keyboard.press("Shift+F")
    expect(tab.locator("#tool-10-2 summary")).to_be_focused()
    tab.keyboard.press("f")
    # Far below what is loaded: the server knows where.
    tab.keyboard.press("f")
    tab.wait_for_url("**?*message=119#m119")
    expect(tab.locator("#tool-118-2")).to_be_in_viewport()
    tab.keyboard.press("f")
    expect(tab.locator(".toast")).to_contain_text("No call failed after message #160.")
    tab.keyboard.press("Shift+F")
    tab.wait_for_url("**?*message=19#m19")
    tab.keyboard.press("?")
    expect(tab.locator("#keys")).to_contain_text("Next failed call")


def test_where_nothing_can_have_failed_there_is_no_step(tab: Page, long: Session, project: Project) -> None:
    tab.goto(long.get_absolute_url())
    expect(tab.locator(".failure-steps")).to_be_hidden()
    short = make_session(project)
    store(short, CALL, answer("fine"))
    tab.goto(short.get_absolute_url())
    expect(tab.locator(".failure-steps")).to_be_hidden()


@pytest.fixture
def busy(project: Project) -> Session:
    """Eighty requests, each a task with progress."""
    session = make_session(project)
    for i in range(1, 81):
        store(session, {"role": "user", "content": f"Request {i}"}, {"role": "assistant", "content": "Word. " * 150})
        task = make_task(session, f"Do {i}", status="success")
        link(task, 2 * i - 1, 2 * i)
        Progress.objects.create(task=task, text=f"Did {i}", evidence=[2 * i])
    end(session)
    return session


def test_the_tasks_follow_the_reader_of_a_long_session(tab: Page, busy: Session) -> None:
    tab.goto(busy.get_absolute_url())
    expect(tab.locator(".task-card")).to_have_count(20)
    expect(tab.locator("#task-1")).to_be_in_viewport()
    expect(tab.locator("#task-60")).to_have_count(0)
    # The reader unfolds one and chooses another, which stays wherever they go.
    tab.locator("#claims-19 summary").click()
    tab.locator("#choose-2").click()
    tab.locator("#claims-2 summary").click()
    expect(tab.locator("#claims-2")).to_have_attribute("open", "")
    for seq in (50, 100, 120):
        # At once: what is waited for until it stands still is replaced as messages come.
        tab.locator(f"#m{seq}").evaluate("node => node.scrollIntoView()")
        tab.locator("#later").evaluate("node => node.scrollIntoView()")
    tab.locator("#m121").evaluate("node => node.scrollIntoView()")
    expect(tab.locator("#task-60")).to_be_attached()
    expect(tab.locator("#task-20")).to_have_count(0)
    expect(tab.locator("#task-2")).to_have_attribute("data-chosen", "")
    expect(tab.locator("#claims-2")).to_have_attribute("open", "")
    expect(tab.locator("#claims-2 summary")).to_be_focused()
    # Nothing chosen: what is read is in view beside it.
    tab.locator("#choose-2").press("Enter")
    tab.locator("#m125 [data-row]").focus()
    tab.mouse.move(400, 400)
    tab.locator("#m131").evaluate("node => node.scrollIntoView()")
    expect(tab.locator("#task-66")).to_be_in_viewport()
    # And back up.
    tab.locator("#m61").evaluate("node => node.scrollIntoView()")
    expect(tab.locator("#task-31")).to_be_in_viewport()
    tab.locator("#m41").evaluate("node => node.scrollIntoView()")
    expect(tab.locator("#claims-19")).to_have_attribute("open", "")
    expect(tab.locator("#task-66")).to_have_count(0)


def test_the_requests_follow_the_reader_of_a_long_session(tab: Page, busy: Session) -> None:
    # Wide enough for the list to stand beside the conversation all the way.
    tab.set_viewport_size({"width": 1440, "height": 900})
    tab.goto(busy.get_absolute_url())
    expect(tab.locator("#turn-59")).to_be_attached()
    expect(tab.locator("#turn-61")).to_have_count(0)
    for seq in (50, 100):
        tab.locator(f"#m{seq}").evaluate("node => node.scrollIntoView()")
        tab.locator("#later").evaluate("node => node.scrollIntoView()")
    tab.locator("#m121").evaluate("node => node.scrollIntoView()")
    expect(tab.locator("#turn-121")).to_have_attribute("aria-current", "true")
    expect(tab.locator("#turn-121")).to_be_in_viewport()
    expect(tab.locator("#turn-1")).to_have_count(0)
    tab.locator("#m11").evaluate("node => node.scrollIntoView()")
    expect(tab.locator("#turn-11")).to_have_attribute("aria-current", "true")
