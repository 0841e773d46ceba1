"""From an Authorization header to a project."""

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from sessions.errors import Unauthorized
from sessions.models import ApiKey, Project

# Seconds between two writes of `last_used_at`: a hot key must not become a hot row.
LAST_USED_EVERY = 300


def digest_from_header(header: str | None) -> bytes:
    """Return the digest of the key in `Bearer sk-ac-…` (one space, this case); raises Unauthorized."""
    scheme, _, key = (header or "").partition(" ")
    prefix = settings.API_KEY_PREFIX
    if scheme != "Bearer" or not key.startswith(prefix) or len(key) == len(prefix):
        raise Unauthorized
    return ApiKey.digest_of(key)


def usable_key(digest: bytes) -> ApiKey:
    """Return the key of this digest with its project, if it is neither revoked nor expired; raises Unauthorized."""
    unexpired = Q(expires_at=None) | Q(expires_at__gt=Now())
    key = ApiKey.objects.filter(unexpired, digest=digest, revoked_at=None).select_related("project").first()
    if key is None:
        raise Unauthorized
    if key.last_used_at is None or (timezone.now() - key.last_used_at).total_seconds() > LAST_USED_EVERY:
        mark_used(digest)
    return key


def project_of(digest: bytes) -> Project:
    """Return the project whose usable key has this digest; raises Unauthorized."""
    return usable_key(digest).project


def mark_used(digest: bytes) -> None:
    """Remember that a key is in use."""
    ApiKey.objects.filter(digest=digest).update(last_used_at=Now())
