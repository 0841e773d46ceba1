"""Links to files for who has no key, such as a provider that looks at an image: a signed token, good for a day.

The token is all there is: nothing is stored for it, and when its file is deleted it opens nothing.
"""

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest

from sessions.errors import BadRequest, NotFound
from sessions.models import Asset

LIFETIME = 24 * 3600
# Links stay the same for an hour, so that a prompt which holds one stays the same and can be cached.
STEADY = 3600
SIGNER = Signer(salt="sessions.material")


class Links:
    """Makes links, to where clients reach this server."""

    def __init__(self, request: HttpRequest, *, now: Callable[[], float] = time.time) -> None:
        self.request = request
        self.now = now

    @cached_property
    def address(self) -> str:
        if settings.EXTERNAL_URL:
            return str(settings.EXTERNAL_URL).rstrip("/")
        try:
            return self.request.build_absolute_uri("/").rstrip("/")
        except DisallowedHost:
            raise BadRequest("links to files need EXTERNAL_URL, or this host in ALLOWED_HOSTS") from None

    def to(self, asset: Asset, name: str | None) -> dict[str, Any]:
        """Return a link as `public_urls` shows it. A browser saves the file under the name."""
        expires = (int(self.now()) // STEADY + 1) * STEADY + LIFETIME
        token = SIGNER.sign_object([asset.pk.hex, str(asset.project_id), expires, name or ""])
        return {"url": f"{self.address}/api/v1/material/{token}", "expire_at": datetime.fromtimestamp(expires, UTC)}


def open_token(token: str, *, now: Callable[[], float] = time.time) -> tuple[Asset, str]:
    """Return the asset that a token stands for, and its name there; raises NotFound."""
    try:
        asset_id, project_id, expires, name = SIGNER.unsign_object(token)
    except (BadSignature, ValueError):
        raise NotFound("material not found") from None
    held = Asset.objects.filter(pk=uuid.UUID(asset_id), project=project_id, uses__isnull=False)
    asset = held.first() if expires > now() else None
    if asset is None:
        raise NotFound("material not found")
    return asset, name
