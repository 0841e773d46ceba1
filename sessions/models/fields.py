"""JSON columns kept as text."""

import json
from typing import TYPE_CHECKING, Any

import msgspec
from django import forms
from django.db import models

from sessions.parts import Part

if TYPE_CHECKING:
    TextField = models.TextField[Any, Any]
else:
    TextField = models.TextField


def dump_json(value: Any) -> str:
    """Return compact JSON that PostgreSQL can store as text: no raw NUL, and lone surrogates stay escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text


class JSONTextField(TextField):
    """JSON as text: keeps what JSONB refuses or changes (NUL, number spelling, key order). See ADR 0002."""

    if TYPE_CHECKING:
        # Where django-stubs looks for what a column takes and gives.
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else dump_json(value)

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return dump_json(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(self, **{"form_class": forms.JSONField, **kwargs})


PARTS_DECODER = msgspec.json.Decoder(list[Part])


def dump_parts(parts: list[Part]) -> str:
    """Return parts as the compact JSON that the column holds."""
    return msgspec.json.encode(parts).decode()


class PartsField(JSONTextField):
    """The parts of a message: a list of `Part`."""

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else dump_parts(value)

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        return None if value is None else PARTS_DECODER.decode(value)

    def value_to_string(self, obj: models.Model) -> str:
        return dump_parts(self.value_from_object(obj))
