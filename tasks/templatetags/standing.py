"""How a task stands, in words and as it is drawn, where a template has many tasks or the stored value alone."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from tasks.models import Task

register = template.Library()


@register.filter
def risk_words(value: str) -> str:
    """Say a risk in words; "" is "none"."""
    return str(Task.Risk(value).label)


@register.filter
def situation_words(value: str) -> str:
    """Say a situation in words; "" is "nothing special"."""
    return str(Task.Situation(value).label)


@register.simple_tag
def standing_of(task: Task) -> SafeString:
    """Return a task's status with all that stands beside it, as components/standing.html does, drawn once for each."""
    return _standing(task.status, task.situation, task.basis, task.risk, get_language() or "")


@lru_cache(maxsize=1024)
def _standing(status: str, situation: str, basis: str, risk: str, _language: str) -> SafeString:
    task = Task(status=status, situation=situation, basis=basis, risk=risk)
    return render_to_string("components/standing.html", {"task": task})


@register.simple_tag
def marks_of(task: Task) -> SafeString:
    """Return what stands beside a task's status. There are few kinds of it, and lists show it on every row."""
    return _marks(task.situation, task.basis, task.risk, get_language() or "")


@lru_cache(maxsize=1024)
def _marks(situation: str, basis: str, risk: str, _language: str) -> SafeString:
    task = Task(situation=situation, basis=basis, risk=risk)
    return render_to_string("tasks/marks.html", {"task": task})


@register.simple_tag
def badge_of(task: Task) -> SafeString:
    """Return the badge of a task's status, drawn once for each status and language."""
    return _badge(task.status, get_language() or "")


@lru_cache(maxsize=64)
def _badge(status: str, _language: str) -> SafeString:
    return render_to_string("components/badge.html", {"status": status})


@register.simple_tag
def moves_from(status: str) -> SafeString:
    """Return the buttons that give a task another status than it has; they belong into a form that names the task."""
    return _moves(str(status), get_language() or "")


@lru_cache(maxsize=64)
def _moves(status: str, _language: str) -> SafeString:
    others = [other for other in Task.Status if other != status]
    return render_to_string("tasks/moves.html", {"statuses": others})
