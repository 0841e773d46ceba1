"""Extracting a session once more, as a proposal that a person looks at before it replaces what is there."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models import Project, Session


class Reextraction(models.Model):
    """A second reading of a session up to `to_seq`, by another extractor, model or criteria.

    `steps` holds what each window asked for, so that the work goes on after an interruption and can be applied as a
    whole: a list of {"from_seq", "to_seq", "operations"}. Nothing of the session changes before that.
    """

    class Status(models.TextChoices):
        WORKING = "working", _("Working")
        READY = "ready", _("ready to be looked at")
        APPLIED = "applied", _("Applied")
        DISCARDED = "discarded", _("Discarded")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.DB_CASCADE, related_name="reextractions", db_index=False)
    session = models.ForeignKey(Session, on_delete=models.DB_CASCADE, related_name="reextractions")
    extractor = models.CharField(max_length=40, help_text="offline or llm")
    model = models.CharField(max_length=200, blank=True, default="")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WORKING)
    to_seq = models.BigIntegerField(help_text="Messages up to this number are read")
    done_seq = models.BigIntegerField(default=0, help_text="Messages up to this number have been read")
    generation = models.IntegerField(help_text="The session's generation that this is to replace")
    steps = models.JSONField(default=list)
    # Applied as soon as it is ready, without a look.
    applies_at_once = models.BooleanField(default=False)
    window_limit = models.IntegerField(null=True, blank=True)
    attempts = models.IntegerField(default=0, help_text="Failed tries since the last window that was read")
    retry_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, default="")
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.DB_SET_NULL, related_name="+", db_index=False
    )
    batch = models.ForeignKey(
        "tasks.Batch", null=True, blank=True, on_delete=models.DB_SET_NULL, related_name="proposals", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(F("project"), F("created_at").desc(), name="reextraction_project_newest"),
            models.Index(fields=["created_at"], condition=Q(status="working"), name="reextraction_working"),
            models.Index(fields=["batch", "status"], condition=Q(batch__isnull=False), name="reextraction_batch"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=["working", "ready", "applied", "discarded", "failed"]),
                name="reextraction_status_known",
            ),
            # One proposal at a time is worked on or waits for a decision.
            models.UniqueConstraint(
                fields=["session"], condition=Q(status__in=["working", "ready"]), name="reextraction_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} again, {self.status}"
