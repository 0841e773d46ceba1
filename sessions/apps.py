"""The app's label differs from its name: `sessions` is taken by Django's login sessions."""

from django.apps import AppConfig
from django.db.models.signals import pre_delete


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "agent_sessions"
    verbose_name = "Agent sessions"

    def ready(self) -> None:
        from sessions.assets.cleaning import remove_after_deletion
        from sessions.models import EndUser, Project, Session

        for owner in (Session, EndUser, Project):
            pre_delete.connect(remove_after_deletion, sender=owner)
