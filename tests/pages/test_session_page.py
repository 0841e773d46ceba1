"""One session: its conversation beside its tasks, live while something happens."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sessions.models import Message, Project, Session
from tasks.models import ExtractionRun, Preference, Progress, Task, TaskMessage
from tests.factories import PHONES, make_message, make_session, make_task, store

HTMX = {"HX-Request": "true"}
CALL = {
    "role": "assistant",
    "content": "Let me see.",
    "tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": "run_tests", "arguments": '{"command": "pytest -q"}'}}
    ],
}


def answer(text: str) -> dict[str, object]:
    return {"role": "tool", "tool_call_id": "c1", "content": text}


def look(page: Client, session: Session, query: str = "") -> str:
    response = page.get(session.get_absolute_url() + query)
    assert response.status_code == 200
    return response.content.decode()


def link(task: Task, *seqs: int) -> None:
    for message in Message.objects.filter(session=task.session_id, seq__in=seqs):
        TaskMessage.objects.create(task=task, message=message)


def end(session: Session) -> None:
    """Let the session be extracted and over."""
    past = timezone.now() - timedelta(hours=1)
    session.refresh_from_db()
    Session.objects.filter(pk=session.pk).update(
        cursor_seq=session.head_seq, pending_since=None, last_message_at=past, lease_until=None
    )


def poll_address(text: str) -> str | None:
    """Where the page looks again, with what it tells of itself as htmx would add it."""
    found = re.search(r'id="follow"[^>]*hx-get="([^"]+)"', text)
    told = re.findall(r'<input type="hidden" id="loaded-\w+" name="(\w+)" value="(\d+)"', text)
    return f"{found[1].replace('&amp;', '&')}&{urlencode(told)}" if found else None


def pace(text: str) -> str:
    """After how long the page looks again."""
    found = re.search(r'id="follow"[^>]*hx-trigger="every (\w+)"', text)
    return found[1] if found else ""


def message(text: str, seq: int) -> str:
    found = re.search(rf'<article id="m{seq}".*?</article>', text, re.DOTALL)
    return found[0] if found else ""


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project, user="lena@example.com")


def test_messages_have_numbers_and_say_which_tasks_they_serve(page: Client, session: Session) -> None:
    store(session, *PHONES)
    first, second = make_task(session, "Research iPhone 15"), make_task(session, "Compare with iPhone 14")
    link(first, 1, 2)
    link(second, 2, 3, 4)
    text = look(page, session)
    assert 'href="?message=1#m1"' in message(text, 1)
    assert 'data-tasks="1 2"' in message(text, 2)
    assert ">T1</a>" in message(text, 2)
    assert ">T2</a>" in message(text, 2)
    assert "data-lit" not in text


def test_a_chosen_task_marks_its_messages_without_javascript(page: Client, session: Session) -> None:
    store(session, *PHONES)
    link(make_task(session), 3, 4)
    text = look(page, session, "?task=1")
    assert "data-lit" not in message(text, 1)
    assert "data-lit" in message(text, 3)
    assert "data-chosen" in text


def test_a_card_shows_status_basis_progresses_and_preferences(page: Client, session: Session) -> None:
    make_message(session)
    task = make_task(session, "Book the hotel", status="success", basis="confirmed")
    Progress.objects.create(task=task, text="Found a room in Alfama", evidence=[1])
    Preference.objects.create(
        project=session.project, session=session, task=task, statement="The user walks", evidence=[1]
    )
    text = look(page, session)
    assert "Book the hotel" in text
    assert "confirmed by the user" in text
    assert "1 progress" in text
    assert "Found a room in Alfama" in text
    assert "The user walks" in text
    assert f"{session.get_absolute_url()}?at=1#m1" in text


def test_a_card_shows_the_latest_steps_and_says_how_many_came_before(page: Client, session: Session) -> None:
    make_message(session)
    tasks = [make_task(session, "Book the hotel"), make_task(session, "Book the train")]
    for number in range(30):
        for task in tasks:
            Progress.objects.create(task=task, text=f"Step {number} of T{task.order}.", evidence=[1])
    text = look(page, session)
    for task in tasks:
        shown = [number for number in range(30) if f"Step {number} of T{task.order}." in text]
        assert shown == list(range(22, 30))
    assert text.count("22 earlier steps") == 2
    assert text.index("Step 22 of T1.") < text.index("Step 29 of T1.") < text.index("Step 22 of T2.")
    assert text.count("30 progresses") == 2


def test_a_tool_call_stands_with_its_result(page: Client, session: Session) -> None:
    store(session, PHONES[0], CALL, answer("40 passed"))
    text = look(page, session)
    assert "run_tests" in message(text, 2)
    assert "40 passed" in message(text, 2)
    assert 'id="m3"' in message(text, 2)
    assert 'data-outcome="ok"' in message(text, 2)
    assert message(text, 3) == ""


def test_a_failed_call_is_open(page: Client, session: Session) -> None:
    store(session, CALL, answer("Error: no such file"))
    assert re.search(r'<details class="tool"[^>]*data-outcome="error"[^>]* open', look(page, session))


def test_a_result_without_its_call_is_shown(page: Client, session: Session) -> None:
    store(session, answer("40 passed"))
    assert "40 passed" in message(look(page, session), 1)


def test_a_live_page_asks_again_and_hears_nothing_new(page: Client, session: Session) -> None:
    make_message(session)
    address = poll_address(look(page, session))
    assert address
    response = page.get(address, headers=HTMX)
    assert response.status_code == 204
    assert response.content == b""


def test_polling_costs_few_queries_when_nothing_is_new(
    page: Client, session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_message(session)
    address = poll_address(look(page, session))
    assert address
    with django_assert_num_queries(5):
        page.get(address, headers=HTMX)


def test_new_messages_and_results_come_in_without_a_reload(page: Client, session: Session) -> None:
    store(session, PHONES[0], CALL)
    address = poll_address(look(page, session))
    assert address
    store(session, answer("40 passed"), {"role": "assistant", "content": "All tests pass."})
    text = page.get(address, headers=HTMX).content.decode()
    assert 'hx-swap-oob="true"' in message(text, 2)
    assert "40 passed" in message(text, 2)
    assert "All tests pass." in text.split('hx-swap-oob="beforeend:#messages"')[1]
    assert message(text, 1) == ""
    assert 'id="m1-tasks"' in text


def test_tasks_come_in_without_a_reload(page: Client, session: Session) -> None:
    make_message(session)
    address = poll_address(look(page, session))
    assert address
    task = make_task(session, "Greet the user")
    link(task, 1)
    text = page.get(address, headers=HTMX).content.decode()
    assert 'hx-swap-oob="innerHTML:#tasks-panel"' in text
    assert "Greet the user" in text
    assert ">T1</a>" in text
    assert "1 messages, 1 tasks" in text  # for those who hear the page


def test_a_page_looks_more_rarely_when_nothing_happens(page: Client, session: Session) -> None:
    make_message(session)
    address = poll_address(look(page, session))
    assert address
    end(session)
    response = page.get(address, headers=HTMX)
    assert response.status_code == 200
    assert pace(response.content.decode()) == pace(look(page, session)) == "5s"
    # The agent goes on.
    make_message(session)
    assert pace(look(page, session)) == "2s"


def test_a_page_whose_session_is_deleted_is_told_and_rests(page: Client, session: Session) -> None:
    make_message(session)
    address = poll_address(look(page, session))
    assert address
    session.delete()
    response = page.get(address, headers=HTMX)
    assert response.status_code == 200
    assert poll_address(response.content.decode()) is None
    assert "This session is gone" in response.content.decode()
    assert page.get(address).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"last_message_at": Now()},
        {"lease_until": Now() + timedelta(hours=1)},
        {"head_seq": 5, "cursor_seq": 4},
    ],
)
def test_a_session_is_live_while_something_happens(page: Client, session: Session, fields: dict[str, object]) -> None:
    Session.objects.filter(pk=session.pk).update(**fields)
    assert pace(look(page, session)) in {"1s", "2s"}


def test_an_untracked_session_waits_for_nothing(page: Client, project: Project) -> None:
    session = make_session(project, disable_task_tracking=True)
    make_message(session)
    end(session)
    text = look(page, session)
    assert pace(text) == "5s"
    assert "switched off" in text
    assert "Extract now" not in text


def test_a_failing_extraction_is_said_in_words(page: Client, session: Session) -> None:
    make_message(session)
    Session.objects.filter(pk=session.pk).update(extraction_error="The LLM refused the key", attempts=2)
    text = look(page, session)
    assert "Extraction is failing" in text
    assert "The LLM refused the key" in text


def test_messages_that_could_not_be_read_are_told_with_the_way_to_try_again(page: Client, session: Session) -> None:
    make_message(session)
    end(session)
    assert "set aside" not in look(page, session)
    session.messages.update(extraction="failed", extraction_error="the LLM answered no JSON")
    text = look(page, session)
    assert "1 message could not be read, and was set aside." in text
    assert "the LLM answered no JSON" in text
    assert "No tasks: what was said could not be read." in text
    assert reverse("tasks:reextract", args=[session.pk]) in text.split('id="set-aside"')[1].split("</div>")[0]
    # What waits for nothing is told so, and the lists and the overview lead here.
    response = page.post(reverse("tasks:extract", args=[session.pk]), headers=HTMX)
    assert "Nothing waits" in response.content.decode()
    assert session.get_absolute_url() in page.get("/sessions/?state=aside").content.decode()
    assert 'href="/sessions/?state=aside"' in page.get("/").content.decode()
    session.messages.update(extraction="")
    assert session.get_absolute_url() not in page.get("/sessions/?state=aside").content.decode()
    assert "?state=aside" not in page.get("/").content.decode()


def test_a_paused_project_is_said_in_words(page: Client, project: Project, session: Session) -> None:
    make_message(session)
    end(session)
    Session.objects.filter(pk=session.pk).update(cursor_seq=0)
    until = timezone.now() + timedelta(minutes=5)
    Project.objects.filter(pk=project.pk).update(
        extraction_paused_reason="the key is unknown to the provider", extraction_paused_until=until
    )
    text = look(page, session)
    assert "Extraction is paused" in text
    assert "the key is unknown to the provider" in text
    assert pace(text) == "5s"


@pytest.mark.parametrize(("extractor", "is_said"), [("offline", True), ("llm", False)])
def test_the_offline_rules_say_so(page: Client, session: Session, extractor: str, is_said: bool) -> None:
    make_message(session)
    ExtractionRun.objects.create(
        project=session.project,
        session=session,
        from_seq=1,
        to_seq=1,
        trigger="flush",
        extractor=extractor,
        status="ok",
    )
    assert ("offline rules" in look(page, session)) == is_said


def test_a_long_session_is_shown_in_stretches(
    page: Client, session: Session, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    store(session, *({"role": "user", "content": f"Line {i}."} for i in range(1, 251)))
    with django_assert_max_num_queries(20):
        text = look(page, session)
    assert "Line 50." in text
    assert 'id="m51"' not in text
    assert 'href="?from=51"' in text
    text = look(page, session, "?from=101")
    assert 'id="m100"' not in text
    assert 'id="m101"' in text
    assert 'id="m150"' in text
    assert 'href="?from=51"' in text
    assert 'id="m250"' in look(page, session, "?message=250")
    assert 'id="m250"' in look(page, session, "?at=250")


def test_the_messages_around_a_stretch_come_when_the_reader_gets_there(page: Client, session: Session) -> None:
    store(session, *({"role": "user", "content": f"Line {i}."} for i in range(1, 251)))
    text = look(page, session, "?from=101&task=1")
    address = reverse("tasks:session_messages", args=[session.pk])
    assert f'hx-get="{address}?from=51&amp;to=100&amp;task=T1"' in text
    assert f'hx-get="{address}?from=151&amp;task=T1"' in text
    before = page.get(f"{address}?from=51&to=100", headers=HTMX).content.decode()
    assert 'hx-swap-oob="afterbegin:#messages"' in before
    assert [int(seq) for seq in re.findall(r'<article id="m(\d+)"', before)] == list(range(51, 101))
    assert 'name="from" value="51"' in before
    after = page.get(f"{address}?from=201", headers=HTMX).content.decode()
    assert [int(seq) for seq in re.findall(r'<article id="m(\d+)"', after)] == list(range(201, 251))
    assert 'name="follows" value="1"' in after
    assert page.get(f"{address}?from=51")["Location"] == f"{session.get_absolute_url()}?from=51"


def test_a_page_that_does_not_show_the_end_is_not_added_to(page: Client, session: Session) -> None:
    store(session, *({"role": "user", "content": f"Line {i}."} for i in range(1, 101)))
    address = poll_address(look(page, session))
    assert address
    make_message(session, "The newest")
    text = page.get(address, headers=HTMX).content.decode()
    assert "101 messages" in text
    assert '<article id="m101"' not in text


def test_a_longer_session_costs_no_more_queries(page: Client, session: Session) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            look(page, session)
        return len(captured)

    def add() -> None:
        for _ in range(10):
            stored = make_message(session)
            task = make_task(session)
            link(task, stored.seq)
            Progress.objects.create(task=task, text="A step", evidence=[stored.seq])

    add()
    few = queries()
    add()
    assert queries() == few <= 20


def test_of_many_tasks_those_around_what_is_read_stand_beside_it(page: Client, session: Session) -> None:
    store(session, *({"role": "user", "content": f"Part {i:02}"} for i in range(1, 121)))
    for i in range(3, 121, 3):
        link(make_task(session, f"Do part {i:03}."), i)
    text = look(page, session)
    assert "Do part 003." in text
    assert "Do part 120." not in text
    assert "more tasks are in the task list" in text
    text = look(page, session, "?message=120")
    assert "Do part 120." in text
    assert "Do part 003." not in text
    assert "Do part 003." in look(page, session, "?message=120&task=T1")


@pytest.mark.parametrize("query", ["?from=x", "?at=-1", "?task=%00", "?from=99999999999999999999999", "?task=²"])
def test_nonsense_in_the_address_is_no_error(page: Client, session: Session, query: str) -> None:
    make_message(session)
    assert page.get(session.get_absolute_url() + query).status_code == 200


def test_long_text_is_folded_and_very_long_text_cut(page: Client, session: Session) -> None:
    make_message(session, "word " * 10_000)
    text = look(page, session)
    assert "Show all 50000 characters" in text
    assert text.count("word ") < 9_000
    raw = page.get(reverse("sessions:raw_message", args=[session.pk, 1]))
    assert raw["Content-Type"].startswith("text/plain")
    assert raw["X-Content-Type-Options"] == "nosniff"
    assert "word " * 10_000 in raw.content.decode()


def test_extract_now_goes_back_to_the_session(page: Client, project: Project) -> None:
    session = make_session(project)
    response = page.post(reverse("tasks:extract", args=[session.pk]))
    assert response.status_code == 303
    assert response["Location"] == session.get_absolute_url()
