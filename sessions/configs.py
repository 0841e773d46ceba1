"""Configs of sessions and projects, and meta of messages: the caller's own JSON, replaced or patched key by key."""

from itertools import combinations
from typing import Any

from django.core.exceptions import ObjectNotUpdated
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from sessions.errors import BadRequest, NotFound
from sessions.json_objects import check_json_object
from sessions.merging import merged
from sessions.models import Message, Project, Session
from sessions.project_settings import RISING, SETTINGS, Setting
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
    """Merge a patch and return the whole result. Extraction reads it from its next run on, and a pause ends.

    Raises BadRequest for a setting that extraction could not use.
    """
    check_json_object(patch, "configs", limit=None)
    for key in CRITERIA:
        _check_criteria(key, patch.get(key))
    for key, setting in {**SETTINGS, RETENTION.name: RETENTION}.items():
        value = patch.get(key)
        if value is not None and not setting.allows(value):
            raise BadRequest(_range_words(setting))
    _check_order(project, patch)
    # A person has seen to it: if the reason still holds, the next run finds it again.
    project.extraction_paused_reason = ""
    project.extraction_paused_at = project.extraction_paused_until = None
    pause = ("extraction_paused_reason", "extraction_paused_at", "extraction_paused_until")
    return _patch(project, "configs", patch, gone="project not found", also=pause)


def _range_words(setting: Setting) -> str:
    words = (
        _("%(key)s must be an integer from %(low)d to %(high)d")
        if setting.is_whole
        else _("%(key)s must be a number from %(low)d to %(high)d")
    )
    return words % {"key": setting.name, "low": setting.low, "high": setting.high}


def _check_order(project: Project, patch: dict[str, Any]) -> None:
    """Refuse a wait that a shorter one would never let happen. Only what the project has set itself is compared."""
    changed = {**project.configs, **patch} if isinstance(project.configs, dict) else patch
    for shorter, longer in combinations(RISING, 2):
        low, high = SETTINGS[shorter].of(changed), SETTINGS[longer].of(changed)
        if low is not None and high is not None and low > high and {shorter, longer} & patch.keys():
            raise BadRequest(
                _("%(shorter)s (%(low)g) must not be more than %(longer)s (%(high)g)")
                % {"shorter": shorter, "low": low, "longer": longer, "high": high}
            )


def _check_criteria(key: str, value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        raise BadRequest(f"{key} must be a string")
    if len(value.encode()) > CRITERIA_BYTES:
        raise BadRequest(_("%(key)s exceeds max length (%(most)d chars)") % {"key": key, "most": CRITERIA_BYTES})


def _patch(row: Model, column: str, patch: dict[str, Any], *, gone: str, also: tuple[str, ...] = ()) -> dict[str, Any]:
    if patch:
        setattr(row, column, merged(column, patch))
        _save(row, column, *also, gone=gone)
    result: dict[str, Any] = getattr(row, column) or {}
    return result


def _save(row: Model, *columns: str, gone: str) -> None:
    try:
        row.save(update_fields=[*columns, "updated_at"])
    except ObjectNotUpdated:
        # Deleted since it was found.
        raise NotFound(gone) from None
