"""The project package is an app too, for its commands and checks."""

from django.apps import AppConfig


class AcontextSiteConfig(AppConfig):
    name = "acontext_site"

    def ready(self) -> None:
        """Make ours the current Celery app in every process: a job rung from the web must reach our broker."""
        from acontext_site import celery  # noqa: F401
