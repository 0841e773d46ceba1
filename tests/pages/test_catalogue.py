"""The Chinese catalogue has all that is marked, says it with the same placeholders, and is the one that is compiled."""

import gettext
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.skipif(
    not shutil.which("msgfmt") and not os.environ.get("CI"),
    reason="no gettext here: apt-get install it",
)
CATALOGUE = Path(settings.BASE_DIR, "locale/zh_Hans/LC_MESSAGES/django.po")
SOURCES = ("acontext_site", "sessions", "tasks", "templates")
PLACEHOLDER = re.compile(r"%\(\w+\)[-.\d]*[a-z]|\{\w+\}|</?\w+[^>]*>")

Message = str | tuple[str, int]


def run(*command: str | Path, **options: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


def messages_of(compiled: Path) -> dict[Message, str]:
    with compiled.open("rb") as file:
        found: dict[Message, str] = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    found.pop("")
    return found


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[Message, str]:
    """What the catalogue says, compiled anew."""
    compiled = tmp_path_factory.mktemp("ours") / "django.mo"
    run("msgfmt", "--check-format", f"--output-file={compiled}", CATALOGUE)
    return messages_of(compiled)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """All that the code and the templates mark for translation."""
    folder = tmp_path_factory.mktemp("marked")
    for name in SOURCES:
        shutil.copytree(Path(settings.BASE_DIR, name), folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "locale").mkdir()
    run(sys.executable, "-m", "django", "makemessages", "--locale", "zh_Hans", cwd=folder)
    run("msgen", f"--output-file={folder}/all.po", folder / "locale/zh_Hans/LC_MESSAGES/django.po")
    run("msgfmt", f"--output-file={folder}/all.mo", folder / "all.po")
    return {key if isinstance(key, str) else key[0] for key in messages_of(folder / "all.mo")}


def test_each_marked_string_is_translated(marked: set[str], ours: dict[Message, str]) -> None:
    known = {key if isinstance(key, str) else key[0] for key in ours}
    assert sorted(marked - known) == [], "run bin/messages, and translate what it adds"


def test_nothing_is_translated_that_is_not_there_any_more(marked: set[str], ours: dict[Message, str]) -> None:
    known = {key if isinstance(key, str) else key[0] for key in ours}
    assert sorted(known - marked) == [], "run bin/messages"


def test_no_translation_is_a_guess(ours: dict[Message, str]) -> None:
    assert run("msgattrib", "--only-fuzzy", CATALOGUE) == ""


def test_placeholders_and_markup_are_those_of_the_english(ours: dict[Message, str]) -> None:
    differing = {}
    for key, chinese in ours.items():
        english = key if isinstance(key, str) else key[0]
        wanted, found = set(PLACEHOLDER.findall(english)), set(PLACEHOLDER.findall(chinese))
        # Of a plural only the form for many has to hold the number, which msgfmt has checked.
        if found != wanted if isinstance(key, str) else not wanted <= found:
            differing[english] = chinese
    assert differing == {}


def test_the_compiled_catalogue_is_of_this_one(ours: dict[Message, str]) -> None:
    assert messages_of(CATALOGUE.with_suffix(".mo")) == ours, "run bin/messages"


@pytest.mark.parametrize("mark", ["...", "“ ", " ”", "，，", ",", "?", ";", "你"])
def test_chinese_is_set_as_chinese_is(mark: str, ours: dict[Message, str]) -> None:
    """Full-width marks, one way to address a person, no stray spaces."""
    code = re.compile(r"<[^>]+>|\{[^}]*\}|%\(\w+\)[.\d]*\w|\d,\d|[A-Z]=\"[^\"]*\"")
    assert [text for text in ours.values() if mark in code.sub("", text) and not text.isascii()] == []
