"""Rows for tests, made by hand. What has a real path is stored by the real path."""

from typing import Any

from sessions.drafts import StoredMessage
from sessions.ingest import store_message
from sessions.models import EndUser, Project, Session
from tasks.models import Task

PHONES = [
    {"role": "user", "content": "Research iPhone 15 specs and summarize the key features"},
    {"role": "assistant", "content": "Here are the key iPhone 15 specs:\n- A16 chip, 48MP camera, USB-C..."},
    {"role": "user", "content": "Now create a comparison table with iPhone 14"},
    {"role": "assistant", "content": "| Feature | iPhone 14 | iPhone 15 |\n|---|---|---|\n| Chip | A15 | A16 |..."},
]


def make_project(name: str = "A project") -> Project:
    return Project.objects.create(name=name)


def make_session(project: Project, *, user: str = "", **fields: Any) -> Session:
    end_user = EndUser.objects.get_or_create(project=project, identifier=user)[0] if user else None
    return Session.objects.create(project=project, end_user=end_user, **fields)


def make_message(session: Session, text: str = "Hello", role: str = "user", **blob: Any) -> StoredMessage:
    return store(session, {"role": role, "content": text, **blob})


def store(session: Session, *blobs: dict[str, Any], format: str = "openai") -> StoredMessage:
    """Store messages by the path that agents use; return the last."""
    for blob in blobs:
        stored = store_message(project_id=session.project_id, session_id=session.pk, blob=blob, format=format)
    return stored


def make_task(session: Session, description: str = "Fix the login bug", **fields: Any) -> Task:
    order = Task.objects.filter(session=session).count() + 1
    values = {"order": order, "description": description, **fields}
    return Task.objects.create(project_id=session.project_id, session=session, **values)
