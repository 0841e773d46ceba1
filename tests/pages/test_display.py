"""How parts and messages are shown; no database."""

import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import clear_script_prefix, reverse, set_script_prefix
from django.utils import timezone

from sessions.addresses import address_of
from sessions.display.parts import ShownPart
from sessions.display.transcript import entries_of
from sessions.markdown import to_html
from sessions.parts import Part
from sessions.templatetags.acontext import ago, filesize, shorten


def said(seq: int, *parts: Part, role: str = "user", **facts: Any) -> SimpleNamespace:
    return SimpleNamespace(seq=seq, role=role, parts=list(parts), facts=facts, created_at=datetime.now(UTC))


def call(key: str, name: str = "f", arguments: Any = "{}") -> Part:
    return Part("tool-call", meta={"id": key, "name": name, "arguments": arguments})


def result(key: str, text: str = "ok") -> Part:
    return Part("tool-result", text, meta={"tool_call_id": key})


def test_results_stand_under_their_calls_in_any_order() -> None:
    entries = entries_of([said(1, call("a"), call("b"), role="assistant"), said(2, result("b")), said(3, result("a"))])
    assert [shown.answer.entry.seq for shown in entries[0].parts if shown.answer] == [3, 2]
    assert [entry.is_answered for entry in entries] == [False, True, True]
    assert entries[0].newest_seq == 3


def test_two_results_in_one_message_have_one_anchor() -> None:
    entries = entries_of([said(1, call("a"), call("b"), role="assistant"), said(2, result("a"), result("b"))])
    assert [shown.answer.is_anchor for shown in entries[0].parts if shown.answer] == [True, False]


def test_what_is_said_beside_a_result_is_shown() -> None:
    entries = entries_of([said(1, call("a"), role="assistant"), said(2, result("a"), Part("text", "And now?"))])
    assert not entries[1].is_answered
    assert [shown.text for shown in entries[1].parts] == ["And now?"]


def test_a_second_result_and_a_stray_one_stand_alone() -> None:
    entries = entries_of(
        [said(1, call("a"), role="assistant"), *(said(i, result("a")) for i in (2, 3)), said(4, result("z"))]
    )
    assert [entry.is_answered for entry in entries] == [False, True, False, False]
    assert entries[3].speaker == "tool"


def test_a_function_without_an_id_is_found_by_name() -> None:
    answer = Part("tool-result", "4", meta={"function_name": "add"})
    entries = entries_of([said(1, Part("tool-call", meta={"name": "add"}), role="assistant"), said(2, answer)])
    assert entries[1].is_answered


def test_json_is_indented_whole_or_cut_where_the_page_says_so() -> None:
    text = json.dumps([[n] for n in range(2_000)])
    assert ShownPart(Part("tool-result", text)).pretty_text == json.dumps(json.loads(text), indent=2)
    short = ShownPart(Part("tool-result", text), limit=1_000)
    assert (len(short.pretty_text), short.hidden_characters) == (1_000, len(text) - 1_000)
    deep = "[" * 300 + "]" * 300
    assert ShownPart(Part("tool-result", deep), limit=1_000).pretty_text == deep


def test_arguments_that_are_cut_say_so() -> None:
    shown = ShownPart(call("a", arguments="x" * 1_500), limit=1_000)
    assert (len(shown.arguments), shown.hidden_arguments) == (1_000, 500)


@pytest.mark.parametrize(
    ("text", "has_failed"),
    [
        ("Error: no such file", True),
        ("Traceback (most recent call last):\n", True),
        ('{"error": "payment_declined"}', True),
        ("1 failed, 6 passed\nexit code 1", True),
        ("Exited with code 2", True),
        ('{"error": null, "rows": 3}', False),
        ("40 passed\nexit code 0", False),
        ("errors: 0", False),
        ("No error was found", False),
        ("", False),
    ],
)
def test_a_failure_is_known_by_its_words(text: str, has_failed: bool) -> None:
    assert ShownPart(Part("tool-result", text)).has_failed == has_failed


def test_the_flag_of_a_result_counts_more_than_its_words() -> None:
    assert not ShownPart(Part("tool-result", "Error: expected by the test", meta={"is_error": False})).has_failed
    assert ShownPart(Part("tool-result", "fine", meta={"is_error": True})).has_failed


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ('{"command": "pytest  -q"}', "pytest -q"),
        ('{"a": 1, "b": [2]}', "a=1 b=[2]"),
        ({"path": "x.py"}, "x.py"),
        ("not json", "not json"),
        ("{}", ""),
        (None, ""),
    ],
)
def test_the_arguments_of_a_call_on_one_line(arguments: Any, line: str) -> None:
    assert " ".join(ShownPart(call("a", arguments=arguments)).arguments_line.split()) == line


