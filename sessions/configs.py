"""Configs of sessions and projects, and meta of messages: the caller's own JSON, replaced or patched key by key."""

from typing import Any

from django.core.exceptions import ObjectNotUpdated
from django.db.models import Model
from django.utils import timezone

from sessions.errors import BadRequest, NotFound
from sessions.json_objects import check_json_object
from sessions.merging import merged
from sessions.models import Message, Project, Session
from sessions.project_settings import SETTINGS
from sessions.retention import RETENTION

CRITERIA = ("task_success_criteria", "task_failure_criteria")
CRITERIA_BYTES = 2000


def replace_session_configs(session: Session, configs: dict[str, Any]) -> None:
    """Store these configs instead of the old ones; raises BadRequest for what cannot be stored."""
    check_json_object(configs, "configs", limit=None)
    session.configs = configs
    _save(session, "configs", gone="session not found")


def patch_session_configs(session: Session, patch: dict[str, Any]) -> dict[str, Any]:
    """Merge a patch and return the whole result; raises BadRequest for what cannot be stored or is too large."""
    check_json_object(patch, "configs")
    return _patch(session, "configs", patch, gone="session not found")


def patch_message_meta(message: Message, patch: dict[str, Any]) -> dict[str, Any]:
    """Merge a patch into the caller's meta and return the whole result; raises BadRequest as for configs."""
    check_json_object(patch, "meta")
    message.updated_at = timezone.now()
    return _patch(message, "meta", patch, gone="message not found")


def patch_project_configs(project: Project, patch: dict[str, Any]) -> dict[str, Any]:
    """Merge a patch and return the whole result. Extraction reads it from its next run on.

    Raises BadRequest for a setting that extraction could not use.
    """
    check_json_object(patch, "configs", limit=None)
    for key in CRITERIA:
        _check_criteria(key, patch.get(key))
    for key, setting in {**SETTINGS, RETENTION.name: RETENTION}.items():
        value = patch.get(key)
        if value is not None and not setting.allows(value):
            raise BadRequest(f"{key} must be {setting.range}")
    return _patch(project, "configs", patch, gone="project not found")


def _check_criteria(key: str, value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        raise BadRequest(f"{key} must be a string")
    if len(value.encode()) > CRITERIA_BYTES:
        raise BadRequest(f"{key} exceeds max length ({CRITERIA_BYTES} chars)")


def _patch(row: Model, column: str, patch: dict[str, Any], *, gone: str) -> dict[str, Any]:
    if patch:
        setattr(row, column, merged(column, patch))
        _save(row, column, gone=gone)
    result: dict[str, Any] = getattr(row, column) or {}
    return result


def _save(row: Model, column: str, *, gone: str) -> None:
    try:
        row.save(update_fields=[column, "updated_at"])
    except ObjectNotUpdated:
        # Deleted since it was found.
        raise NotFound(gone) from None
