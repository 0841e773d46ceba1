"""A bearer key opens its project: `request.auth` is the project in every endpoint."""

from django.http import HttpRequest
from ninja.security.base import AuthBase

from sessions.keys import digest_from_header, usable_key
from sessions.models import Project


class ProjectKey(AuthBase):
    """`Authorization: Bearer sk-ac-…`."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Project:
        """Return the key's project, and leave the key with the request for the record; raises Unauthorized."""
        key = usable_key(digest_from_header(request.headers.get("Authorization")))
        request.api_key = key  # type: ignore[attr-defined]
        return key.project
