"""One conversation of an agent, which is also its own entry in the extraction queue."""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from sessions.addresses import address_of
from sessions.models.projects import EndUser, Project

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """Sessions of the projects this person is a member of."""
        return self.filter(project__memberships__user=user)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")


class Session(models.Model):
    """A conversation. The second half of its fields is the queue: what is stored, what is extracted, who works on it.

    Messages with `cursor_seq < seq <= head_seq` wait for extraction. `pending_since` is set by the first of them and
    indexed; what moves with each message is not indexed, so that those updates stay cheap (HOT) in PostgreSQL.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.DB_CASCADE, related_name="sessions", db_index=False)
    end_user = models.ForeignKey(
        EndUser, null=True, blank=True, on_delete=models.DB_CASCADE, related_name="sessions", db_index=False
    )
    title = models.CharField(max_length=200, blank=True, default="", help_text="The user's first request, shortened")
    disable_task_tracking = models.BooleanField(default=False)
    configs = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    head_seq = models.BigIntegerField(default=0, help_text="The number of the newest message")
    last_message_id = models.UUIDField(null=True, editable=False)
    # PostgreSQL before 18 cannot return a column's old value; the store statement moves it here first.
    previous_message_id = models.UUIDField(null=True, editable=False)
    last_message_at = models.DateTimeField(null=True, blank=True)
    # What lists are sorted by. It moves once a minute at most, so that its index costs a message nothing (ADR 0008).
    active_at = models.DateTimeField(default=timezone.now, db_default=Now(), help_text="Last activity, to the minute")

    cursor_seq = models.BigIntegerField(default=0, help_text="Messages up to this number are extracted")
    pending_since = models.DateTimeField(null=True, blank=True)
    pending_tokens = models.IntegerField(default=0)
    turn_ended = models.BooleanField(default=False, help_text="The newest message is an answer with no open tool call")
    flush_seq = models.BigIntegerField(default=0, help_text="Someone waits for extraction up to this number")
    window_limit = models.IntegerField(null=True, blank=True, help_text="Messages a window may have after a bad answer")
    attempts = models.IntegerField(default=0, help_text="Failed runs since the cursor last moved")
    retry_at = models.DateTimeField(null=True, blank=True)
    extraction_error = models.TextField(blank=True, default="")
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True)
    # Raised when the whole session was extracted anew: what an older run still has in hand is then out of date.
    generation = models.IntegerField(default=0, editable=False)
    step_seconds = models.FloatField(default=0, help_text="How long a step of the agent takes here, at most, of late")
    lease_to_seq = models.BigIntegerField(default=0, help_text="The run at work reads up to this number")

    # How many tasks it has of each status, and successes at risk: triggers of the tasks' table keep them (ADR 0008).
    success_tasks = models.IntegerField(default=0, db_default=0, editable=False)
    running_tasks = models.IntegerField(default=0, db_default=0, editable=False)
    pending_tasks = models.IntegerField(default=0, db_default=0, editable=False)
    failed_tasks = models.IntegerField(default=0, db_default=0, editable=False)
    risky_tasks = models.IntegerField(default=0, db_default=0, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(F("project"), F("created_at").desc(), F("id").desc(), name="session_project_newest"),
            models.Index(F("project"), F("active_at").desc(), F("id").desc(), name="session_project_active"),
            models.Index(F("end_user"), F("active_at").desc(), F("id").desc(), name="session_user_active"),
            # What people look for among many, and what may be rare or long ago.
            models.Index(
                F("project"),
                F("active_at").desc(),
                F("id").desc(),
                name="session_failed",
                condition=Q(failed_tasks__gt=0),
            ),
            models.Index(
                F("project"),
                F("active_at").desc(),
                F("id").desc(),
                name="session_at_risk",
                condition=Q(risky_tasks__gt=0),
            ),
            models.Index(
                fields=["project", "pending_since"], condition=Q(pending_since__isnull=False), name="session_waiting"
            ),
            models.Index(fields=["lease_until"], condition=Q(lease_until__isnull=False), name="session_leased"),
            GinIndex(fields=["configs"], opclasses=["jsonb_path_ops"], name="session_configs"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cursor_seq__gte=0, cursor_seq__lte=F("head_seq")), name="session_cursor_within_head"
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.id)

    def get_absolute_url(self) -> str:
        return address_of("tasks:session", self.pk)

    @property
    def is_leased(self) -> bool:
        """Whether a run is at work on this session now."""
        return self.lease_until is not None and self.lease_until > timezone.now()

    @property
    def waiting_messages(self) -> int:
        """How many stored messages extraction has not read yet."""
        return 0 if self.disable_task_tracking else self.head_seq - self.cursor_seq

    def as_wire(self) -> dict[str, Any]:
        """The session as the API shows it; `space_id` keeps the oldest TypeScript client working."""
        return {
            "id": str(self.id),
            "project_id": str(self.project_id),
            "user_id": str(self.end_user_id) if self.end_user_id else None,
            "disable_task_tracking": self.disable_task_tracking,
            "configs": self.configs,
            "space_id": None,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        }
