"""One stylesheet and one script for every page, put together from their parts."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

from acontext_site.bundles import SCRIPT, STYLE, _made_folder, parts_of
from acontext_site.supervisor.static_files import fingerprint

STATIC = Path(settings.BASE_DIR, "static")
TEMPLATES = Path(settings.BASE_DIR, "templates")


def test_each_stylesheet_and_script_reaches_a_page() -> None:
    named = set(re.findall(r"{% static '(.+?)' %}", "".join(file.read_text() for file in TEMPLATES.rglob("*.html"))))
    bundled = {str(part.relative_to(STATIC)) for path in (STYLE, SCRIPT) for part in parts_of(path)}
    ours = {str(file.relative_to(STATIC)) for kind in ("css", "js") for file in (STATIC / kind).iterdir()}
    assert {STYLE, SCRIPT} <= named
    # The admin names its own.
    assert ours - bundled - named == {"css/admin.css"}
    assert bundled & named == set()


def test_a_bundle_has_its_parts_whole_and_in_order() -> None:
    for path in (STYLE, SCRIPT):
        found = finders.find(path)
        assert isinstance(found, str)
        text, place = Path(found).read_text(), 0
        for part in parts_of(path):
            place = text.index(part.read_text(), place) + 1


def test_threads_that_ask_first_at_once_share_one_folder() -> None:
    _made_folder().cleanup()
    _made_folder.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        found = {str(Path(str(path)).parent) for path in pool.map(finders.find, [STYLE] * 8)}
    assert len(found) == 1
    assert Path(found.pop()).is_dir()


def test_a_start_after_which_nothing_changed_collects_nothing() -> None:
    assert fingerprint() == fingerprint()


def test_names_of_one_script_do_not_meet_those_of_another() -> None:
    """Each stands in a block of its own; a module that imports could not."""
    assert not any(re.search(r"^(import|export) ", part.read_text(), re.MULTILINE) for part in parts_of(SCRIPT))
    found = finders.find(SCRIPT)
    assert isinstance(found, str)
    assert Path(found).read_text().startswith("{\n")
