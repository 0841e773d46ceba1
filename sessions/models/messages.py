"""One message of a session."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions.models.fields import JSONTextField, PartsField
from sessions.models.sessions import Session


class Message(models.Model):
    """A turn's content as parts, in the order of `seq`: 1, 2, 3 … without gaps in each session.

    `blob` is what the provider's format said, kept only when rendering the parts would not give it back unchanged.
    `extraction` is empty for a message that is read in its turn; its state then follows from the session's cursor.
    """

    class Role(models.TextChoices):
        USER = "user", _("User")
        ASSISTANT = "assistant", _("Assistant")

    class Extraction(models.TextChoices):
        IN_TURN = "", "in turn"
        DISABLED = "disable_tracking", "tracking disabled"
        FAILED = "failed", "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.DB_CASCADE, related_name="messages", db_index=False)
    seq = models.BigIntegerField()
    parent_id = models.UUIDField(null=True, editable=False)
    role = models.CharField(max_length=10, choices=Role.choices)
    format = models.CharField(max_length=20)
    parts = PartsField()
    blob = JSONTextField(null=True)
    # What of parts and blob lies in storage, and where in them it belongs (ADR 0005). None for most messages.
    media = JSONTextField(null=True, editable=False)
    # Facts the format keeps beside the parts, such as a speaker's name; never mixed with the caller's meta.
    facts = JSONTextField(default=dict)
    meta = models.JSONField(default=dict, blank=True)
    token_count = models.IntegerField(null=True, blank=True, help_text="o200k tokens, once counted")
    extraction = models.CharField(max_length=16, choices=Extraction.choices, default="", blank=True)
    extraction_error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        # Few messages are: those that no answer could be had for.
        indexes: ClassVar = [
            models.Index(fields=["session", "seq"], name="message_set_aside", condition=Q(extraction="failed"))
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "seq"], name="message_seq_once_per_session"),
            models.CheckConstraint(condition=Q(role__in=["user", "assistant"]), name="message_role_known"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="message_seq_from_one"),
            models.CheckConstraint(
                condition=Q(extraction__in=["", "disable_tracking", "failed"]), name="message_extraction_known"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.seq} {self.role}"

    def tracking_status(self, session: Session) -> str:
        """The contract's `session_task_process_status`, read off the session's cursor and lease."""
        if self.extraction:
            return self.extraction
        if self.seq <= session.cursor_seq:
            return "success"
        return "running" if session.is_leased and self.seq <= session.lease_to_seq else "pending"
