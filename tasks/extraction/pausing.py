"""Let a project's extraction stand still for a while, with a reason that a person can act on. Nothing is dropped."""

from datetime import datetime

from sessions.models import Project


def pause(project: Project, reason: str, *, now: datetime, until: datetime) -> None:
    """Pause until then. Nothing happens when the configs were patched since they were read: they may have mended it."""
    Project.objects.filter(pk=project.pk, configs=project.configs).update(
        extraction_paused_reason=reason, extraction_paused_at=now, extraction_paused_until=until
    )


def resume(project: Project) -> None:
    """End the pause that this project was read with."""
    if project.extraction_paused_reason:
        Project.objects.filter(pk=project.pk).update(
            extraction_paused_reason="", extraction_paused_at=None, extraction_paused_until=None
        )
