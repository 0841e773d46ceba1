"""A session of 5,000 messages costs what one of 50 costs: as many queries, and no more bytes than a bound."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sessions.models import Message, Project, Session
from sessions.parts import Part
from tasks.models import Progress, TaskMessage
from tests.factories import make_session, make_task, store
from tests.pages.test_session_page import HTMX, look, message

BYTES = 600_000


@pytest.fixture
def of_length(project: Project) -> Callable[[int], Session]:
    def make(length: int) -> Session:
        session, now = make_session(project), timezone.now()
        rows = [
            Message(
                session=session, seq=i, role="user" if i % 5 == 1 else "assistant", format="openai", facts={},
                parts=[Part("text", f"Line {i} of many")], created_at=now, updated_at=now,
            )
            for i in range(1, length + 1)
        ]  # fmt: skip
        Message.objects.bulk_create(rows)
        Session.objects.filter(pk=session.pk).update(head_seq=length, cursor_seq=length)
        for i in range(40):
            task = make_task(session, f"Part {i}")
            Progress.objects.create(task=task, text="A step", evidence=[i + 1])
            TaskMessage.objects.create(task=task, message=rows[i])
        return session

    return make


def queries(page: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = page.get(address, headers=HTMX if "/messages/" in address else {})
    assert response.status_code == 200
    assert len(response.content) < BYTES
    return len(captured)


def test_as_many_queries_at_50_messages_as_at_5_000(page: Client, of_length: Callable[[int], Session]) -> None:
    short, long = of_length(100), of_length(5_000)
    for query in ("", "?message=60", "?task=T30", "?from=51", "?message=90&find=line"):
        few = queries(page, short.get_absolute_url() + query)
        assert queries(page, long.get_absolute_url() + query) == few <= 22, query
    address = reverse("tasks:session_messages", args=[short.pk]) + "?from=51"
    assert queries(page, address.replace(str(short.pk), str(long.pk))) == queries(page, address) <= 7
    assert 'id="m2500"' in look(page, long, "?message=2500")
    assert 'id="m5000"' in look(page, long, "?message=5000")


def test_many_large_messages_do_not_make_a_large_page(page: Client, project: Project) -> None:
    session = make_session(project)
    store(session, *({"role": "user", "content": f"{i} " + "word " * 20_000} for i in range(1, 41)))
    text = look(page, session)
    assert len(text) < BYTES
    assert "Show all" in message(text, 40)
    whole = page.get(reverse("tasks:session_message", args=[session.pk, 40]), headers=HTMX).content.decode()
    assert "word " * 20_000 in whole.replace("\n", " ") or whole.count("word") == 20_000
    assert 'id="m40"' in whole


def test_a_result_is_shown_whole_with_its_call(page: Client, project: Project) -> None:
    session = make_session(project)
    call = {"id": "c", "type": "function", "function": {"name": "cat", "arguments": "{}"}}
    store(session, {"role": "assistant", "content": None, "tool_calls": [call]})
    store(session, {"role": "tool", "tool_call_id": "c", "content": "line\n" * 10_000})
    assert "Show all" in message(look(page, session), 1)
    address = reverse("tasks:session_message", args=[session.pk, 2])
    text = page.get(address, headers=HTMX).content.decode()
    assert 'id="m1"' in text
    assert text.count("line\n") >= 10_000
    assert page.get(address).status_code == 302
    assert page.get(reverse("tasks:session_message", args=[session.pk, 9]), headers=HTMX).status_code == 404


def test_a_message_of_very_many_parts_is_cut(page: Client, project: Project) -> None:
    session = make_session(project)
    store(session, {"role": "user", "content": [{"type": "text", "text": f"Part {i}."} for i in range(200)]})
    text = message(look(page, session), 1)
    assert "120 more parts are not shown." in text
    assert "Part 79." in text
    assert "Part 80." not in text


def test_a_stretch_does_not_end_between_a_call_and_its_results(page: Client, project: Project) -> None:
    session = make_session(project)
    calls = [{"id": f"c{i}", "type": "function", "function": {"name": "f", "arguments": "{}"}} for i in range(3)]
    store(session, *({"role": "user", "content": f"Line {i}"} for i in range(49)))
    store(session, {"role": "assistant", "content": None, "tool_calls": calls})
    store(session, *({"role": "tool", "tool_call_id": f"c{i}", "content": "ok"} for i in range(3)))
    store(session, {"role": "assistant", "content": "After"})
    text = look(page, session)
    assert 'id="m53"' in message(text, 50)
    assert 'href="?from=54"' in text
    assert "After" not in message(text, 54)


def test_the_cards_are_those_around_the_reader(page: Client, of_length: Callable[[int], Session]) -> None:
    session = of_length(200)
    address = reverse("tasks:session_cards", args=[session.pk])

    def cards(query: str) -> list[int]:
        text = page.get(f"{address}?{query}", headers=HTMX).content.decode()
        assert text.lstrip().startswith('<ol id="task-cards"')
        return [int(order) for order in re.findall(r'<li class="task-card" id="task-(\d+)"', text)]

    # Task n begins with message n; there are forty of them.
    assert cards("near=1") == [*range(1, 21)]
    assert cards("near=25") == [*range(16, 36)]
    assert cards("near=150") == [*range(21, 41)]
    # A chosen one, and the one that the keyboard is in, are there wherever the reader is.
    assert cards("near=150&task=T2&card=4") == [2, 4, *range(21, 41)]
    text = page.get(f"{address}?near=25", headers=HTMX).content.decode()
    assert 'data-from="20" data-until="32"' in text
    assert page.get(f"{address}?near=25")["Location"].endswith("?message=25")


@pytest.mark.parametrize(
    "text", ["0", "-1", "2147483648", str(2**62), str(2**62 + 1), str(2**63), "9" * 19, "9" * 40, "x"]
)
def test_no_number_in_an_address_is_an_error(page: Client, of_length: Callable[[int], Session], text: str) -> None:
    address = of_length(100).get_absolute_url()
    for name in ("task", "at", "from", "to", "near", "turns", "card", "events", "after"):
        for part in ("", "live/", "messages/", "cards/", "turns/", "failed-call/"):
            for headers in ({}, HTMX):
                answer = page.get(f"{address}{part}?{name}={text}&follows=1", headers=headers)
                assert answer.status_code in (200, 204, 302), (part, name)


def test_a_page_begins_with_the_tasks_of_its_beginning(page: Client, of_length: Callable[[int], Session]) -> None:
    session = of_length(200)
    assert 'id="task-1"' in look(page, session)
    assert 'id="task-40"' in look(page, session, "?from=100")


def test_all_of_few_tasks_are_there_and_nothing_is_fetched(page: Client, project: Project) -> None:
    session = make_session(project)
    store(session, {"role": "user", "content": "Do it"})
    make_task(session)
    assert 'hx-trigger="moved"' not in look(page, session)
