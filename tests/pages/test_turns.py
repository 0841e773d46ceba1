"""The list of the user's turns: what is a turn, its words, the tasks that begin there, and where it ends."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from sessions.models import Project, Session
from tasks.conversation.turns import AFTER, BEFORE, Rail, begun_tasks
from tasks.models import TaskMessage
from tests.factories import make_session, make_task, store
from tests.pages.test_session_page import CALL, HTMX, answer, link, look

PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project)


def rail(session: Session, around: int = 1) -> Rail:
    session.refresh_from_db()
    return Rail(session, around, begun_tasks(session).values())


def turned(text: str) -> list[int]:
    return [int(seq) for seq in re.findall(r'data-turn="(\d+)"', text)]


def test_results_of_tools_and_system_prompts_are_no_turns(session: Session) -> None:
    store(session, {"role": "system", "content": "Be kind"}, {"role": "user", "content": "Test it"}, CALL, answer("ok"))
    assert [(turn.seq, turn.words) for turn in rail(session).turns] == [(2, "Test it")]


@pytest.mark.parametrize(
    ("content", "words", "kind"),
    [
        ("Say \"hi\" \\ then\nstop", 'Say "hi" \\ then stop', "text"),
        ("请 帮我 翻译", "请 帮我 翻译", "text"),
        ("a\0b", "ab", "text"),
        ([PICTURE], "", "image"),
        ([PICTURE, {"type": "text", "text": "What is this?"}], "What is this?", "image"),
    ],
)  # fmt: skip
def test_the_first_words_of_a_turn(session: Session, content: object, words: str, kind: str) -> None:
    store(session, {"role": "user", "content": content})
    turn = rail(session).turns[0]
    assert (turn.words, turn.kind) == (words, kind)


@pytest.mark.parametrize("length", range(570, 600))
def test_words_that_are_cut_anywhere_are_read(session: Session, length: int) -> None:
    store(session, {"role": "user", "content": " ".join(['"\n\t😀' * length])})
    assert rail(session).turns[0].words.startswith('" 😀')


def test_a_task_stands_at_the_turn_in_which_it_begins(session: Session) -> None:
    store(session, {"role": "user", "content": "One"}, CALL, answer("ok"), {"role": "user", "content": "Two"})
    link(make_task(session, status="failed"), 2, 4)
    link(make_task(session), 4)
    link(make_task(session), 1)
    turns = rail(session).turns
    assert [[(task.order, task.status) for task in turn.tasks] for turn in turns] == [
        [(1, "failed"), (3, "pending")],
        [(2, "pending")],
    ]


def test_a_task_begins_where_it_is_asked_for_or_at_its_first_message(session: Session) -> None:
    store(session, *({"role": "user", "content": f"Turn {i}"} for i in range(1, 7)))
    asked, unasked = make_task(session), make_task(session)
    make_task(session, "Nothing serves this")
    link(asked, 1, 3, 5)
    TaskMessage.objects.filter(task=asked, message__seq__in=(3, 5)).update(role=TaskMessage.Role.REQUEST)
    link(unasked, 4, 2)
    assert [(task.order, task.first, task.messages) for task in begun_tasks(session).values()] == [(1, 3, 3), (2, 2, 2)]


def test_a_long_session_lists_the_turns_around_what_is_read(session: Session, page: Client) -> None:
    store(session, *({"role": "user", "content": f"Turn {i}"} for i in range(1, 201)))
    link(make_task(session), 190)
    first, middle, last = rail(session), rail(session, 100), rail(session, 200)
    assert [turn.seq for turn in first.turns] == list(range(1, AFTER + 1))
    assert (first.earlier, first.later) == (0, AFTER + 1)
    assert [turn.seq for turn in middle.turns] == list(range(100 - BEFORE, 100 + AFTER))
    assert (last.turns[-1].seq, last.later) == (200, 0)
    assert not any(turn.tasks for turn in first.turns + middle.turns)
    assert middle.beside(100) == (99, 101)
    text = look(page, session, "?message=100")
    assert turned(text) == [turn.seq for turn in middle.turns]
    address = reverse("tasks:session_turns", args=[session.pk])
    assert f'hx-get="{address}?turns={100 + AFTER}"' in text
    assert turned(page.get(f"{address}?turns=145", headers=HTMX).content.decode())[-1] == 145 + AFTER - 1
    assert page.get(f"{address}?turns=145")["Location"] == f"{session.get_absolute_url()}?message=145"


def test_the_steps_lead_to_the_turns_beside_a_message_without_javascript(session: Session, page: Client) -> None:
    store(session, *({"role": "user", "content": f"Turn {i}"} for i in range(1, 6)))
    text = look(page, session, "?message=3")
    assert re.search(r'data-turn-step="-1"[^>]*data-key="\["[^>]*href="\?message=2#m2"', text)
    assert re.search(r'data-turn-step="1"[^>]*data-key="\]"[^>]*href="\?message=4#m4"', text)
