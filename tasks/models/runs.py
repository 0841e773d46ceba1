"""The ledger of extraction: one row for each window that was read."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.addresses import address_of
from sessions.models import Project, Session
from sessions.models.fields import JSONTextField
from tasks.models.reextractions import Reextraction

# What the ledger adds up of its runs.
ADDED_UP = ["status", "calls", "input_tokens", "cached_tokens", "output_tokens", "cost_usd"]


class ExtractionRun(models.Model):
    """What one run read, what it was answered, what came of it and what it cost. Times in milliseconds."""

    class Status(models.TextChoices):
        OK = "ok", _("Ok")
        PARTIAL = "partial", _("partial: some operations were refused")
        FAILED = "failed", _("Failed")

    class Trigger(models.TextChoices):
        TURN_END = "turn_end", _("the agent's turn ended")
        SILENCE = "silence", _("no message for a while")
        FULL = "full", _("the buffer was full")
        OLD = "old", _("the oldest message waited long")
        FLUSH = "flush", _("flush")
        AGAIN = "again", _("extracted again")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.DB_CASCADE, related_name="runs", db_index=False)
    session = models.ForeignKey(Session, on_delete=models.DB_CASCADE, related_name="runs")
    from_seq = models.BigIntegerField()
    to_seq = models.BigIntegerField()
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    extractor = models.CharField(max_length=40, help_text="offline or llm")
    prompt_version = models.CharField(max_length=40, blank=True, default="")
    model = models.CharField(max_length=200, blank=True, default="")
    mode = models.CharField(max_length=20, blank=True, default="", help_text="How the LLM was asked for its answer")
    status = models.CharField(max_length=10, choices=Status.choices)
    generation = models.IntegerField(default=0)
    # A run of a proposal changes nothing of the session by itself.
    reextraction = models.ForeignKey(
        Reextraction, null=True, blank=True, on_delete=models.DB_CASCADE, related_name="runs"
    )
    calls = models.IntegerField(default=0)
    input_tokens = models.IntegerField(default=0)
    cached_tokens = models.IntegerField(default=0)
    output_tokens = models.IntegerField(default=0)
    cost_usd = models.DecimalField(max_digits=14, decimal_places=8, null=True, blank=True)
    latency_ms = models.IntegerField(default=0)
    accepted = models.JSONField(default=list)
    rejected = models.JSONField(default=list)
    # Each call: what was wrong with its answer, or why there was none.
    attempts = models.JSONField(default=list)
    # What was asked and answered, word for word; deleted after a while.
    exchange = JSONTextField(null=True, blank=True)
    error = models.TextField(blank=True, default="")
    waiting_since = models.DateTimeField(null=True, blank=True, help_text="When the oldest of its messages was stored")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(F("project"), F("started_at").desc(), name="run_project_newest"),
            # Failures are few among many, and looked for first.
            models.Index(
                F("project"),
                F("started_at").desc(),
                name="run_failed_ledger",
                include=ADDED_UP,
                condition=Q(status="failed"),
            ),
            # Holds all that the overview adds up: a run's row is long, and reading 200,000 of them takes seconds.
            models.Index(
                F("project"),
                F("started_at").desc(),
                name="run_ledger",
                include=["waiting_since", "finished_at", *ADDED_UP],
            ),
        ]
        constraints: ClassVar = [
            # A window is committed once, whoever tries again.
            models.UniqueConstraint(
                fields=["session", "generation", "from_seq"],
                condition=~Q(status="failed") & Q(reextraction=None),
                name="run_once_per_window",
            ),
            models.CheckConstraint(condition=Q(status__in=["ok", "partial", "failed"]), name="run_status_known"),
            models.CheckConstraint(condition=Q(from_seq__lte=F("to_seq")), name="run_range_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.from_seq}-{self.to_seq} {self.status}"

    def get_absolute_url(self) -> str:
        return address_of("tasks:run", self.pk)
