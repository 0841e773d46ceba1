"""JSON that a person edits in the admin: an object that can be stored, as the API asks for it."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput

from sessions.errors import BadRequest
from sessions.json_objects import check_json_object


class JSONObjectField(forms.JSONField):
    """Takes an object or nothing, which is an empty object where the column knows no null."""

    def __init__(self, *, is_null_allowed: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.is_null_allowed = is_null_allowed

    def to_python(self, value: Any) -> Any:
        """Raises ValidationError for what no reader reads: Django's own would fail on depth and on endless numbers."""
        try:
            return super().to_python(value)
        except (RecursionError, ValueError):
            raise self._refusal(value) from None

    def clean(self, value: Any) -> dict[str, Any] | None:
        """Return the object; raises ValidationError."""
        found = super().clean(value)
        if found is None:
            return None if self.is_null_allowed else {}
        if not isinstance(found, dict):
            raise self._refusal(value)
        try:
            check_json_object(found, str(self.label))
        except BadRequest as error:
            raise ValidationError(str(error)) from None
        return found

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except (RecursionError, ValueError):
            return InvalidJSONInput(data)

    def prepare_value(self, value: Any) -> str:
        """Return what the form shows; a lone surrogate, which no page can carry, stays spelt out."""
        text = str(super().prepare_value(value))
        return text if text.isascii() or _is_sendable(text) else json.dumps(value)

    def _refusal(self, value: Any) -> ValidationError:
        return ValidationError(self.error_messages["invalid"], code="invalid", params={"value": value})


def _is_sendable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
