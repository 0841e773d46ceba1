"""Words that are looked for inside of a session: which messages have them, and how they are marked."""

import pytest
from django.test import Client
from django.urls import reverse

from sessions.models import Project, Session
from tasks.conversation.find import Finding
from tasks.search.indexing import catch_up
from tasks.templatetags.conversation import marked
from tests.factories import make_session, store
from tests.pages.test_session_page import CALL, HTMX, answer, look, message


@pytest.fixture
def session(project: Project) -> Session:
    session = make_session(project)
    store(session, {"role": "user", "content": "Refund the **lamp** & the cable"}, CALL, answer('{"lamp": "broken"}'))
    store(session, *({"role": "user", "content": f"Line {i}."} for i in range(4, 120)))
    store(
        session, {"role": "user", "content": "请帮我翻译这份合同"}, {"role": "assistant", "content": "The lamp again"}
    )
    return session


def found(session: Session, text: str, current: int = 0) -> Finding:
    finding = Finding.of(session, text, current)
    assert finding is not None
    return finding


@pytest.mark.parametrize("is_indexed", [False, True])
@pytest.mark.parametrize(
    ("text", "seqs"),
    [
        ("lamp", [1, 3, 121]),
        ("LAM", [1, 3, 121]),
        ("lamp refund", [1]),
        ("run_tests", [2]),
        ("翻译", [120]),
        ("zebra", []),
    ],
)
def test_messages_are_found_by_their_words(session: Session, text: str, seqs: list[int], is_indexed: bool) -> None:
    if is_indexed:
        catch_up(5.0)
    assert found(session, text).seqs == seqs


def test_hits_are_walked_through(session: Session) -> None:
    finding = found(session, "lamp", 3)
    assert (finding.place, finding.previous, finding.next) == (2, 1, 121)
    assert (found(session, "lamp", 50).place, found(session, "lamp", 50).next) == (0, 121)


def test_another_sessions_words_are_not_found(session: Session, other_project: Project) -> None:
    theirs = make_session(other_project)
    store(theirs, {"role": "user", "content": "zebra"})
    catch_up(5.0)
    assert found(session, "zebra").seqs == []


def test_looking_leads_to_the_first_hit_and_on(page: Client, session: Session) -> None:
    response = page.get(session.get_absolute_url() + "?find=lamp&task=T2")
    assert response["Location"] == f"{session.get_absolute_url()}?task=T2&find=lamp&message=1#m1"
    text = look(page, session, "?find=lamp&message=1")
    assert "<strong><mark>lamp</mark></strong>" in message(text, 1)
    assert "1 of 3" in text
    assert 'href="?find=lamp&amp;message=3#m3"' in text
    assert " open>" in message(text, 2)
    assert '<span class="tree-key"><mark>lamp</mark></span>' in message(text, 2)
    more = page.get(reverse("tasks:session_messages", args=[session.pk]) + "?from=101&find=lamp", headers=HTMX)
    assert "<mark>lamp</mark>" in more.content.decode()


def test_what_is_not_there_is_said(page: Client, session: Session) -> None:
    assert "nothing found" in look(page, session, "?find=zebra")


@pytest.mark.parametrize("text", ["%00", "'; drop", "&lt;", "%3Cscript%3E", ":*", "a" * 300, "%F0%9F%92%A1", "#"])
def test_anything_may_be_looked_for(page: Client, session: Session, text: str) -> None:
    response = page.get(f"{session.get_absolute_url()}?find={text}", follow=True)
    assert response.status_code == 200
    assert b"<script>" not in response.content


@pytest.mark.parametrize(
    ("shown", "text", "drawn"),
    [
        ("a <b> & c", "b", "a &lt;<mark>b</mark>&gt; &amp; c"),
        ("amp & lt", "amp", "<mark>amp</mark> &amp; lt"),
        ("nothing <i>", "zebra", "nothing &lt;i&gt;"),
        ("<mark>", "mark", "&lt;<mark>mark</mark>&gt;"),
    ],
)
def test_marks_never_become_markup(session: Session, shown: str, text: str, drawn: str) -> None:
    assert marked(shown, found(session, text)) == drawn
