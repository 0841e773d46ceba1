"""What a claim rests on."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models


def evidence_field() -> "ArrayField[Any, Any]":
    """The numbers (`seq`) of the messages a claim rests on, within its session."""
    return ArrayField(models.BigIntegerField(), default=list, blank=True)
