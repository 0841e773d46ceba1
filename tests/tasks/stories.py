"""What tests of extraction do again and again."""

from datetime import datetime, timedelta

from django.utils import timezone


def later(seconds: float = 3600) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)
