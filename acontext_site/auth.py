"""A bearer key opens its project: `request.auth` is the project in every endpoint."""

from django.http import HttpRequest
from ninja.security.base import AuthBase

from sessions.keys import digest_from_header, project_of
from sessions.models import Project


class ProjectKey(AuthBase):
    """`Authorization: Bearer sk-ac-…`."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Project:
        """Return the key's project; raises Unauthorized."""
        return project_of(digest_from_header(request.headers.get("Authorization")))
