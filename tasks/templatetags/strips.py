"""The bar of a session's tasks by status, drawn once for all rows of a list that have the same."""

from collections.abc import Sequence
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from tasks.session_rows import Segment

register = template.Library()


@register.simple_tag
def strip(segments: Sequence[Segment]) -> SafeString:
    """Draw statuses that were counted, as components/strip.html does."""
    return _drawn(tuple(segments), get_language())


@lru_cache(maxsize=4_096)
def _drawn(segments: tuple[Segment, ...], _language: str | None) -> SafeString:
    """The words in it are of a language, which is therefore part of the key."""
    row = {"segments": segments, "task_count": sum(segment.count for segment in segments)}
    return render_to_string("components/strip.html", {"row": row})
