"""One change of many sessions, done a few at a time. The row is the truth: whoever works on it may stop at any time."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from sessions.addresses import address_of
from sessions.models import Project


class Batch(models.Model):
    """Sessions to be deleted or extracted again. Until `started_at` it only says what somebody is about to do."""

    class Kind(models.TextChoices):
        DELETE = "delete"
        AGAIN = "again", "extract again"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.DB_CASCADE, related_name="batches", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # What is not done yet, in the order in which it will be.
    left = ArrayField(models.UUIDField(), default=list)
    total = models.IntegerField()
    skipped = models.IntegerField(default=0, help_text="Could not be done, for the reason in `problem`")
    problem = models.TextField(blank=True, default="")
    query = models.TextField(blank=True, default="", help_text="The address of the list they were chosen in")
    # How to extract again.
    extractor = models.CharField(max_length=40, blank=True, default="")
    model = models.CharField(max_length=200, blank=True, default="")
    applies_at_once = models.BooleanField(default=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.DB_SET_NULL, related_name="+", db_index=False
    )
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "batches"
        indexes: ClassVar = [
            models.Index(F("project"), F("created_at").desc(), name="batch_project_newest"),
            models.Index(
                fields=["started_at"], condition=Q(started_at__isnull=False, finished_at=None), name="batch_under_way"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["delete", "again"]), name="batch_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.total} sessions"

    def get_absolute_url(self) -> str:
        return address_of("tasks:batch", self.pk)

    @property
    def done(self) -> int:
        """With how many sessions it is through, in vain or not."""
        return self.total - len(self.left)

    @property
    def is_under_way(self) -> bool:
        return self.started_at is not None and self.finished_at is None
