"""Tasks: the requests that were found in a conversation, and where each stands."""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.addresses import address_of
from sessions.models import EndUser, Project, Session
from tasks.models.evidence import evidence_field

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


SHOWN_IN_LISTS = (
    *("order", "description", "status", "reason", "basis", "risk", "situation", "created_at", "updated_at"),
    *("session__title", "session__end_user__identifier"),
)


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """Tasks of the projects this person is a member of."""
        return self.filter(project__memberships__user=user)

    def as_rows(self) -> Self:
        """Fetch what lists and boards show of a task, its session and its user, and nothing else."""
        return self.select_related("session__end_user").only(*SHOWN_IN_LISTS)

    def with_claims(self) -> Self:
        """Fetch progresses and current preferences along, two queries for any number of tasks."""
        from tasks.models.preferences import Preference  # it names Task

        current = Preference.objects.filter(status=Preference.Status.ACTIVE)
        return self.prefetch_related("progresses", models.Prefetch("preferences", queryset=current))


TaskManager = models.Manager.from_queryset(TaskQuerySet)


class CurrentTasks(TaskManager["Task"]):
    """Tasks that stand for themselves; one that was merged into another is left out."""

    def get_queryset(self) -> TaskQuerySet:
        return TaskQuerySet(self.model, using=self._db).filter(merged_into=None)


class Task(models.Model):
    """A distinct request of the user. `order` is given once and never changes: T3 always means the same task."""

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        RUNNING = "running", _("running")
        SUCCESS = "success", _("success")
        FAILED = "failed", _("failed")

    class Basis(models.TextChoices):
        """What the status rests on, strongest first."""

        NONE = "", _("not said")
        CONFIRMED = "confirmed", _("confirmed by the user")
        SHOWN = "shown", _("shown by tool results")
        CLAIMED = "claimed", _("claimed by the agent")

    class Risk(models.TextChoices):
        """What speaks against a success. The status stays; whoever reads it is warned."""

        NONE = "", _("none")
        TOOL_FAILED = "tool_failed", _("the last tool call failed")
        NOT_RUN = "not_run", _("said to be checked, but nothing was run")
        NOT_DONE = "not_done", _("said to be done, but no tool did it")
        ASKED_AGAIN = "asked_again", _("the user asked for it again")

    class Situation(models.TextChoices):
        """What a status alone does not tell."""

        NONE = "", _("nothing special")
        WAITING = "waiting", _("waiting for the user")
        ABANDONED = "abandoned", _("given up by the user")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.DB_CASCADE, related_name="tasks", db_index=False)
    session = models.ForeignKey(Session, on_delete=models.DB_CASCADE, related_name="tasks", db_index=False)
    # The session's, kept here by triggers, whoever writes a task: all tasks of a user are found by an index (ADR 0008).
    end_user = models.ForeignKey(
        EndUser, null=True, editable=False, on_delete=models.DB_CASCADE, related_name="tasks", db_index=False
    )
    order = models.IntegerField()
    description = models.TextField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    basis = models.CharField(max_length=10, choices=Basis.choices, default="", blank=True)
    reason = models.TextField(blank=True, default="", help_text="Why the task has this status")
    evidence = evidence_field()
    situation = models.CharField(max_length=10, choices=Situation.choices, default="", blank=True)
    risk = models.CharField(max_length=12, choices=Risk.choices, default="", blank=True)
    risk_evidence = evidence_field()
    extractor = models.CharField(max_length=40, blank=True, default="", help_text="Who said so last: offline or llm")
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.DB_CASCADE, related_name="merged", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = CurrentTasks()
    all_objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["session", "order"]
        # Each leaves merged tasks out, as every list and count does: an index then answers a count alone.
        indexes: ClassVar = [
            models.Index(
                F("project"),
                F("created_at").desc(),
                F("id").desc(),
                name="task_project_newest",
                include=["status"],
                condition=Q(merged_into=None),
            ),
            models.Index(
                F("project"),
                F("status"),
                F("created_at").desc(),
                F("id").desc(),
                name="task_project_status_newest",
                condition=Q(merged_into=None),
            ),
            models.Index(
                F("project"),
                F("updated_at").desc(),
                F("id").desc(),
                name="task_project_updated",
                condition=Q(merged_into=None),
            ),
            models.Index(
                F("project"),
                F("created_at").desc(),
                F("id").desc(),
                name="task_project_situation",
                condition=Q(merged_into=None) & ~Q(situation=""),
            ),
            models.Index(
                F("project"),
                F("created_at").desc(),
                F("id").desc(),
                name="task_project_at_risk",
                condition=Q(merged_into=None, status="success") & ~Q(risk=""),
            ),
            models.Index(
                F("end_user"),
                F("created_at").desc(),
                F("id").desc(),
                name="task_user_newest",
                condition=Q(end_user__isnull=False),
            ),
            # A task that is deleted takes those along that were merged into it.
            models.Index(fields=["merged_into"], name="task_merged_into", condition=Q(merged_into__isnull=False)),
            # For lists of sessions and users, which count the tasks of many sessions by status.
            models.Index(
                fields=["session"], name="task_session_status", include=["status"], condition=Q(merged_into=None)
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "order"], name="task_order_once_per_session"),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "running", "success", "failed"]), name="task_status_known"
            ),
            models.CheckConstraint(
                condition=Q(basis__in=["", "confirmed", "shown", "claimed"]), name="task_basis_known"
            ),
            models.CheckConstraint(condition=Q(order__gte=1), name="task_order_from_one"),
            models.CheckConstraint(
                condition=Q(risk__in=["", "tool_failed", "not_run", "not_done", "asked_again"]), name="task_risk_known"
            ),
            models.CheckConstraint(
                condition=Q(situation__in=["", "waiting", "abandoned"]), name="task_situation_known"
            ),
        ]

    def __str__(self) -> str:
        return f"T{self.order} {self.description}"

    def get_absolute_url(self) -> str:
        return address_of("tasks:task", self.pk)

    def as_wire(self) -> dict[str, Any]:
        """The task as the API shows it; fetch `with_claims()`. `space_digested` is for the oldest npm client."""
        return {
            "id": str(self.id),
            "session_id": str(self.session_id),
            "project_id": str(self.project_id),
            "order": self.order,
            "data": {
                "task_description": self.description,
                "progresses": [progress.text for progress in self.progresses.all()],
                "user_preferences": [preference.statement for preference in self.preferences.all()],
            },
            "status": self.status,
            "status_basis": self.basis or None,
            "status_reason": self.reason or None,
            "situation": self.situation or None,
            "risk": self.risk or None,
            "extractor": self.extractor or None,
            "is_planning": False,
            "space_digested": False,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        }
