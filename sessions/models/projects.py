"""Who owns what: projects, their keys, the people who look at them and the people their agents act for."""

import hashlib
import secrets
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.addresses import address_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

RANDOM_KEY_SHOWN = 6
CHOSEN_KEY_SHOWN = 2


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """Projects this person is a member of."""
        return self.filter(memberships__user=user)


class Project(models.Model):
    """A tenant. `configs` is what `/project/configs` reads and writes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    configs = models.JSONField(default=dict, blank=True)
    # Why extraction stands still, in words a person can act on ("the LLM refused the key"); empty when it works.
    extraction_paused_reason = models.TextField(blank=True, default="")
    extraction_paused_at = models.DateTimeField(null=True, blank=True)
    extraction_paused_until = models.DateTimeField(null=True, blank=True, help_text="When extraction tries again")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def pause_reason(self) -> str:
        """Why extraction stands still at this moment; empty when it works."""
        is_paused = self.extraction_paused_until is not None and self.extraction_paused_until > timezone.now()
        return self.extraction_paused_reason if is_paused else ""


class ApiKey(models.Model):
    """A bearer secret of a project. Only its SHA-256 is kept: a 256-bit random key needs no salt and no stretching."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.DB_CASCADE, related_name="api_keys")
    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=40, help_text="The first characters, to tell keys apart")
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="Written every few minutes at most")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @staticmethod
    def digest_of(key: str) -> bytes:
        """Return what is stored of a key."""
        return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()

    @classmethod
    def issue(
        cls,
        project: Project,
        *,
        name: str,
        secret: str = "",
        expires_at: datetime | None = None,
        pk: uuid.UUID | None = None,
    ) -> tuple["ApiKey", str]:
        """Make a key and return it with its plaintext, which is shown once and kept nowhere.

        Raises IntegrityError when there is a key of this id: whoever chose it asks a second time.
        """
        key = settings.API_KEY_PREFIX + (secret or secrets.token_urlsafe(32))
        # Of a secret that a person chose, and which may be short, less is shown.
        shown = len(settings.API_KEY_PREFIX) + (CHOSEN_KEY_SHOWN if secret else RANDOM_KEY_SHOWN)
        row = cls(project=project, name=name, prefix=key[:shown], digest=cls.digest_of(key), expires_at=expires_at)
        row.pk = pk or row.pk
        # A row of the database's own must not be written over: `save` would look for one first.
        row.save(force_insert=True)
        return row, key

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())


class Membership(models.Model):
    """A person's role in a project."""

    class Role(models.TextChoices):
        VIEWER = "viewer", _("Viewer")
        EDITOR = "editor", _("Editor")
        OWNER = "owner", _("Owner")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DB_CASCADE, related_name="memberships")
    project = models.ForeignKey(Project, on_delete=models.DB_CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.VIEWER)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "project"], name="membership_once_per_project"),
            models.CheckConstraint(condition=Q(role__in=["viewer", "editor", "owner"]), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.project} as {self.role}"


class EndUser(models.Model):
    """The person an agent acts for, by the caller's own identifier; `user` on the wire."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.DB_CASCADE, related_name="end_users", db_index=False)
    identifier = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            # By digest, because an identifier may be longer than an index entry.
            models.UniqueConstraint(
                models.F("project"), models.Func("identifier", function="md5"), name="end_user_once_per_project"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "created_at", "id"], name="end_user_project_oldest"),
        ]

    def __str__(self) -> str:
        return self.identifier

    def get_absolute_url(self) -> str:
        return address_of("tasks:user", self.pk)
