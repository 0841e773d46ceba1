"""Extraction without a broker: what sweep and workers do, done at once."""

from datetime import timedelta

from django.utils import timezone

from tasks.extraction.queue import claim_due
from tasks.extraction.run import extract


def later(seconds: float = 3600):
    return timezone.now() + timedelta(seconds=seconds)


def extract_all() -> None:
    """Do what sweep and workers do until nothing is due."""
    for _ in range(10):
        for lease in claim_due(now=later()):
            extract(lease)
    assert claim_due(now=later()) == []
