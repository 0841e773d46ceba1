"""Who is logged in, as Django keeps it, asked for with prepared statements: every page asks, before all else."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from sessions.prepared import columns, first, rows

LOGIN = "SELECT session_data FROM django_session WHERE session_key = %(key)s AND expire_date > %(now)s"
PERSON = f"SELECT {columns(User, 'person')} FROM auth_user AS person WHERE id = %(id)s"  # noqa: S608 (constants)


class SessionStore(DatabaseStore):
    """Django's store of logins in the database; only looking one up is ours."""

    def load(self) -> dict[str, Any]:
        key = self.session_key
        # A cookie can spell a NUL, which PostgreSQL refuses to be asked for.
        found = rows(LOGIN, {"key": key, "now": timezone.now()}) if key and "\0" not in key else []
        if not found:
            # As Django does: a key that nobody was given is never used for a new login.
            self._session_key = None
            return {}
        return self.decode(found[0][0])


class Backend(ModelBackend):
    """Django's accounts; only looking up who is logged in is ours."""

    def get_user(self, user_id: int) -> User | None:
        person = first(User, PERSON, {"id": user_id})
        return person if person is not None and self.user_can_authenticate(person) else None
