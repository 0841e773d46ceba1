"""The people agents act for, by the caller's own identifier."""

from typing import Any

from django.db.models import F, Func, QuerySet, Value

from sessions import cursors
from sessions.errors import NotFound
from sessions.models import EndUser, Project


def users_named(project: Project, identifier: str) -> QuerySet[EndUser]:
    """Select the user of this identifier, by the index on its digest: an identifier may be of any length."""
    if "\0" in identifier:
        return project.end_users.none()
    digest = Func(Value(identifier), function="md5")
    return project.end_users.alias(digest=Func(F("identifier"), function="md5")).filter(
        digest=digest, identifier=identifier
    )


def list_users(
    project: Project, *, limit: int, cursor: str | None, descending: bool
) -> tuple[list[EndUser], str | None]:
    """Return a page of users by time of creation; all of them when `limit` is 0, and then the cursor is ignored."""
    users = project.end_users.all()
    if limit:
        return cursors.page(
            users, ["created_at", "id"], cursors.BY_TIME, limit=limit, cursor=cursor, descending=descending
        )
    return list(users.order_by("-created_at", "-id") if descending else users.order_by("created_at", "id")), None


def count_resources(project: Project, identifier: str) -> dict[str, int]:
    """Count what a user has. This server has neither disks nor skills; raises NotFound for an unknown user."""
    user = users_named(project, identifier).first()
    if user is None:
        raise NotFound("user not found")
    return {"sessions_count": user.sessions.count(), "disks_count": 0, "skills_count": 0}


def delete_user(project: Project, identifier: str) -> None:
    """Delete a user with all sessions, messages, tasks and preferences. Nothing happens when there is no such user."""
    users_named(project, identifier).delete()


def user_as_wire(user: EndUser) -> dict[str, Any]:
    return {
        "id": user.id,
        "project_id": user.project_id,
        "identifier": user.identifier,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
    }
