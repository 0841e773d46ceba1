"""Valkey: the broker, on a unix socket only, with every accepted job on disk within a second."""

import signal
import socket
from pathlib import Path
from typing import ClassVar

from . import account, paths
from .engine import Engine, runs_in

ANSWER_SECONDS = 0.5


class Valkey(Engine):
    """The broker's server."""

    name: ClassVar = "valkey"
    label: ClassVar = "Valkey"
    stop_signal: ClassVar = signal.SIGTERM
    seconds_to_stop: ClassVar = 5.0

    program = Path()

    @property
    def data(self) -> Path:
        return self.spec.folder / "valkey"

    def prepare(self) -> None:
        given = Path(self.spec.valkey_server)
        self.program = account.within_reach(given, [given.parent], data=self.spec.folder, account=self.account)
        self.data.mkdir(mode=0o700, exist_ok=True)
        account.give(self.data, self.account)

    def command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(paths.valkey_socket(self.spec.folder)),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "pidfile": str(self.data / "valkey.pid"),
            "save": "",
            "appendonly": "yes",
            "appendfsync": "no" if self.spec.unsafe_fast else "everysec",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "loglevel": "notice",
        }
        return [str(self.program), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(ANSWER_SECONDS)
                client.connect(str(paths.valkey_socket(self.spec.folder)))
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")  # "-LOADING" while it reads its file
        except OSError:
            return False

    def leftover(self) -> int | None:
        try:
            pid = int((self.data / "valkey.pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if runs_in(pid, self.data, "valkey-server") else None
