"""Django's secret key of an installation: made once, kept in the data folder."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from acontext_site.supervisor.errors import StartError

VARIABLES = ("SECRET_KEY", "SECRET_KEY_FILE")


def secret_key(data: Path) -> str:
    """Return the key of this data folder; starts at the same time agree on one."""
    path = data / "secret_key"
    if not path.exists():
        descriptor, draft = tempfile.mkstemp(dir=data)  # 0600
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        with suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text()


def hand_down(data: Path) -> None:
    """Put the key where the processes started later read it, unless the person has set one."""
    if not any(os.environ.get(name) for name in VARIABLES):
        try:
            os.environ["SECRET_KEY"] = secret_key(data)
        except OSError as error:
            raise StartError(f"cannot keep the secret key in {data / 'secret_key'}: {error.strerror}") from None
