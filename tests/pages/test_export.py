"""A session as a file: each format reads its own lines again, and Markdown stays in its places."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from markdown_it import MarkdownIt

from sessions.formats import FORMATS, parse
from sessions.models import Project, Session
from tasks.exporting.conversation import AT_ONCE, file_name
from tasks.exporting.markdown import autolink, closed, fenced, inline
from tasks.models import Progress
from tests.factories import PHONES, make_session, make_task, store
from tests.pages.test_session_page import CALL, HTMX, answer, link

THINKING = {
    "role": "assistant",
    "parts": [{"type": "thinking", "text": "Let me think"}, {"type": "text", "text": "Done"}],
}
PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


@pytest.fixture
def session(project: Project) -> Session:
    session = make_session(project, user="lena@example.com", title="Phones: a *comparison*")
    store(session, {"role": "system", "content": "Be kind"}, *PHONES, CALL, answer('{"passed": 40}'))
    store(session, {"role": "user", "content": [{"type": "text", "text": "See"}, PICTURE]})
    store(session, THINKING, format="acontext")
    return session


def export(page: Client, session: Session, query: str) -> Any:
    response = page.get(reverse("tasks:export_file", args=[session.pk]) + query)
    assert response.status_code == 200
    return response


def words_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


@pytest.mark.parametrize("format", FORMATS)
def test_each_format_reads_its_lines_again(page: Client, session: Session, format: str) -> None:
    response = export(page, session, f"?format={format}")
    assert response["Content-Type"] == "application/x-ndjson"
    lines = words_of(response).splitlines()
    contents = [parse(format, json.loads(line)) for line in lines]
    text = "\n".join(part.text or "" for content in contents for part in content.parts)
    for words in ("Be kind", "iPhone 15 specs", "Let me see.", '"passed"', "See", "Done"):
        assert words in text
    assert any(part.type == "image" for content in contents for part in content.parts)
    assert any(part.type == "tool-call" for content in contents for part in content.parts)


def test_a_long_session_is_exported_whole_and_in_order(page: Client, project: Project) -> None:
    session = make_session(project)
    store(session, *({"role": "user", "content": f"Line {i}"} for i in range(AT_ONCE * 2 + 5)))
    lines = words_of(export(page, session, "?format=openai")).splitlines()
    assert [json.loads(line)["content"] for line in lines] == [f"Line {i}" for i in range(AT_ONCE * 2 + 5)]


def test_only_the_messages_of_chosen_tasks(page: Client, session: Session) -> None:
    link(make_task(session, "First"), 2, 3)
    link(make_task(session, "Second"), 3, 4)
    link(make_task(session, "Third"), 7)
    lines = words_of(export(page, session, "?format=acontext&task=1&task=T2")).splitlines()
    assert len(lines) == 3
    text = words_of(export(page, session, "?format=markdown&task=2"))
    assert "**T2**" in text
    assert "**T1**" not in text
    assert "Now create a comparison" in text
    assert "Research iPhone" not in text


def test_markdown_begins_with_the_tasks_and_their_statuses(page: Client, session: Session) -> None:
    task = make_task(session, "Compare *both*", status="failed", basis="confirmed", reason="No data")
    Progress.objects.create(task=task, text="Looked them up", evidence=[3])
    link(task, 4)
    response = export(page, session, "?format=markdown")
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    text = words_of(response)
    head, conversation = text.split("## Conversation")
    assert head.startswith(r"# Phones: a \*comparison\*")
    assert r"- **T1** (failed, confirmed by the user): Compare \*both\*" in head
    assert "  - Looked them up (#3)" in head
    for head in ("#1 System", "#2 User", "#3 Assistant", "#4 User", "#7 Tool"):
        assert f"### {head} ·" in conversation
    assert "· T1" in conversation
    assert '"command": "pytest -q"' in conversation
    assert "> Thinking" in conversation


@pytest.mark.parametrize("text", ["plain", "```\nx\n```", "````md\n```\n````", "`" * 9, "~~~\n```"])
def test_a_fence_holds_fences(text: str) -> None:
    tokens = MarkdownIt("commonmark").parse(f"{fenced(text, 'json')}\n\nafter")
    assert tokens[0].type == "fence"
    assert tokens[0].content == f"{text}\n"
    assert tokens[2].content == "after"


@pytest.mark.parametrize(
    "text", ["no fence", "```py\nx = 1", "~~~\nopen", "````\n```\nstill open", "```\nclosed\n```", "```a`b``` inline"]
)
def test_a_fence_that_is_left_open_does_not_swallow_what_follows(text: str) -> None:
    tokens = MarkdownIt("commonmark").parse(f"{closed(text)}\n\n### After")
    assert tokens[-3].type == "heading_open"


def test_what_lies_elsewhere_is_named_by_its_address(page: Client, session: Session) -> None:
    picture = {"type": "image_url", "image_url": {"url": "https://example.com/a_b.png?x=[1]&y=%20"}}
    store(session, {"role": "user", "content": [picture, PICTURE]})
    text = words_of(export(page, session, "?format=markdown"))
    assert text.endswith("*Image* <https://example.com/a_b.png?x=[1]&y=%20>\n\n*Image*\n\n")


def test_an_address_cannot_break_out_of_its_link() -> None:
    address = "https://example.com/> **b** <script>`c`\n# d\\"
    [paragraph, content, _] = MarkdownIt("commonmark").parse(autolink(address))
    assert paragraph.type == "paragraph_open"
    assert [token.type for token in content.children or ()] == ["link_open", "text", "link_close"]


def test_text_on_one_line_is_no_markup() -> None:
    html = MarkdownIt("commonmark").render(inline("# <b>*x*</b>\n[a](b) `c` | ~d~"))
    assert html.count("<") == 2
    assert "&lt;b&gt;*x*&lt;/b&gt;" in html


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Fix: the /etc/passwd bug!", "fix-the-etcpasswd-bug"),
        ("..\\..\\x\r\nSet-Cookie: a", "x-set-cookie-a"),
        ("比较手机", "比较手机"),
        ('"><script>', "script"),
        ("???", "session"),
    ],
)
def test_file_names_are_safe(project: Project, title: str, name: str) -> None:
    session = make_session(project, title=title)
    assert file_name(session, "openai") == f"{name}-{str(session.pk)[:8]}.openai.jsonl"
    assert file_name(session, "markdown").endswith(".md")


def test_the_form_offers_formats_and_tasks(page: Client, session: Session) -> None:
    make_task(session, "Compare <b>both</b>")
    address = reverse("tasks:export", args=[session.pk])
    for headers in ({}, HTMX):
        text = page.get(address, headers=headers).content.decode()
        assert 'value="gemini"' in text
        assert "Compare &lt;b&gt;both&lt;/b&gt;" in text
        assert ("<html" in text) != bool(headers)


def test_an_unknown_format_is_a_bad_request(page: Client, session: Session) -> None:
    assert page.get(reverse("tasks:export_file", args=[session.pk]) + "?format=xml").status_code == 400


def test_another_projects_session_is_not_exported(page: Client, other_project: Project) -> None:
    theirs = make_session(other_project)
    for name in ("export", "export_file", "delete_session", "session_messages", "session_turns"):
        assert page.get(reverse(f"tasks:{name}", args=[theirs.pk])).status_code == 404
    assert page.get(reverse("tasks:session_message", args=[theirs.pk, 1])).status_code == 404
    assert page.post(reverse("tasks:delete_session", args=[theirs.pk])).status_code == 404
    assert Session.objects.filter(pk=theirs.pk).exists()
