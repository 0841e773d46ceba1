"""Read the parameters of a strategy. Unknown ones are ignored, null counts as absent."""

import math
from typing import Any


class BadStrategy(ValueError):
    """A strategy that cannot be applied; the text says which and why."""


JSON_NAMES = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}


class Params:
    """The `params` of one strategy, as the client sent them."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def whole(self, name: str, *, default: int | None, least: int, exact: bool = False) -> int | None:
        """Return an integer of at least `least`. A fraction is cut off, or refused when it must be exact."""
        value = self.values.get(name)
        if value is None:
            return default
        if type(value) not in (int, float):
            raise BadStrategy(f"{name} must be an integer, got {_kind(value)}")
        if not math.isfinite(value) or (exact and value != int(value)):
            raise BadStrategy(f"{name} must be an integer, got {value}")
        number = int(value)
        if number < least:
            raise BadStrategy(f"{name} must be {'> 0' if least == 1 else f'>= {least}'}, got {number}")
        return number

    def needed_whole(self, name: str, *, strategy: str, exact: bool = False) -> int:
        """Return a positive integer that must be there."""
        number = self.whole(name, default=None, least=1, exact=exact)
        if number is None:
            raise BadStrategy(f"{strategy} strategy requires '{name}' parameter")
        return number

    def text(self, name: str, *, default: str) -> str:
        """Return a text without space around it; a blank one is the default."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, str):
            raise BadStrategy(f"{name} must be a string, got {_kind(value)}")
        return (value or "").strip() or default

    def names(self, name: str) -> frozenset[str]:
        """Return a set of texts."""
        value = self.values.get(name)
        if value is None:
            return frozenset()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise BadStrategy(f"{name} must be an array of strings, got {_kind(value)}")
        return frozenset(value)


def _kind(value: Any) -> str:
    return JSON_NAMES.get(type(value), "null")
