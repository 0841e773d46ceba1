"""The WSGI application: the API and the pages as two handlers, so that the API pays for no page middleware."""

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acontext_site.settings")

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

API_PATHS = ("/api/", "/health")


def handler_with(middleware: list[str]) -> WSGIHandler:
    """Return a handler with a middleware stack of its own: Django reads the setting when the handler is made."""
    whole = settings.MIDDLEWARE
    settings.MIDDLEWARE = middleware
    try:
        return WSGIHandler()
    finally:
        settings.MIDDLEWARE = whole


django.setup(set_prefix=False)
api_handler = handler_with(settings.API_MIDDLEWARE)
page_handler = handler_with(settings.MIDDLEWARE)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    handler = api_handler if environ["PATH_INFO"].startswith(API_PATHS) else page_handler
    return handler(environ, start_response)