@pytest.mark.parametrize(
    ("meta", "source", "link"),
    [
        ({"url": "data:image/png;base64,AA"}, "data:image/png;base64,AA", ""),
        ({"type": "base64", "media_type": "image/png", "data": "AA"}, "data:image/png;base64,AA", ""),
        ({"type": "base64", "media_type": "text/html", "data": "AA"}, "", ""),
        ({"url": "https://example.com/a.png"}, "", "https://example.com/a.png"),
        ({"url": "javascript:alert(1)"}, "", ""),
        ({}, "", ""),
    ],
)
def test_only_images_inside_the_message_are_loaded(meta: dict[str, Any], source: str, link: str) -> None:
    shown = ShownPart(Part("image", meta=meta))
    assert (shown.image_source, shown.link) == (source, link)


def test_a_part_of_an_unknown_type_is_shown_as_data() -> None:
    shown = ShownPart(Part("../../secrets", meta={"x": 1}))
    assert shown.template_name == "sessions/parts/data.html"
    assert '"x": 1' in shown.data


def test_nul_is_shown_as_its_symbol() -> None:
    assert ShownPart(Part("text", "a\0b")).text == "a␀b"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
        ("# Title", "<h4>Title</h4>\n"),
        ("[x](https://a.example)", '<p><a href="https://a.example" rel="noopener nofollow">x</a></p>\n'),
        ("![x](https://a.example/i)", '<p><a href="https://a.example/i" rel="noopener nofollow">x</a></p>\n'),
        ("[x](javascript:alert)", "<p>[x](javascript:alert)</p>\n"),
    ],
)
def test_markdown_is_safe(text: str, html: str) -> None:
    assert to_html(text) == html


def test_cells_are_aligned_without_a_style() -> None:
    html = to_html("|a|\n|-:|\n|1|")
    assert "style" not in html
    assert 'data-align="right"' in html


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "just now"), (30, "just now"), (150, "2 min ago"), (7_300, "2 h ago"), (200_000, "2 d ago")],
)
def test_how_long_ago(seconds: int, words: str) -> None:
    assert ago(timezone.now() - timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(("size", "words"), [(12, "12 B"), (2_048, "2 kB"), (3_500_000, "3.3 MB")])
def test_sizes(size: int, words: str) -> None:
    assert filesize(size) == words


@pytest.mark.parametrize(
    ("part", "source"),
    [
        (Part("audio", meta={"data": "AAAA", "format": "wav"}), "data:audio/wav;base64,AAAA"),
        (
            Part("audio", meta={"type": "base64", "media_type": "audio/ogg", "data": "AAAA"}),
            "data:audio/ogg;base64,AAAA",
        ),
        (Part("audio", meta={"type": "base64", "media_type": "text/html", "data": "AAAA"}), ""),
        (Part("audio", meta={"data": '"><script>', "format": "wav"}), ""),
        (Part("audio", meta={"url": "https://example.com/a.wav"}), ""),
        (Part("audio"), ""),
    ],
)
def test_only_audio_inside_the_message_is_played(part: Part, source: str) -> None:
    assert ShownPart(part).sound_source == source


@pytest.mark.parametrize(
    ("text", "length", "shown"),
    [("short", 5, "short"), ("much longer", 6, "much…"), ("数据库连接", 4, "数据库…"), ("", 3, ""), (None, 9, "None")],
)
def test_a_long_text_is_cut_to_its_length(text: object, length: int, shown: str) -> None:
    assert shorten(text, length) == shown


def test_a_list_of_things_to_do_has_boxes() -> None:
    html = to_html("- [ ] write\n- [X] read **it**\n- [x](https://example.com)\n- [y] no\n\n[x] no item")
    assert re.findall(r"<li>(.*?)</li>", html) == [
        "☐ write", "☑ read <strong>it</strong>",
        '<a href="https://example.com" rel="noopener nofollow">x</a>', "[y] no",
    ]  # fmt: skip
    assert "[x] no item" in html


def test_an_address_is_what_the_resolver_says() -> None:
    pk = uuid.uuid4()
    for name in ("tasks:session", "tasks:task", "tasks:user", "tasks:run"):
        assert address_of(name, pk) == reverse(name, args=[pk])
    set_script_prefix("/under/")
    try:
        assert address_of("tasks:task", pk) == f"/under/tasks/{pk}/"
    finally:
        clear_script_prefix()
