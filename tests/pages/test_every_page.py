"""The table of all pages has all of them, and each says what it is."""

import re
import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from sessions.models import Project
from tests.filled import NO_PAGES, PAGES, Filled, fill

pytestmark = pytest.mark.django_db
EXAMPLES = {"uuid": uuid.uuid4(), "int": 1, "slug": "x", "str": "x", "path": "x"}


@pytest.fixture
def filled(project: Project, page: Client) -> Filled:
    return fill(project, User.objects.get(username="alice"))


def named(namespace: str) -> list[tuple[str, list[object]]]:
    """Return the name of every address of ours, with arguments that fit."""
    (resolver,) = [each for each in get_resolver().url_patterns if getattr(each, "namespace", "") == namespace]
    assert isinstance(resolver, URLResolver)
    found = []
    for pattern in resolver.url_patterns:
        assert isinstance(pattern, URLPattern)
        kinds = re.findall(r"<(\w+):", str(pattern.pattern))
        found.append((f"{namespace}:{pattern.name}", [EXAMPLES[kind] for kind in kinds]))
    return found


@pytest.mark.parametrize(("name", "args"), [*named("sessions"), *named("tasks")])
def test_each_address_is_a_page_of_the_table_a_part_of_one_or_an_action(
    page: Client, name: str, args: list[object]
) -> None:
    if name in NO_PAGES or name in {key.partition(",")[0] for key in PAGES}:
        return
    assert page.get(reverse(name, args=args)).status_code == 405, f"{name} is missing in tests/filled.py"


def test_each_page_is_there_and_has_one_heading_and_a_title_of_its_own(page: Client, filled: Filled) -> None:
    titles = {}
    for name, address_of in PAGES.items():
        response = page.get(address_of(filled))
        text = response.content.decode()
        assert response.status_code == 200, name
        assert len(re.findall("<h1", text)) == 1, name
        titles[name] = re.search(r"<title>\s*(.*?)\s*· Acontext</title>", text, re.DOTALL)
        assert titles[name], name
    told = [title[1] for name, title in titles.items() if title and "," not in name]
    # The tasks of a session are a list of tasks too, and asking to extract again leads to a page of that name.
    assert len(set(told)) >= len(told) - 2, told
