"""The endpoints of the project that the key belongs to."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from sessions.api import ApiRequest
from sessions.configs import patch_project_configs
from sessions.envelope import reply
from sessions.errors import BadRequest
from sessions.json_objects import LIMIT_BYTES
from sessions.schemas import Envelope
from sessions.schemas_configs import PROJECT_CONFIGS_BODY

router = Router(tags=["project"])


@router.get(
    "/configs",
    response=Envelope[dict[str, Any]],
    operation_id="get_project_configs",
    summary="Read the project's configs",
)
def get_configs(request: ApiRequest) -> HttpResponse:
    """Return what was set. `encryption_enabled` is always there and false: this server encrypts nothing by itself."""
    return reply({**request.auth.configs, "encryption_enabled": False}, msg="ok")


@router.patch(
    "/configs",
    response=Envelope[dict[str, Any]],
    operation_id="patch_project_configs",
    summary="Patch the project's configs",
    openapi_extra=PROJECT_CONFIGS_BODY,
)
def patch_configs(request: ApiRequest) -> HttpResponse:
    """Merge the keys into the configs and return all of them.

    `task_success_criteria` and `task_failure_criteria` tell extraction when a task counts as done or failed. The
    numbers say when it reads, how much, and what it may cost; each is the server's default again when it is null. A
    pause of extraction ends with the patch.
    """
    return reply(patch_project_configs(request.auth, _patch_of(request)), msg="ok")


def _patch_of(request: HttpRequest) -> dict[str, Any]:
    """Read the body, whatever content type it claims."""
    try:
        if len(request.body) > LIMIT_BYTES:
            raise ValueError(f"{len(request.body)} bytes")
        patch = json.loads(request.body)
    except (ValueError, RecursionError):
        raise BadRequest("invalid or too-large JSON body (max 64KB)") from None
    if patch in ({}, None):
        raise BadRequest("empty body")
    if not isinstance(patch, dict):
        raise BadRequest("invalid or too-large JSON body (max 64KB)")
    return patch
