"""What a run changed, in few words."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks.models import ExtractionRun

# A run that ended just now is told of as news.
NEWS_SECONDS = 20


def outcome_words(run: ExtractionRun) -> str:
    """Say how many tasks, progresses and the like a run brought; that it changed nothing when it did."""
    accepted = run.accepted if isinstance(run.accepted, dict) else {}
    told = [
        ngettext("%(n)d new task", "%(n)d new tasks", n) % {"n": n} if (n := _count(accepted, "new_tasks")) else "",
        ngettext("%(n)d change of status", "%(n)d changes of status", n) % {"n": n}
        if (n := _count(accepted, "status"))
        else "",
        ngettext("%(n)d progress", "%(n)d progresses", n) % {"n": n} if (n := _count(accepted, "progress")) else "",
        ngettext("%(n)d preference", "%(n)d preferences", n) % {"n": n}
        if (n := _count(accepted, "preferences"))
        else "",
    ]
    return ", ".join(words for words in told if words) or _("nothing changed")


def _count(accepted: dict[str, Any], kind: str) -> int:
    found = accepted.get(kind)
    return len(found) if isinstance(found, Sequence) and not isinstance(found, str) else 0
