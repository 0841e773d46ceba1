"""What happened beside the messages of a session."""

import uuid
from typing import Any, ClassVar

import msgspec
from django.db import models
from django.db.models.functions import Now

from sessions.models.fields import JSONTextField, dump_json
from sessions.models.sessions import Session


class SessionEvent(models.Model):
    """A note with a time, of any type the caller names. Times are the database's, as those of messages are."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.DB_CASCADE, related_name="events", db_index=False)
    type = models.TextField()
    data = JSONTextField()
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["session", "created_at", "id"], name="event_session_oldest")]

    def __str__(self) -> str:
        return self.type

    def as_wire(self, project_id: uuid.UUID) -> dict[str, Any]:
        """The event as the API shows it; the data as it was sent, numbers of any size included."""
        return {
            "id": self.id,
            "session_id": self.session_id,
            "project_id": project_id,
            "type": self.type,
            "data": msgspec.Raw(dump_json(self.data).encode()),
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        }
