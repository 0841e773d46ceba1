"""PostgreSQL: its data folder named by major version, its command line, its readiness."""

import os
import signal
from pathlib import Path
from typing import ClassVar

from .account import within_reach
from .cluster import major_version, make_cluster, shared_memory
from .engine import Engine, runs_in
from .errors import EmbeddedError
from .programs import postgres_parts

ANY_MAJOR = "pg[0-9][0-9]"
FAST = ("fsync=off", "full_page_writes=off")


class Postgres(Engine):
    """The database server, on a unix socket only."""

    name: ClassVar = "postgres"
    label: ClassVar = "PostgreSQL"
    stop_signal: ClassVar = signal.SIGINT  # "fast": ends sessions, keeps data
    seconds_to_stop: ClassVar = 30.0

    programs = Path()
    data = Path()

    def prepare(self) -> None:
        given = Path(self.spec.postgres_bin)
        copied = within_reach(given / "postgres", postgres_parts(given), data=self.spec.folder, account=self.account)
        self.programs = copied.parent
        major = major_version(copied, self.account)
        self.data = self.spec.folder / f"pg{major}"
        for other in self.spec.folder.glob(ANY_MAJOR):
            if other != self.data:
                raise EmbeddedError(
                    f"the data in {self.spec.folder} is of PostgreSQL {other.name[2:]}, the installed one is {major}: "
                    f"set ACONTEXT_PG_BIN to the programs of {other.name[2:]}, or move the data with pg_upgrade"
                )
        disown_zombie(self.data)
        for socket_file in self.spec.run_dir.glob(".s.PGSQL.*"):
            socket_file.unlink(missing_ok=True)
        if not self.data.exists():
            fast = self.spec.unsafe_fast
            make_cluster(self.data, self.programs, major=major, account=self.account, unsafe_fast=fast)

    def command(self) -> list[str]:
        socket_dir = str(self.spec.run_dir).replace('"', '""')
        settings = [
            "listen_addresses=",
            "port=5432",
            f'unix_socket_directories="{socket_dir}"',
            "unix_socket_permissions=0700",
            shared_memory(),
            *(FAST if self.spec.unsafe_fast else ()),
        ]
        options = [part for setting in settings for part in ("-c", setting)]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    def answers(self) -> bool:
        lines = pid_file(self.data)
        mine = self.process is not None and lines[:1] == [str(self.process.pid)]
        return mine and [line.strip() for line in lines[7:8]] == ["ready"]

    def leftover(self) -> int | None:
        for folder in self.spec.folder.glob(ANY_MAJOR):
            for line in pid_file(folder)[:1]:
                if line.isdigit() and runs_in(int(line), folder, "postgres"):
                    return int(line)
        return None


def disown_zombie(cluster: Path) -> None:
    """
    Let a killed server that init has not reaped yet (in a container: never) no longer pass for a running one.

    The file stays, because it names the shared memory by which the new server sees backends of the old one.
    PostgreSQL disregards its own parent as an owner, so the holder's number stands for "nobody".
    """
    lines = pid_file(cluster)
    try:
        stat = Path(f"/proc/{int(lines[0])}/stat").read_text()
    except (OSError, ValueError, IndexError):
        return
    if stat.rpartition(")")[2].split()[0] == "Z":
        (cluster / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")


def pid_file(cluster: Path) -> list[str]:
    """Return the lines of a cluster's `postmaster.pid`: the first is the process, the eighth how it is."""
    try:
        return (cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []
