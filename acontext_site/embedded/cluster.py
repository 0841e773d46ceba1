"""Making a PostgreSQL data folder, whole or not at all."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

from . import logfile
from .account import Account, give, popen_options
from .deathsig import before_exec
from .engine import environment
from .errors import EmbeddedError

DATABASE = ROLE = "acontext"
# Below this, parallel queries run out of shared memory; Docker's default is 64 MB.
ENOUGH_SHARED_MEMORY = 256 * 1024 * 1024
CONFIGURATION = """
# --- Acontext Site: modest memory for one machine that does other things too. Yours to change. ---
shared_buffers = '96MB'
max_connections = 200
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_checkpoints = off
# Statements carry what people said to their agents: they do not belong into logs.
log_min_error_statement = panic
"""


def major_version(postgres: Path, account: Account | None) -> int:
    """Ask the program for its major version, which names its data folder."""
    said = _run([str(postgres), "--version"], account=account)
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    if not found:
        raise EmbeddedError(f"PostgreSQL does not start: {postgres} says {said.strip()!r}")
    return int(found.group(1))


def make_cluster(data: Path, programs: Path, *, major: int, account: Account | None, unsafe_fast: bool) -> None:
    """Make a cluster with its role and database aside, then rename: a kill in between leaves nothing half made."""
    for broken in data.parent.glob("pg*.new"):
        shutil.rmtree(broken, ignore_errors=True)
    draft = data.with_name(f"{data.name}-{os.getpid()}.new")
    draft.mkdir(mode=0o700)
    give(draft, account)
    options = _initdb_options(major) + (["--no-sync"] if unsafe_fast else [])
    _run([str(programs / "initdb"), "-D", str(draft), *options], account=account)
    with (draft / "postgresql.conf").open("a") as configuration:
        configuration.write(CONFIGURATION)
    single = [str(programs / "postgres"), "--single", "-D", str(draft), "-c", shared_memory(), "template1"]
    _run(single, f"CREATE DATABASE {DATABASE}\n", account=account)
    draft.rename(data)


def shared_memory() -> str:
    """Return the setting for shared memory: `mmap` where /dev/shm is too small or missing."""
    try:
        shm = os.statvfs("/dev/shm")  # noqa: S108 asked for its size only
        large = shm.f_frsize * shm.f_blocks >= ENOUGH_SHARED_MEMORY
    except OSError:
        large = False
    return f"dynamic_shared_memory_type={'posix' if large else 'mmap'}"


def _initdb_options(major: int) -> list[str]:
    options = ["--username", ROLE, "--encoding=UTF8", "--auth-local=trust", "--auth-host=reject", "--no-instructions"]
    # The built-in locale needs neither ICU nor one of the system's, which differ between machines and releases.
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    options += builtin if major >= 17 else ["--locale=C.UTF-8"]
    return options + (["--set", shared_memory()] if major >= 16 else [])


def _run(command: list[str], text: str = "", *, account: Account | None) -> str:
    """Run a program to its end and return what it said."""
    done = subprocess.run(  # noqa: S603 our own command line
        command,
        input=text,
        text=True,
        errors="replace",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        env=environment(),
        preexec_fn=before_exec(signal.SIGKILL),
        **popen_options(account),
    )
    # `postgres --single` ends well even when a statement failed.
    if done.returncode or "ERROR:" in done.stdout:
        raise EmbeddedError(f"PostgreSQL does not start: {Path(command[0]).name}: {logfile.telling(done.stdout)}")
    return done.stdout
