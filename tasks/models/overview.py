"""Figures of the overview that were added up before."""

from typing import ClassVar

from django.db import models

from sessions.models import Project


class KeptFigures(models.Model):
    """What happened in a project in a stretch of time that is over, in days or hours of one time zone.

    Derived from the other tables and nothing but quick: whatever is deleted here is counted again.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.DB_CASCADE, related_name="+", db_index=False)
    zone = models.CharField(max_length=64)
    start = models.DateTimeField()
    stop = models.DateTimeField()
    figures = models.JSONField()
    counted_at = models.DateTimeField(help_text="Changes of tasks up to this moment are in it")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "zone", "start", "stop"], name="kept_figures_once")
        ]

    def __str__(self) -> str:
        return f"{self.start} to {self.stop}"
