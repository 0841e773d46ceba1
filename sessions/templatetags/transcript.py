"""What the templates of a conversation need: JSON as a tree, how long something took, how long nothing came, and when
something will happen."""

import uuid
from datetime import datetime, timedelta
from functools import lru_cache
from html import escape

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
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
    return format_html(
        '<div class="json"><label class="json-switch"><input type="checkbox" autocomplete="off"><span>{}</span></label>'
        '{}<div class="code"><div class="code-head"><span>json</span><button type="button" class="copy" data-copy>{}'
        '</button></div><pre tabindex="0"><code>{}</code></pre></div></div>',
        _("Plain text"), tree(node), _("Copy"), plain,
    )  # fmt: skip


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
    return format_html('<ul class="tree">{}</ul>', _inner(node))


def _inner(node: Node) -> SafeString:
    items = format_html_join("", "<li>{}</li>", ((_drawn(child),) for child in node.children))
    if not node.size:
        return format_html('<li class="tree-more">{}</li>', "{ }" if node.kind == "object" else "[ ]")
    if node.hidden:
        words = ngettext("%(n)d more", "%(n)d more", node.hidden) % {"n": node.hidden}
        return format_html('{}<li class="tree-more">{}</li>', items, words)
    return items


def _drawn(node: Node) -> SafeString:
    if not node.is_branch and not node.hidden:
        return format_html(
            '<span class="tree-key">{}</span> <span class="tree-value" data-kind="{}">{}</span>',
            node.key, node.kind, node.text,
        )  # fmt: skip
    key = format_html('<span class="tree-key">{}</span>', node.key)
    if node.is_branch and node.size:
        sign = f"{{{node.size}}}" if node.kind == "object" else f"[{node.size}]"
        return format_html(
            '<details {}><summary>{} <span class="tree-size">{}</span></summary><ul>{}</ul></details>',
            "open" if node.is_open else "", key, sign, _inner(node),
        )  # fmt: skip
    if node.is_branch:
        return format_html('{} <span class="tree-size">{}</span>', key, "{ }" if node.kind == "object" else "[ ]")
    value = format_html('{} <span class="tree-value" data-kind="{}">{}</span>', key, node.kind, node.text)
    words = ngettext("%(n)d more character", "%(n)d more characters", node.hidden) % {"n": node.hidden}
    return format_html('{} <span class="tree-more">{}</span>', value, words)


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
