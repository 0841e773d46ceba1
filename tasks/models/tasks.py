"""Tasks, their links to messages, and the append-only history of what was said of them."""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from sessions.models import ApiKey, EndUser, Message, Project, Session
from tasks.models.runs import ExtractionRun

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


def evidence_field() -> "ArrayField[Any, Any]":
    """The numbers (`seq`) of the messages a claim rests on, within its session."""
    return ArrayField(models.BigIntegerField(), default=list, blank=True)


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """Tasks of the projects this person is a member of."""
        return self.filter(project__memberships__user=user)

    def with_claims(self) -> Self:
        """Fetch progresses and current preferences along, two queries for any number of tasks."""
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
        PENDING = "pending"
        RUNNING = "running"
        SUCCESS = "success"
        FAILED = "failed"

    class Basis(models.TextChoices):
        """What the status rests on, strongest first."""

        NONE = "", "not said"
        CONFIRMED = "confirmed", "confirmed by the user"
        SHOWN = "shown", "shown by tool results"
        CLAIMED = "claimed", "claimed by the agent"

    class Risk(models.TextChoices):
        """What speaks against a success. The status stays; whoever reads it is warned."""

        NONE = "", "none"
        TOOL_FAILED = "tool_failed", "the last tool call failed"
        NOT_RUN = "not_run", "said to be checked, but nothing was run"
        NOT_DONE = "not_done", "said to be done, but no tool did it"
        ASKED_AGAIN = "asked_again", "the user asked for it again"

    class Situation(models.TextChoices):
        """What a status alone does not tell."""

        NONE = "", "nothing special"
        WAITING = "waiting", "waiting for the user"
        ABANDONED = "abandoned", "given up by the user"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.DB_CASCADE, related_name="tasks", db_index=False)
    session = models.ForeignKey(Session, on_delete=models.DB_CASCADE, related_name="tasks", db_index=False)
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
                F("created_at").desc(),
                F("id").desc(),
                name="task_project_at_risk",
                condition=Q(merged_into=None, status="success") & ~Q(risk=""),
            ),
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
        return reverse("tasks:task", args=[self.pk])

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


class TaskMessage(models.Model):
    """That a message serves a task. One message may serve two."""

    class Role(models.TextChoices):
        REQUEST = "request"
        WORK = "work"
        FEEDBACK = "feedback"

    task = models.ForeignKey(Task, on_delete=models.DB_CASCADE, related_name="links", db_index=False)
    message = models.ForeignKey(Message, on_delete=models.DB_CASCADE, related_name="task_links")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.WORK)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "message"], name="task_message_once"),
            models.CheckConstraint(
                condition=Q(role__in=["request", "work", "feedback"]), name="task_message_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} serves {self.task_id}"


class Progress(models.Model):
    """A step the agent took for a task, or a fact the user added ("User: …"), with the messages it comes from."""

    id = models.BigAutoField(primary_key=True)
    task = models.ForeignKey(Task, on_delete=models.DB_CASCADE, related_name="progresses")
    text = models.TextField()
    evidence = evidence_field()
    run = models.ForeignKey(ExtractionRun, null=True, on_delete=models.DB_SET_NULL, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "progresses"

    def __str__(self) -> str:
        return self.text


class Preference(models.Model):
    """A lasting wish of the user, in the third person. Replaced and withdrawn ones stay, marked as such."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        REPLACED = "replaced"
        WITHDRAWN = "withdrawn"

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
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
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
        if not self.is_correction:
            return "extraction"
        if self.person:
            return f"person {self.person.get_username()}"
        return f"API key {self.api_key.name}" if self.api_key else "someone who is gone"
