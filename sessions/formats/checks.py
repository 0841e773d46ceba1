"""Look at what a client sent with suspicion: return it as what it should be, or raise BadMessage with the place."""

from typing import Any

from sessions.formats.errors import BadMessage


def text_or_empty(value: Any, where: str) -> str:
    """Return text; null and absent count as empty."""
    if value is None or isinstance(value, str):
        return value or ""
    raise BadMessage(f"{where}: must be text")


def needed_text(value: Any, where: str) -> str:
    """Return text that must be there, be it empty."""
    if isinstance(value, str):
        return value
    raise BadMessage(f"{where}: must be text")


def needed_object(value: Any, where: str) -> dict[str, Any]:
    """Return an object that must be there."""
    if isinstance(value, dict):
        return value
    raise BadMessage(f"{where}: must be an object")


def object_or_none(value: Any, where: str) -> dict[str, Any] | None:
    """Return an object; null and absent count as none."""
    return None if value is None else needed_object(value, where)
