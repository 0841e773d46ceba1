"""What search takes for words, what it looks for, and what it marks: rules, in many languages."""

import pytest

from sessions.parts import Kind, Part
from tasks.search.content import text_of_message
from tasks.search.marking import Piece, snippet_of
from tasks.search.words import LONGEST_WORD, MOST_WORDS, Query, Term, folded, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The file is THERE, isn't it?", {"the", "file", "is", "there", "isn", "t", "it"}),
        ("Kraków Straße ÜBER", {"krakow", "strasse", "uber"}),
        ("数据库缺少索引", {"数据", "据库", "库缺", "缺少", "少索", "索引", "引"}),
        ("猫", {"猫"}),
        ("東京タワー", {"東京", "京タ", "タワ", "ワー", "ー"}),
        ("ｶﾞﾗｽ", {"ガラ", "ラス", "ス"}),
        ("한국어 검색", {"한국", "국어", "어", "검색", "색"}),
        ("修复 user_id 的错误", {"修复", "复", "user_id", "user", "id", "的错", "错误", "误"}),
        ("fooBar", {"foobar", "foo", "bar"}),
        ("parseHTTPServer", {"parsehttpserver", "parse", "http", "server"}),
        ("MAX_RETRIES", {"max_retries", "max", "retries"}),
        ("src/billing/userProfile.tsx", {"src", "billing", "userprofile", "user", "profile", "tsx"}),
        ("PAY-1234", {"pay", "1234"}),
        ("done 👍", {"done", "👍"}),
        ("سلام دنیا", {"سلام", "دنیا"}),
        ("हिन्दी में", {"हिन्दी", "में"}),
        ("", set()),
        ("... --- !!!", set()),
        ("a\0b", {"a", "b"}),
        ("\ud800 broken", {"broken"}),
    ],
)
def test_words_of_a_text(text: str, words: set[str]) -> None:
    assert words_of(text) == words


def test_accents_and_forms_do_not_matter() -> None:
    assert folded("Ｋｒａｋó́w") == folded("krakow") == "krakow"
    assert folded("が") == "が"  # a voiced sign is another letter, not an accent
    assert words_of("cafe\u0301") == words_of("café") == {"cafe"}


def test_a_very_long_text_is_cut() -> None:
    many = " ".join(f"word{n}" for n in range(100_000))
    assert len(words_of(many)) <= MOST_WORDS
    assert words_of("x" * 100_000) == {"x" * LONGEST_WORD}
    assert len(words_of("数据库的错误日志" * 50_000)) < 20


def test_no_word_has_what_the_index_takes_for_a_sign_of_its_own() -> None:
    signs = [chr(code) for code in range(0x20000) if not 0xD800 <= code < 0xE000]
    words = set[str]().union(*(words_of(sign) for sign in signs))
    assert not any(set(word) & set("'\\:#@&|!()<>* \0") for word in words)


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("the file", [Term("the"), Term("file", is_prefix=True)]),
        ("the file ", [Term("the"), Term("file")]),
        ("user_i", [Term("user_i", is_prefix=True)]),
        ("数据库", [Term("数据库", is_run=True)]),
        ("数", [Term("数", is_run=True, is_prefix=True)]),
        ("修复 bug", [Term("修复", is_run=True), Term("bug", is_prefix=True)]),
        ("file file", [Term("file"), Term("file", is_prefix=True)]),
        ("👍", [Term("👍")]),
        ("'; DROP TABLE", [Term("drop"), Term("table", is_prefix=True)]),
    ],
)
def test_what_is_looked_for(typed: str, terms: list[Term]) -> None:
    assert list(Query.of(typed).terms) == terms


@pytest.mark.parametrize(
    ("typed", "is_searchable"),
    [("ab", True), ("猫", True), ("👍", True), ("a b", False), ("a", False), ("", False), ("..", False), ("7", False)],
)
def test_what_is_too_short(typed: str, is_searchable: bool) -> None:
    assert Query.of(typed).is_searchable is is_searchable


