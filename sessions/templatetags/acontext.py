"""What templates need beyond Django's own: icons, markdown, ages, sizes, and links to messages."""

import json
import uuid
from datetime import date, datetime
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails
from heroicons.templatetags.heroicons import heroicon_micro, heroicon_mini

from sessions import markdown as message_markdown
from sessions.addresses import address_of
from sessions.display.parts import shortened

register = template.Library()

MINUTE, HOUR, DAY, WEEK = 60, 3_600, 86_400, 604_800
KIBI = 1_024
MICRO = 16
# What is shown by `in_words` and is no label of a model.
COPY = gettext_noop("Copy")
WORDS = (
    gettext_noop("system"),
    gettext_noop("developer"),
    gettext_noop("user"),
    gettext_noop("assistant"),
    gettext_noop("tool"),
    gettext_noop("offline"),
    gettext_noop("llm"),
    gettext_noop("ok"),
    gettext_noop("partial"),
)
STATUS_ICONS = {
    "success": "check-circle",
    "failed": "x-circle",
    "running": "arrow-path",
    "pending": "ellipsis-horizontal-circle",
}


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: int = 16) -> SafeString:
    """Return one of heroicons' small icons as inline SVG; decoration only, words stand beside it."""
    draw = heroicon_micro if size <= MICRO else heroicon_mini
    return mark_safe(draw(str(name), size=size, aria_hidden="true", **{"class": "icon"}))  # noqa: S308


@register.simple_tag
@lru_cache(maxsize=8)
def logo(size: int) -> SafeString:
    """Return the drawing that is also the browser's icon, as inline SVG: a picture of its own would be fetched."""
    drawing = (settings.BASE_DIR / "static" / "favicon.svg").read_text(encoding="utf-8")
    return mark_safe(drawing.replace("<svg", f'<svg width="{size}" height="{size}" aria-hidden="true"', 1))  # noqa: S308


@register.simple_tag
def icon_of_status(status: str) -> SafeString:
    """Return the shape of a task's status, so that colour is not all that tells."""
    return icon(STATUS_ICONS.get(str(status), "question-mark-circle"))


@register.filter
def markdown(text: str) -> SafeString:
    """Render a message's text; raw HTML in it stays text."""
    return mark_safe(message_markdown.to_html(str(text), _word(COPY, get_language())))  # noqa: S308 -- the renderer escapes (html=False)


@register.filter
def ago(moment: datetime | None) -> str:
    """Say how long ago something was, in the fewest words."""
    return _ago(timezone.localtime(moment)) if moment else ""


def _ago(there: datetime) -> str:
    seconds = (timezone.now() - there).total_seconds()
    if seconds < WEEK:
        return _age(int(seconds // MINUTE), get_language())
    return _day(there.date(), get_language())


# A list says a hundred ages, most of them more than once; each is put into words once.
@lru_cache(maxsize=4_096)
def _age(minutes: int, _language: str | None) -> str:
    if minutes < 1:
        return _("just now")
    if minutes < HOUR // MINUTE:
        return _("%(n)d min ago") % {"n": minutes}
    if minutes < DAY // MINUTE:
        return _("%(n)d h ago") % {"n": minutes * MINUTE // HOUR}
    return _("%(n)d d ago") % {"n": minutes * MINUTE // DAY}


@lru_cache(maxsize=4_096)
def _day(day: date, _language: str | None) -> str:
    return date_format(day, "DATE_FORMAT")


@register.simple_tag
def time(moment: datetime | None) -> SafeString | str:
    """Show when something was: how long ago, and exactly on hover."""
    if moment is None:
        return ""
    there = timezone.localtime(moment)
    # By hand, for a list has a hundred of these; only the words come from elsewhere.
    machine = there.isoformat()
    exactly = f"{machine[:10]} {machine[11:19]} {escape(there.tzname() or '')}"
    return mark_safe(f'<time datetime="{machine}" title="{exactly}">{escape(_ago(there))}</time>')  # noqa: S308


@register.filter
def exact(moment: datetime) -> str:
    """Write a moment to the minute, in the zone of the person who looks, which is named."""
    there = timezone.localtime(moment)
    return f"{date_format(there, 'DATETIME_FORMAT')} {there:%Z}"


@register.filter
def clock(moment: datetime) -> str:
    """Write what a clock on the wall shows at a moment near now, to the second."""
    return f"{timezone.localtime(moment):%H:%M:%S %Z}"


@register.filter
def filesize(size: int) -> str:
    """Say a number of bytes shortly."""
    if size < KIBI:
        return f"{size} B"
    if size < KIBI * KIBI:
        return f"{size / KIBI:.0f} kB"
    return f"{size / KIBI / KIBI:.1f} MB"


@register.filter
def short_id(value: uuid.UUID) -> str:
    """Return the first characters of an id, enough to tell rows apart."""
    return str(value)[:8]


@register.filter
def as_json(value: Any) -> str:
    """Return JSON that a person can read."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


@register.filter
def in_words(value: str) -> str:
    """Write a value of the API as a word of the page: a status, a role, a result. Models name them in `Choices`."""
    return _word(str(value), get_language()) if value else ""


@lru_cache(maxsize=1_024)
def _word(value: str, _language: str | None) -> str:
    return _(value)


@register.filter
def starts_with(text: str, start: str) -> bool:
    """Tell whether a path lies under an address."""
    return text.startswith(start)


@register.simple_tag
def address(name: str, pk: uuid.UUID) -> str:
    """Return the address of a page of one thing, as `{% url %}` does, which takes ten times as long."""
    return address_of(name, pk)


@register.simple_tag
def drawn_once(name: str) -> SafeString:
    """Draw a template that needs nothing of the request: once for each language, though every page has it."""
    return _drawn_once(name, get_language(), get_script_prefix())


@lru_cache(maxsize=64)
def _drawn_once(name: str, _language: str | None, _prefix: str) -> SafeString:
    return render_to_string(name)


@register.simple_tag(takes_context=True)
def menu(context: template.RequestContext) -> SafeString:
    """Draw the main menu with the place that the page lies in marked: once for each place and language."""
    request = context.request
    place = request.path_info.split("/", 2)[1]
    return _menu(place, get_script_prefix(), get_language(), is_staff=request.user.is_staff)


@lru_cache(maxsize=256)
def _menu(place: str, home: str, _language: str | None, *, is_staff: bool) -> SafeString:
    path = f"{home}{place}/" if place else home
    return render_to_string("components/menu.html", {"path": path, "home": home, "is_staff": is_staff})


@register.simple_tag(takes_context=True)
def page_path(context: template.RequestContext) -> str:
    """Return the path and query of the page that a person looks at, also while a fragment of it is rendered."""
    request = context.request
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return (htmx and htmx.current_url_abs_path) or request.get_full_path()


@register.simple_tag
def message_url(session_id: uuid.UUID, seq: int) -> str:
    """Return the address of one message in its session's transcript."""
    return f"{address_of('tasks:session', session_id)}?at={seq}#m{seq}"


@register.filter
def shorten(text: object, length: int) -> str:
    """Cut a text to a length; Django's `truncatechars` takes ten times as long."""
    return shortened(str(text), length)
