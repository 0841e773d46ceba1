"""Patch a JSONB column in one statement, so that patches at the same time lose no key.

A patch is shallow: a key replaces the key, null deletes it, nested objects are values like any other.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Expression, F, Func, JSONField, TextField, Value
from django.db.models.functions import Cast, Coalesce


def merged(column: str, patch: dict[str, Any]) -> Expression:
    """Return what a JSONB column becomes by a patch. Assign it and `save(update_fields=…)`, which reads it back."""
    changes = {key: value for key, value in patch.items() if value is not None}
    gone = [key for key, value in patch.items() if value is None]
    result: Expression = Coalesce(F(column), _json({}))
    if changes:
        result = _operator("||", result, _json(changes))
    if gone:
        result = _operator("-", result, Cast(Value(gone, ArrayField(TextField())), ArrayField(TextField())))
    return result


def _json(value: Any) -> Expression:
    return Cast(Value(value, JSONField()), JSONField())


def _operator(sign: str, left: Expression, right: Expression) -> Expression:
    return Func(left, right, template="(%(expressions)s)", arg_joiner=f" {sign} ", output_field=JSONField())
