"""The fast template engine draws what Django's own draws (ADR 0010): only then may either be installed."""

import re
import threading

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.template.loader import get_template
from django.test import Client, override_settings

from sessions.models import Project
from sessions.templatetags import acontext
from tasks.templatetags import ledger, standing, strips
from tests.filled import PAGES, fill

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not configured.FAST_TEMPLATES, reason="no wheel of the engine for this machine"),
]
# What differs each time: a form's token and the id of the key it makes, the policy's nonce, the second of drawing, how
# long something waits by now.
ONCE = re.compile(r'(name="(?:csrfmiddlewaretoken|once)" value|nonce)="[^"]*"|(until|newer)=[\w%.-]+|\d+\.\d (s|秒)<')
KEPT = [
    *(acontext._drawn_once, acontext._menu, ledger._badge, strips._drawn),
    *(standing._standing, standing._marks, standing._badge, standing._moves),
]
BY_DJANGO = {
    "TEMPLATES": [configured.DRAWN_BY_DJANGO],
    "FORM_RENDERER": "django.forms.renderers.DjangoTemplates",
}


def drawn(page: Client, addresses: dict[str, str]) -> dict[str, str]:
    for kept in KEPT:
        kept.cache_clear()
    return {name: ONCE.sub("", page.get(address).content.decode()) for name, address in addresses.items()}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_both_engines_draw_every_page_alike_to_the_letter(page: Client, project: Project, language: str) -> None:
    filled = fill(project, User.objects.get(username="alice"))
    addresses = {name: address_of(filled) for name, address_of in PAGES.items()}
    page.cookies[configured.LANGUAGE_COOKIE_NAME] = language
    drawn(page, addresses)  # what a first look alone says is said
    # Another minute may begin between the two: what differs is drawn again.
    for _ in range(3):
        fast = drawn(page, addresses)
        with override_settings(**BY_DJANGO):
            assert "django_rust_templates" not in type(get_template("base.html")).__module__
            by_django = drawn(page, addresses)
        addresses = {name: addresses[name] for name in addresses if fast[name] != by_django[name]}
    assert list(addresses) == []


def test_here_pages_are_drawn_by_the_fast_engine_and_the_admin_by_djangos() -> None:
    assert "django_rust_templates" in type(get_template("tasks/sessions.html")).__module__
    assert "django_rust_templates" not in type(get_template("admin/index.html")).__module__


def test_threads_that_draw_at_once_do_not_mix(project: Project) -> None:
    """The web server draws in several threads; the engine's parsed templates are shared by all of them."""
    template = get_template("components/badge.html")
    wrong: list[str] = []

    def draw(status: str) -> None:
        expected = template.render({"status": status})
        wrong.extend(text for _ in range(300) if (text := template.render({"status": status})) != expected)

    threads = [threading.Thread(target=draw, args=(status,)) for status in ("success", "failed", "running", "pending")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
