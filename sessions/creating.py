"""Create a session, with its user when one is named."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction

from sessions.errors import BadRequest, Conflict
from sessions.json_objects import check_json_object
from sessions.models import EndUser, Project, Session
from sessions.users import users_named


def create_session(
    project: Project,
    *,
    user: str = "",
    disable_task_tracking: bool = False,
    configs: dict[str, Any] | None = None,
    use_uuid: uuid.UUID | None = None,
) -> tuple[Session, bool]:
    """Return the session and whether it is new. An existing one of this project is returned as it is.

    Raises Conflict when another project has the id, BadRequest for a NUL in user or configs.
    """
    wanted = use_uuid or uuid.uuid4()
    if use_uuid and (existing := project.sessions.filter(pk=wanted).first()):
        return existing, False
    if "\0" in user:
        raise BadRequest("user: must not contain NUL")
    check_json_object(configs or {}, "configs", limit=None)
    try:
        with transaction.atomic():
            session = Session.objects.create(
                id=wanted,
                project=project,
                end_user=get_or_create_end_user(project, user) if user else None,
                disable_task_tracking=disable_task_tracking,
                configs=configs,
            )
    except IntegrityError:
        # Someone was quicker: in this project that is the session asked for, elsewhere it is taken.
        if existing := project.sessions.filter(pk=wanted).first():
            return existing, False
        raise Conflict("session with this UUID already exists") from None
    return session, True


def get_or_create_end_user(project: Project, identifier: str) -> EndUser:
    """Return the user of this identifier, made if need be, and locked so that nobody deletes it meanwhile.

    Safe when several requests name a new user at once. Call in a transaction; raises Conflict when others go on
    deleting the user.
    """
    for _ in range(3):
        EndUser.objects.bulk_create([EndUser(project=project, identifier=identifier)], ignore_conflicts=True)
        if end_user := users_named(project, identifier).select_for_update(no_key=True).first():
            return end_user
    raise Conflict("user: it is being deleted; try again")
