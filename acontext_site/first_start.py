"""What the first start of an installation makes: a project, an API key and an admin who can log in."""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from sessions.models import ApiKey, Membership, Project

ADMIN_USERNAME = "admin"
FIRST_KEY_NAME = "first key"
ROOT_KEY_NAME = "ROOT_API_BEARER_TOKEN"


@dataclass(frozen=True)
class FirstStart:
    """What to tell the person who started; secrets are there only when they were made just now or given by them."""

    project_name: str
    api_key: str | None
    api_key_prefix: str
    admin_username: str
    admin_password: str | None


@transaction.atomic
def prepare() -> FirstStart:
    """Make what is missing and nothing else; safe to call at every start."""
    project = Project.objects.order_by("created_at").first() or Project.objects.create(name="Default project")
    username, password = _admin(project)
    prefix, key = _api_key(project)
    return FirstStart(project.name, key, prefix, username, password)


def _admin(project: Project) -> tuple[str, str | None]:
    users = get_user_model()._default_manager
    admin = users.filter(is_superuser=True).order_by("pk").first()
    password = None
    if admin is None:
        password = secrets.token_urlsafe(9)
        admin = users.create_superuser(ADMIN_USERNAME, password=password)
        Membership.objects.create(user=admin, project=project, role=Membership.Role.OWNER)
    return admin.get_username(), password


def _api_key(project: Project) -> tuple[str, str | None]:
    root = settings.ROOT_API_BEARER_TOKEN
    if root:
        key = settings.API_KEY_PREFIX + root
        row = ApiKey.objects.filter(digest=ApiKey.digest_of(key)).first()
        row = row or ApiKey.issue(project, name=ROOT_KEY_NAME, secret=root)[0]
        return row.prefix, key
    existing = project.api_keys.filter(revoked_at=None).order_by("created_at").first()
    if existing:
        return existing.prefix, None
    row, key = ApiKey.issue(project, name=FIRST_KEY_NAME)
    return row.prefix, key
