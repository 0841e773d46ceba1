"""What the templates of a conversation need: JSON as a tree, how long something took, how long nothing came."""

from datetime import timedelta

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.display.json_tree import Node

register = template.Library()

MINUTE, HOUR, DAY = 60, 3_600, 86_400


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
    if node.hidden:
        words = ngettext("%(n)d more character", "%(n)d more characters", node.hidden) % {"n": node.hidden}
        return format_html('{} <span class="tree-more">{}</span>', value, words)
    return value


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
