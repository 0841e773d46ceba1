"""The project package is an app too, for its commands and checks."""

from django.apps import AppConfig


class AcontextSiteConfig(AppConfig):
    name = "acontext_site"
