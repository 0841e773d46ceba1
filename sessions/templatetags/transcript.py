"""What the templates of a conversation need: JSON as a tree, how long something took, how long nothing came, and when
something will happen."""

import uuid
from datetime import datetime, timedelta
from functools import lru_cache
from html import escape

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from sessions.display.json_tree import Node
from sessions.display.transcript import Entry

register = template.Library()

MINUTE, HOUR, DAY = 60, 3_600, 86_400


@register.simple_tag
def json_block(node: Node, plain: str) -> SafeString:
    """Draw JSON as a tree, with its text behind a switch that needs no script."""
    switch, copy = _json_words(get_language())
    return mark_safe(  # noqa: S308 (words of ours; what the JSON says is escaped)
        f'<div class="json"><label class="json-switch"><input type="checkbox" autocomplete="off"><span>{switch}</span>'
        f'</label><ul class="tree">{_inner(node, has_plain=True)}</ul><div class="code"><div class="code-head">'
        f'<span>json</span><button type="button" class="copy" data-copy>{copy}</button></div>'
        f'<pre tabindex="0"><code>{escape(plain)}</code></pre></div></div>'
    )


@lru_cache(maxsize=8)
def _json_words(_language: str | None) -> tuple[str, str]:
    return escape(_("Plain text")), escape(_("Copy"))


@register.simple_tag
def chips(entry: Entry, *, oob: bool = False) -> SafeString:
    """Name the tasks that a message serves; `oob` where it is to take the place of what a page shows."""
    seq = entry.seq
    language = get_language() if entry.tasks else None
    links = "".join([_chip(order, seq, language) for order in entry.tasks])
    tasks = " ".join(map(str, entry.tasks))
    swap = ' hx-swap-oob="true"' if oob else ""
    # By hand, as each message of a page has them: numbers, and words of ours.
    return mark_safe(f'<span id="m{seq}-tasks" class="chips" data-tasks="{tasks}"{swap}>{links}</span>')  # noqa: S308


def _chip(order: int, seq: int, language: str | None) -> str:
    title = _chip_title(order, language)
    address = f"?task=T{order}&amp;message={seq}#m{seq}"
    return f'<a class="chip" data-choose="{order}" href="{address}" title="{title}">T{order}</a>'


@lru_cache(maxsize=1_024)
def _chip_title(order: int, _language: str | None) -> str:
    return escape(_("Serves task %(n)d") % {"n": order})


@register.filter
def tree(node: Node) -> SafeString:
    """Draw a tree of JSON as nested lists; branches fold without a script."""
    return mark_safe(f'<ul class="tree">{_inner(node, has_plain=False)}</ul>')  # noqa: S308 (escaped below)


def _inner(node: Node, *, has_plain: bool) -> str:
    """Draw what is inside; what is left out is said to be in the plain text, where that stands beside the tree."""
    if not node.size:
        return f'<li class="tree-more">{_bracketed(node)}</li>'
    items = "".join([f"<li>{_drawn(child, has_plain=has_plain)}</li>" for child in node.children])
    if node.hidden:
        words = (
            ngettext("%(n)d more, in the plain text", "%(n)d more, in the plain text", node.hidden)
            if has_plain
            else ngettext("%(n)d more", "%(n)d more", node.hidden)
        )
        return f'{items}<li class="tree-more">{escape(words % {"n": node.hidden})}</li>'
    return items


def _bracketed(node: Node) -> str:
    inside = node.size or " "
    return f"{{{inside}}}" if node.kind == "object" else f"[{inside}]"


def _drawn(node: Node, *, has_plain: bool) -> str:
    key = f'<span class="tree-key">{escape(node.key or "")}</span>'
    if node.is_branch:
        size = f'<span class="tree-size">{_bracketed(node)}</span>'
        if not node.size:
            return f"{key} {size}"
        start = "<details open>" if node.is_open else "<details>"
        return f"{start}<summary>{key} {size}</summary><ul>{_inner(node, has_plain=has_plain)}</ul></details>"
    value = f'{key} <span class="tree-value" data-kind="{node.kind}">{escape(node.text)}</span>'
    if not node.hidden:
        return value
    words = ngettext("%(n)d more character", "%(n)d more characters", node.hidden) % {"n": node.hidden}
    return f'{value} <span class="tree-more">{escape(words)}</span>'


@register.filter
def took(seconds: float) -> str:
    """Say how long a tool took; nothing for what is quicker than a person notices."""
    if seconds < 1:
        return ""
    if seconds < MINUTE:
        return _("%(n)d s") % {"n": seconds}
    if seconds < HOUR:
        return _("%(n)d min") % {"n": seconds // MINUTE}
    return _("%(n)d h") % {"n": seconds // HOUR}


@register.filter
def later(gap: timedelta) -> str:
    """Say how much later something came."""
    seconds = int(gap.total_seconds())
    if seconds < HOUR:
        return ngettext("%(n)d minute later", "%(n)d minutes later", seconds // MINUTE) % {"n": seconds // MINUTE}
    if seconds < DAY:
        return ngettext("%(n)d hour later", "%(n)d hours later", seconds // HOUR) % {"n": seconds // HOUR}
    return ngettext("%(n)d day later", "%(n)d days later", seconds // DAY) % {"n": seconds // DAY}


@register.simple_tag
def countdown(moment: datetime) -> SafeString:
    """Say in how many seconds something happens at the latest; a script counts down where there is one."""
    seconds = max(0, round((moment - timezone.now()).total_seconds()))
    words = _("within %(n)d s") % {"n": seconds} if seconds else _("any moment now")
    return format_html(
        '<time class="countdown" datetime="{}" data-in="{}" data-now="{}">{}</time>',
        moment.isoformat(), _("within %(n)s s") % {"n": "{n}"}, _("any moment now"), words,
    )  # fmt: skip


@register.simple_tag
def message_facts(entry: Entry, session_id: uuid.UUID) -> SafeString:
    """Say a message's tokens and lead to it as it is stored. Drawn here: it stands with each message of a page."""
    raw, (tokens, label, word) = raw_address(session_id) % entry.seq, _fact_words(entry.tokens, get_language())
    return mark_safe(  # noqa: S308 (an address of ours, words of ours)
        f'<span class="tokens">{tokens}</span> · <a class="raw-link" href="{raw}" hx-get="{raw}" '
        f'hx-target="#dialog-body" hx-swap="innerHTML" aria-label="{label % {"n": entry.seq}}">{word}</a>'
    )


@lru_cache(maxsize=4_096)
def _fact_words(tokens: int, _language: str | None) -> tuple[str, str, str]:
    counted = ngettext("%(n)s token", "%(n)s tokens", tokens) % {"n": f"{tokens:,}"}
    return escape(counted), escape(_("Message %(n)d as it is stored")), escape(_("raw"))


@lru_cache(maxsize=64)
def raw_address(session_id: uuid.UUID) -> str:
    """Return the address of a session's stored messages, with a place for the number."""
    return reverse("sessions:raw_message", args=[session_id, 0]).replace("/0/", "/%d/")
