"""What users prefer, from one session to the next."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models import EndUser, Project, Session
from tasks.models.evidence import evidence_field
from tasks.models.runs import ExtractionRun
from tasks.models.tasks import Task


class Preference(models.Model):
    """A lasting wish of the user, in the third person. Replaced and withdrawn ones stay, marked as such."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        REPLACED = "replaced", _("Replaced")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.DB_CASCADE, related_name="preferences", db_index=False)
    end_user = models.ForeignKey(
        EndUser, null=True, blank=True, on_delete=models.DB_CASCADE, related_name="preferences"
    )
    session = models.ForeignKey(Session, on_delete=models.DB_CASCADE, related_name="preferences")
    # Empty until the session has a task: a wish may be said before any request.
    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.DB_CASCADE, related_name="preferences")
    statement = models.TextField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    evidence = evidence_field()
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.DB_SET_NULL, related_name="+")
    run = models.ForeignKey(ExtractionRun, null=True, on_delete=models.DB_SET_NULL, related_name="+", db_index=False)
    # Set when a person took it out as wrong; it is then withdrawn, and extraction does not say it again.
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.DB_SET_NULL, related_name="+", db_index=False
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes: ClassVar = [models.Index(fields=["run"], name="preference_run", condition=Q(run__isnull=False))]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=["active", "replaced", "withdrawn"]), name="preference_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.statement

    def as_wire(self) -> dict[str, Any]:
        """The preference as the API shows it; fetch with `end_user`."""
        return {
            "id": self.pk,
            "statement": self.statement,
            "status": self.status,
            "user": self.end_user.identifier if self.end_user else None,
            "session_id": self.session_id,
            "task_id": self.task_id,
            "evidence": self.evidence,
            "replaced_by": self.replaced_by_id,
            "created_at": self.created_at,
        }