def test_more_words_than_twelve_are_left_out() -> None:
    assert len(Query.of(" ".join(f"word{n}" for n in range(50))).terms) == 12


def marked(text: str, typed: str) -> list[str]:
    return [piece.text for piece in snippet_of(text, Query.of(typed)) if piece.is_hit]


@pytest.mark.parametrize(
    ("text", "typed", "marks"),
    [
        ("The file and the Files", "file", ["file", "Files"]),
        ("The file and the Files", "file ", ["file"]),
        ("Kraków in May", "krakow", ["Kraków"]),
        ("数据库缺少索引", "索引", ["索引"]),
        ("数据库缺少索引，数据不对", "数据", ["数据", "数据"]),
        ("猫と猫", "猫", ["猫", "猫"]),
        ("call parse_orders(user_id)", "orders id ", ["orders", "id"]),
        ("see userProfile.tsx", "profile", ["Profile"]),
        ("userProfile", "userprofile", ["userProfile"]),
        ("修复 user_id 的错误", "错误 user_id ", ["user_id", "错误"]),
        ("well done 👍", "👍", ["👍"]),
        ("nothing here", "absent", []),
        ("ｶﾞﾗｽ", "ガラス", ["ｶﾞﾗｽ"]),
    ],
)
def test_what_is_marked(text: str, typed: str, marks: list[str]) -> None:
    assert marked(text, typed) == marks


def test_whatever_is_found_by_a_word_is_marked() -> None:
    text = "Prüfe parse_orders in src/billing/invoice.py: 数据库 タワー fooBar PAY-1234 👍"
    for word in words_of(text):
        assert marked(text, word + " "), word


def test_a_snippet_is_the_stretch_with_most_of_the_words() -> None:
    filler = "Nothing of interest stands in this sentence at all. "
    text = f"the index {filler * 20}Here the database lacks an index for it. {filler * 20}"
    pieces = snippet_of(text, Query.of("database index"))
    whole = "".join(piece.text for piece in pieces)
    assert "database lacks an index" in whole
    assert (whole[0], whole[-1]) == ("…", "…")
    assert len(whole) < 260


def test_a_snippet_keeps_the_text_and_its_order() -> None:
    text = "One  two\nthree <b>two</b>"
    assert snippet_of(text, Query.of("two ")) == [
        Piece("One ", is_hit=False),
        Piece("two", is_hit=True),
        Piece(" three <b>", is_hit=False),
        Piece("two", is_hit=True),
        Piece("</b>", is_hit=False),
    ]


def test_a_snippet_can_always_be_shown() -> None:
    for text in ("a\0 file \ud83d", "\0", "", "file" * 50_000, "é" * 10):
        "".join(piece.text for piece in snippet_of(text, Query.of("file"))).encode()


def test_what_of_a_message_is_searched() -> None:
    inner = [{"type": "text", "text": "inside"}, {"type": "image"}]
    parts = [
        Part(Kind.THINKING, "hmm"),
        Part(Kind.TEXT, "said"),
        Part(Kind.TOOL_CALL, meta={"name": "run_sql", "arguments": '{"city": "\\u676d\\u5dde", "n": [1, null]}'}),
        Part(Kind.TOOL_CALL, meta={"name": "grep", "arguments": {"path": "src/a.py"}}),
        Part(Kind.TOOL_CALL, meta={"name": "old", "arguments": "not json"}),
        Part(Kind.TOOL_RESULT, "answered", meta={"parts": inner}),
        Part(Kind.FILE, filename="report.pdf"),
        Part(Kind.IMAGE, meta={"url": "data:image/png;base64,AAAA"}),
    ]
    assert text_of_message(parts).splitlines() == [
        "hmm",
        "said",
        "run_sql city: 杭州, n: 1, ",
        "grep path: src/a.py",
        "old not json",
        "answered",
        "inside",
        "report.pdf",
    ]


def test_arguments_of_any_depth() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    assert text_of_message([Part(Kind.TOOL_CALL, meta={"name": "f", "arguments": deep})]).startswith("f [[[")
