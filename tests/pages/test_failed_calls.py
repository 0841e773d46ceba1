"""From one failed call of a tool to the next, in sessions of any length."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from sessions.models import Project, Session
from tasks.conversation.failures import failed_call
from tests.factories import make_session, store
from tests.pages.test_session_page import CALL, HTMX, answer, look

TURN = 4


@pytest.fixture
def session(project: Project) -> Session:
    """Forty turns of four messages with a call each; those of the third, tenth and thirtieth fail."""
    session = make_session(project)
    for i in range(1, 41):
        said = {3: "Error: no such file", 10: '{"error": "denied"}', 30: "1 failed, 3 passed\nexit code 1"}
        # That the word stands somewhere in it is no failure.
        result = answer(said.get(i, "40 passed, no error and no exception"))
        store(
            session, {"role": "user", "content": f"Request {i}"}, CALL, result, {"role": "assistant", "content": "Done"}
        )
    return session


FAILED = [TURN * turn - 1 for turn in (3, 10, 30)]


def test_the_nearest_is_found_in_both_directions(session: Session) -> None:
    first, second, third = FAILED
    assert failed_call(session) == first
    assert failed_call(session, after=first) == second
    assert failed_call(session, after=second) == third
    assert failed_call(session, after=third) == 0
    assert failed_call(session, before=third) == second
    assert failed_call(session, before=first) == 0


def test_a_results_own_flag_decides(project: Project) -> None:
    session = make_session(project)
    for is_error, words in ((False, "Error: as expected"), (True, "It did not work")):
        call = {"type": "tool_use", "id": "c", "name": "run", "input": {}}
        result = {"type": "tool_result", "tool_use_id": "c", "content": words, "is_error": is_error}
        store(
            session, {"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}, format="anthropic"
        )
    assert failed_call(session) == 4
    assert failed_call(session, before=4) == 0


def test_links_lead_there_without_javascript(page: Client, session: Session) -> None:
    address = reverse("tasks:failed_call", args=[session.pk])
    text = look(page, session)
    assert f'href="{address}?after=0"' in text
    assert f'href="{address}?before=1"' in text
    response = page.get(f"{address}?after=0&task=T2&find=Request")
    seq = FAILED[0]
    assert response["Location"] == f"{session.get_absolute_url()}?task=T2&find=Request&message={seq}#m{seq}"
    assert f'href="{address}?after={seq}"' in look(page, session, f"?message={seq}")
    # A stretch in the middle begins with its first message, and that one counts.
    assert f'href="{address}?after=50"' in look(page, session, "?from=51")


def test_where_there_is_none_it_is_told_and_nothing_moves(page: Client, session: Session) -> None:
    address = reverse("tasks:failed_call", args=[session.pk])
    text = page.get(f"{address}?after=150", follow=True).content.decode()
    assert "No call failed after message #150." in text
    assert 'id="m150"' in text
    response = page.get(f"{address}?before=5", headers=HTMX)
    assert response["HX-Reswap"] == "none"
    assert "No call failed before message #5." in response.content.decode()
    assert page.get(f"{address}?after=5", headers=HTMX)["HX-Redirect"].endswith(f"?message={FAILED[0]}#m{FAILED[0]}")
    assert page.get(f"{address}?after=nonsense").status_code == 302


def test_it_takes_one_query(session: Session, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        failed_call(session, after=FAILED[1])
