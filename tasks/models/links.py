"""Which messages serve a task, and the steps taken for it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from sessions.models import Message
from tasks.models.evidence import evidence_field
from tasks.models.runs import ExtractionRun
from tasks.models.tasks import Task


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
        # Without it each run that is deleted reads the whole table for its progresses; so in the other two like this.
        indexes: ClassVar = [models.Index(fields=["run"], name="progress_run", condition=Q(run__isnull=False))]

    def __str__(self) -> str:
        return self.text
