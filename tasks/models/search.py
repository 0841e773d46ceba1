"""The index of search: entries, a few thousand of them to a block, the blocks of a project newest last."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions.models import Project, Session
from tasks.models.tasks import Task


class SearchBlock(models.Model):
    """So many entries of one project. Each word in the index begins with the number of its block.

    So a look-up reads words of one block of one project and nothing else, however common the word is elsewhere.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.DB_CASCADE, related_name="search_blocks", db_index=False)
    entries = models.IntegerField(default=0, help_text="How many were ever put into it")
    newest_at = models.DateTimeField(help_text="No entry of the block is newer")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "-id"], name="search_block_project_newest")]

    def __str__(self) -> str:
        return f"block {self.pk}"


class SearchEntry(models.Model):
    """A message or a task by its words. The text itself stays where it is."""

    class Kind(models.TextChoices):
        MESSAGE = "message", _("message")
        TASK = "task", _("task")

    id = models.BigAutoField(primary_key=True)
    # No foreign key, which would want an index of its own: an entry goes with its session.
    block_id = models.BigIntegerField()
    session = models.ForeignKey(Session, on_delete=models.DB_CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    number = models.BigIntegerField(help_text="A message's seq, or a task's order")
    task = models.ForeignKey(Task, null=True, on_delete=models.DB_CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    words = SearchVectorField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "kind", "number"], name="search_entry_once"),
            models.CheckConstraint(
                condition=Q(kind="message", task=None) | Q(kind="task", task__isnull=False),
                name="search_entry_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["task"], condition=Q(task__isnull=False), name="search_entry_task"),
            # Its list of what is not sorted in yet is read by every search, so it is kept short.
            GinIndex(fields=["words"], name="search_entry_words", gin_pending_list_limit=256),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class SearchDue(models.Model):
    """Messages of a session, or a task, that are new or changed since they were put into the index; first come first.

    Neither is a foreign key: what is gone by the time the job comes is passed over. Messages come here from the notes
    of the store statement; for tasks, and for sessions that come with messages or change their user, the database
    writes rows by itself (triggers of migration 0011).
    """

    id = models.BigAutoField(primary_key=True)
    session_id = models.UUIDField(null=True)
    first_seq = models.BigIntegerField(null=True)
    last_seq = models.BigIntegerField(null=True)
    task_id = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(session_id__isnull=False, first_seq__gte=1, last_seq__gte=1, task_id=None)
                | Q(session_id=None, first_seq=None, last_seq=None, task_id__isnull=False),
                name="search_due_session_or_task",
            ),
        ]

    def __str__(self) -> str:
        return f"task {self.task_id}" if self.task_id else f"{self.session_id} {self.first_seq}-{self.last_seq}"

    @property
    def messages(self) -> int:
        """How many messages it is about; none where it is about a task."""
        return 0 if self.first_seq is None or self.last_seq is None else self.last_seq - self.first_seq + 1
