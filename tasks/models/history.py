"""The append-only history of what was said of a task."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from sessions.models import ApiKey
from tasks.models.evidence import evidence_field
from tasks.models.runs import ExtractionRun
from tasks.models.tasks import Task


class TaskChangeQuerySet(models.QuerySet["TaskChange"]):
    def standing(self) -> Self:
        """What a person, or an agent over the API, said and has not taken back. Extraction does not change it."""
        return self.filter(is_correction=True, undone_by=None)


class TaskChange(models.Model):
    """One line of a task's history: never changed, never deleted while the task lives.

    Made by a run, by a person in the pages, or by an agent over the API.
    """

    class Kind(models.TextChoices):
        CREATED = "created"
        STATUS = "status"
        DESCRIPTION = "description"
        MERGED = "merged"
        SPLIT = "split"
        MESSAGES = "messages"

    id = models.BigAutoField(primary_key=True)
    task = models.ForeignKey(Task, on_delete=models.DB_CASCADE, related_name="changes")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    before = models.TextField(blank=True, default="")
    after = models.TextField()
    reason = models.TextField(blank=True, default="")
    basis = models.CharField(max_length=10, choices=Task.Basis.choices, default="", blank=True)
    evidence = evidence_field()
    run = models.ForeignKey(ExtractionRun, null=True, blank=True, on_delete=models.DB_SET_NULL, related_name="changes")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.DB_SET_NULL, related_name="task_changes"
    )
    api_key = models.ForeignKey(
        ApiKey, null=True, blank=True, on_delete=models.DB_SET_NULL, related_name="+", db_index=False
    )
    # Said by a person or by an agent over the API, not by a run: extraction does not change it again.
    is_correction = models.BooleanField(default=False)
    # What was done in one go is taken back in one go.
    act = models.UUIDField(null=True, blank=True, editable=False)
    replaced = models.JSONField(default=dict, blank=True, help_text="What it put an end to, for taking it back")
    # A line that takes another one back. It stands in the history as the other does.
    undoes = models.OneToOneField("self", null=True, blank=True, on_delete=models.DB_CASCADE, related_name="undone_by")
    created_at = models.DateTimeField(default=timezone.now)

    objects = TaskChangeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["act"], name="task_change_act", condition=Q(act__isnull=False)),
            models.Index(fields=["task"], name="task_change_corrections", condition=Q(is_correction=True)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["created", "status", "description", "merged", "split", "messages"]),
                name="task_change_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.before} → {self.after}"

    @property
    def made_by(self) -> str:
        """Who said so, in words: extraction, a person's name, or an API key's."""
        if not self.is_correction and not self.undoes_id:
            return "extraction"
        if self.person:
            return f"person {self.person.get_username()}"
        return f"API key {self.api_key.name}" if self.api_key else "someone who is gone"
