"""Replace and revoke API keys without cutting off the agents that use them."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from sessions.models import ApiKey


@transaction.atomic
def rotate(key: ApiKey, *, grace: timedelta, pk: uuid.UUID | None = None) -> tuple[ApiKey, str]:
    """Make a key of the same name and let the old one end after the grace; return the new one and its plaintext.

    An end that the old key has already is not moved further away. Raises IntegrityError as `ApiKey.issue` does.
    """
    until = timezone.now() + grace
    new, secret = ApiKey.issue(key.project, name=key.name, pk=pk)
    if key.expires_at is None or key.expires_at > until:
        ApiKey.objects.filter(pk=key.pk).update(expires_at=until)
    return new, secret


def revoke(key: ApiKey) -> None:
    """End a key now."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
