"""The database: reached, migrated, and given its first project, by one start at a time."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from acontext_site.first_start import FirstStart, prepare
from acontext_site.supervisor.errors import StartError

# Any number that nothing else of ours locks.
LOCK = 0x61636F6E
SECONDS_TO_CONNECT = "5"
SECONDS_TO_WAIT = 120.0
POLL_SECONDS = 0.05


def make_ready() -> FirstStart:
    """Connect, migrate if there is something to migrate, and make what a first start makes."""
    _reach()
    try:
        with _alone():
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                call_command("migrate", interactive=False, verbosity=0)
            return prepare()
    except DatabaseError as error:
        raise StartError(
            f"cannot migrate the database: {_first_line(error)} (`manage.py migrate` tells more)"
        ) from error
    finally:
        connection.close()


def _reach() -> None:
    os.environ.setdefault("PGCONNECT_TIMEOUT", SECONDS_TO_CONNECT)
    if connection.vendor != "postgresql":
        raise StartError(f"DATABASE_URL must name a PostgreSQL database, and names one of {connection.vendor}")
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        which = "the embedded database" if settings.EMBEDDED_POSTGRES else "the database of DATABASE_URL"
        raise StartError(f"cannot use {which}: {_first_line(error)}") from None


def _first_line(error: DatabaseError) -> str:
    return next(iter(str(error).splitlines()), "no reason given")


@contextmanager
def _alone() -> Iterator[None]:
    """Let other starts wait, also those on other machines. The lock ends with the connection."""
    deadline = time.monotonic() + SECONDS_TO_WAIT
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if cursor.fetchone() == (True,):
                break
            if time.monotonic() > deadline:
                raise StartError(f"another start has been migrating the database for {SECONDS_TO_WAIT:.0f} s")
            time.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
