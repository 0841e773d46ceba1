"""Addresses of things by their id. A list has hundreds: the pattern of each is looked up once, not for every row."""

import uuid
from functools import cache

from django.urls import get_script_prefix, reverse

ANY = uuid.UUID(int=0)


def address_of(name: str, pk: object) -> str:
    """Return the path of the page called `name` of what has this UUID. Raises NoReverseMatch for an unknown page."""
    return _pattern(name, get_script_prefix()).replace(str(ANY), str(pk), 1)


def page_at(name: str, query: str = "") -> str:
    """Return the path of the page called `name`, with what stands behind the question mark if there is anything."""
    return reverse(name) + (f"?{query}" if query else "")


@cache
def _pattern(name: str, _prefix: str) -> str:
    # The prefix is part of what `reverse` answers; one process may serve under two.
    return reverse(name, args=[ANY])
