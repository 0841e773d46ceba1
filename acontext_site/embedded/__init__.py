"""
PostgreSQL and Valkey as part of the program: started by the first who needs them, stopped after the last.

`ensure` is for whoever needs the engines. Why it is built this way: docs/decisions/0001-embedded-engines.md.
The holder imports this package without site-packages: nothing here may import more than the standard library.
"""

from .client import ensure, leave, revive, troubles
from .errors import EmbeddedError

__all__ = ["EmbeddedError", "ensure", "ensure_configured", "leave", "revive", "troubles"]


def ensure_configured() -> None:
    """Start or join those engines that the settings do not replace by an address of another server."""
    from django.conf import settings

    ensure(settings.DATA_DIR, postgres=settings.EMBEDDED_POSTGRES, valkey=settings.EMBEDDED_VALKEY)
