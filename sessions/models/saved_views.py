"""Addresses of a list that people of a project gave a name."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from sessions.models.projects import Project


class SavedView(models.Model):
    """A named query of a list: the filters and the order of its address, and nothing that the address lacks."""

    class Page(models.TextChoices):
        """The lists that have views; each is a page named so in `tasks.urls`."""

        SESSIONS = "sessions"
        TASKS = "tasks"

    project = models.ForeignKey(Project, on_delete=models.DB_CASCADE, related_name="saved_views", db_index=False)
    page = models.CharField(max_length=10, choices=Page.choices)
    name = models.CharField(max_length=60)
    query = models.TextField(help_text="What follows the ? in the address, in the order that saved_views.py gives it")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.DB_SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "page", "name"], name="saved_view_name_once"),
            models.CheckConstraint(condition=Q(page__in=["sessions", "tasks"]), name="saved_view_page_known"),
        ]

    def __str__(self) -> str:
        return self.name
