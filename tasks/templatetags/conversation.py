"""What the session page says of extraction."""

import re
import uuid
from collections.abc import Iterable
from html import unescape

from django import template
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from sessions.addresses import address_of
from sessions.templatetags.acontext import icon_of_status, in_words
from tasks.conversation.find import Finding
from tasks.conversation.turns import Begun, Turn
from tasks.extraction.due import Trigger
from tasks.extraction.expected import Expected
from tasks.search.marking import hits_in

register = template.Library()


@register.filter
def why_waiting(expected: Expected) -> str:
    """Say what the messages that wait are waiting for."""
    words = {
        Trigger.FLUSH: _("Someone asked for it: they are read"),
        Trigger.FULL: _("There are enough of them: they are read"),
        Trigger.TURN_END: _("The turn has ended: they are read"),
        Trigger.SILENCE: _("They are read when the turn ends, or nothing comes,"),
        Trigger.OLD: _("They are read when the turn ends, or the oldest has waited long enough,"),
    }
    return words.get(expected.why, "")


@register.simple_tag
def evidence(seqs: Iterable[int], session_id: uuid.UUID) -> SafeString:
    """Link to the messages that a claim rests on. Drawn here: a page has hundreds of these."""
    page = address_of("tasks:session", session_id)
    links = (f'<a class="seq-link" data-seq="{n}" href="{page}?at={n}#m{n}">#{n}</a>' for n in map(int, seqs))
    return mark_safe(" ".join(links))  # noqa: S308 (numbers and a path of ours)


@register.simple_tag
def turn_link(turn: Turn, asked: int) -> SafeString:
    """Link to a turn of the user, with the tasks that begin there. By hand, as a page has sixty of these."""
    words = escape(turn.words) if turn.words else f'<span class="faint">{escape(_without_words(turn))}</span>'
    tasks = f'<span class="turn-tasks">{"".join(map(_dot, turn.tasks))}</span>' if turn.tasks else ""
    current, seq = ' aria-current="true"' if asked == turn.seq else "", turn.seq
    return mark_safe(  # noqa: S308 (what was said is escaped above)
        f'<a id="turn-{seq}" class="turn" data-turn="{seq}" data-seq="{seq}" href="?message={seq}#m{seq}"{current}>'
        f'<span class="turn-words">{words}</span>{tasks}</a>'
    )


def _dot(task: Begun) -> str:
    words = escape(f"T{task.order} {in_words(task.status)}")
    return (
        f'<span class="turn-task" data-status="{task.status}" title="{words}">{icon_of_status(task.status)}'
        f'<span class="visually-hidden">{words}</span></span>'
    )


def _without_words(turn: Turn) -> str:
    kinds = {"image": _("An image"), "audio": _("Audio"), "file": _("A file")}
    return kinds.get(turn.kind) or _("Message #%(n)d") % {"n": turn.seq}


TAG = re.compile(r"(<[^>]*>)")


@register.filter
def marked(shown: str, finding: Finding | None) -> str:
    """Mark what was looked for, in text or in HTML that is safe already; tags and attributes stay as they are."""
    if finding is None or not finding.query.terms:
        return shown
    pieces = TAG.split(str(conditional_escape(shown)))
    return mark_safe("".join(piece if i % 2 else _marked(piece, finding) for i, piece in enumerate(pieces)))  # noqa: S308


def _marked(escaped: str, finding: Finding) -> str:
    text, place, drawn = unescape(escaped), 0, []
    for begins, ends, _term in hits_in(text, finding.query):
        if begins >= place:
            drawn += [escape(text[place:begins]), "<mark>", escape(text[begins:ends]), "</mark>"]
            place = ends
    return "".join([*drawn, escape(text[place:])]) if drawn else escaped
