"""What tools answer besides one text: images, files, several texts; on the page and in an export."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sessions.display.transcript import entries_of
from sessions.formats import parse
from sessions.models import Project, Session
from tests.factories import make_session, store
from tests.pages.test_display import said
from tests.pages.test_export import export, words_of
from tests.pages.test_session_page import look, message
from tests.sessions.media import PNG, b64

CALL = {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "screenshot", "input": {"page": 1}}]}
SHOT = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": b64(PNG)}}
AT_HOME = {"type": "image", "source": {"type": "url", "url": "https://example.com/x.png"}}
PAPER = {
    "type": "document", "title": "report.pdf",
    "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0x"},
}  # fmt: skip


def words(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def answer(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": list(blocks)}]}


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project)


@pytest.mark.parametrize("calls", [[CALL], []])
def test_an_image_alone_in_a_result_is_shown(page: Client, session: Session, calls: list[dict[str, Any]]) -> None:
    store(session, *calls, answer(SHOT), format="anthropic")
    text = message(look(page, session), 1)
    assert f'<img src="data:image/png;base64,{b64(PNG)}"' in text
    assert "(empty)" not in text


def test_texts_images_and_files_of_a_result_stand_in_their_order(page: Client, session: Session) -> None:
    blocks = words('{"a": [1, 2]}'), words("second"), SHOT, words("<b>third</b>"), PAPER
    store(session, CALL, answer(*blocks), format="anthropic")
    text = message(look(page, session), 1)
    assert '<pre class="plain" tabindex="0">{&quot;a&quot;: [1, 2]}\nsecond</pre>' in text
    places = [text.index(wanted) for wanted in ("\nsecond<", "<img", "&lt;b&gt;third", "report.pdf")]
    assert places == sorted(places)


def test_json_beside_an_image_is_a_tree(page: Client, session: Session) -> None:
    store(session, answer(words('{"width": 800}'), SHOT), format="anthropic")
    text = message(look(page, session), 1)
    assert '<span class="tree-key">width</span>' in text
    assert "<img" in text


def test_an_image_elsewhere_is_a_link_and_an_unknown_block_is_data(page: Client, session: Session) -> None:
    store(session, CALL, answer(AT_HOME, {"type": "tool_reference", "tool_name": "<i>"}), format="anthropic")
    text = message(look(page, session), 1)
    assert '<a href="https://example.com/x.png" rel="noopener nofollow noreferrer">' in text
    assert "anthropic.tool_reference" in text
    assert "&lt;i&gt;" in text


def test_what_geminis_result_says_stands_before_its_image(page: Client, session: Session) -> None:
    shot = {"inlineData": {"mimeType": "image/png", "data": b64(PNG)}}
    response = {"name": "screenshot", "response": {"output": "done"}, "parts": [shot]}
    store(session, {"role": "user", "parts": [{"functionResponse": response}]}, format="gemini")
    text = message(look(page, session), 1)
    assert text.index('<span class="tree-key">output</span>') < text.index("<img")


def test_a_result_without_anything_is_empty(page: Client, session: Session) -> None:
    store(session, CALL, answer(), format="anthropic")
    assert "(empty)" in message(look(page, session), 1)


def test_a_result_of_very_many_pieces_is_cut_and_leads_to_the_rest(page: Client, session: Session) -> None:
    store(session, CALL, answer(*[AT_HOME] * 100), format="anthropic")
    assert "20 more parts are not shown." in message(look(page, session), 1)
    address = reverse("tasks:session_message", args=[session.pk, 2])
    whole = page.get(address, headers={"HX-Request": "true"}).content.decode()
    assert whole.count("example.com/x.png</a>") == 100


def test_texts_beside_each_other_share_what_may_be_shown_of_a_result() -> None:
    content = parse("anthropic", answer(words("a" * 900), SHOT, words("b" * 900)))
    [entry] = entries_of([said(1, *content.parts)])
    entry.cut_to(0)
    assert [len(piece.shown_text) for piece in entry.parts[0].pieces] == [900, 0, 100]


def test_an_export_names_what_a_result_shows(page: Client, session: Session) -> None:
    store(session, CALL, answer(words('{"a": 1}'), words("second"), SHOT, PAPER), format="anthropic")
    text = words_of(export(page, session, "?format=markdown"))
    assert '**Result**\n\n```\n{"a": 1}\nsecond\n```\n\n*Image*\n\n*File* report.pdf' in text
