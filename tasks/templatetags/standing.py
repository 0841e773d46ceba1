"""The words for what stands beside a status, where a template has the stored value and not the task."""

from django import template

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
