"""`manage.py up` as a person meets it: real processes, started, refused, killed, stopped."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.acontext_site.installation import Installation, kill, said, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("installations"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]
MAKE_READY = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "acontext_site.settings"
import django
django.setup()
from acontext_site import embedded
from acontext_site.supervisor import database
embedded.ensure_configured()
first = database.make_ready()
print("made" if first.admin_password else "found", flush=True)
sys.stdin.read()
"""


@dataclass
class Served:
    """A running `manage.py up` and what it printed."""

    installation: Installation
    process: "subprocess.Popen[str]"
    port: int
    printed: str

    def child(self, what: str, *, of: int = 0) -> int:
        """Return the process whose command contains these words, as a child of another or of the supervisor."""
        found = [pid for pid, command in children(of or self.process.pid) if what in command]
        return found[0] if found else 0

    def answers(self, path: str = "/health", key: str = "") -> int:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {key}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=2) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except OSError:
            return 0


def serve(installation: Installation, **variables: str) -> Served:
    port = free_port()
    process = installation.start("manage.py", "up", PORT=str(port), LOG_LEVEL="ERROR", **variables)
    lines = [line := said(process)]
    while line != "EOF":
        assert process.poll() is None or line, process.communicate()
        lines.append(line := said(process))
    return Served(installation, process, port, "\n".join(lines))


@pytest.fixture
def installation() -> Iterator[Installation]:
    made = Installation()
    yield made
    made.end()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    installation = Installation()
    yield serve(installation)
    installation.end()


def test_it_prints_what_a_newcomer_needs_and_the_key_works(served: Served) -> None:
    assert f"Acontext Site is ready: http://127.0.0.1:{served.port}" in served.printed
    assert "Log in    admin / " in served.printed
    key = served.printed.partition("export ACONTEXT_API_KEY=")[2].splitlines()[0]
    assert served.answers("/api/v1/session", key) == 200
    assert served.answers("/api/v1/session", "sk-ac-wrong") == 401
    assert served.answers("/login/") == 200


def test_a_second_start_at_the_same_port_is_one_clear_line(served: Served) -> None:
    second = served.installation.start("manage.py", "up", PORT=str(served.port))
    assert f"acontext: port {served.port} is taken" in only_line(second)


def test_a_killed_web_server_leaves_no_orphan_and_is_back(served: Served) -> None:
    main = served.child("granian")
    worker = served.child("granian", of=main)
    kill(main)
    wait_for(lambda: served.child("granian") not in (0, main))
    wait_for(lambda: served.answers() == 200)
    assert not is_alive(worker)


def test_a_killed_worker_of_the_web_server_is_back(served: Served) -> None:
    main = served.child("granian")
    worker = served.child("granian", of=main)
    kill(worker)
    wait_for(lambda: served.child("granian", of=main) not in (0, worker))
    wait_for(lambda: served.answers() == 200)


def test_a_killed_celery_worker_is_back(served: Served) -> None:
    worker = served.child("celery")
    kill(worker)
    wait_for(lambda: served.child("celery") not in (0, worker))


def test_a_killed_holder_of_the_engines_is_replaced(served: Served) -> None:
    old = served.installation.holder
    kill(old)
    wait_for(lambda: served.installation.holder not in (0, old))
    wait_for(lambda: served.answers() == 200)
    wait_for(lambda: served.answers("/api/v1/session", "sk-ac-wrong") == 401)


def test_however_it_ends_nothing_is_left_behind_and_nothing_is_lost(installation: Installation, served: Served) -> None:
    collected = str(served.installation.data / "static")
    first = serve(installation, STATIC_ROOT=collected)
    secret = (installation.data / "secret_key").read_text()
    key = first.printed.partition("export ACONTEXT_API_KEY=")[2].splitlines()[0]
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(30) == 0
    assert not installation.processes()

    second = serve(installation, STATIC_ROOT=collected)
    assert "changepassword admin" in second.printed
    assert second.answers("/api/v1/session", key) == 200
    assert (installation.data / "secret_key").read_text() == secret
    second.process.send_signal(signal.SIGTERM)
    assert second.process.wait(30) == 0
    assert not installation.processes()

    third = serve(installation, STATIC_ROOT=collected)
    assert third.answers("/api/v1/session", key) == 200
    kill(third.process.pid)
    third.process.wait()
    wait_for(lambda: not installation.processes())
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", third.port))


def test_six_first_starts_at_once_make_one_project(installation: Installation) -> None:
    starts = [installation.start("-c", MAKE_READY) for _ in range(6)]
    assert sorted(said(start) for start in starts) == ["found"] * 5 + ["made"]


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"PORT": "http"}, "acontext: PORT is 'http', but must be a number from 1 to 65535"),
        ({"HOST": "192.0.2.1"}, "acontext: cannot listen on 192.0.2.1"),
        ({"ACONTEXT_DATA_DIR": "/proc/acontext"}, "acontext: cannot write to the data folder /proc/acontext"),
        ({"ACONTEXT_PG_BIN": "/nowhere"}, "acontext: ACONTEXT_PG_BIN is /nowhere, but there is no initdb"),
        (
            {"DATABASE_URL": "postgres://someone:secret@127.0.0.1:1/acontext"},
            "acontext: cannot use the database of DATABASE_URL: connection failed",
        ),
        ({"DATABASE_URL": "sqlite:///file.db"}, "acontext: DATABASE_URL must name a PostgreSQL database"),
        (
            {"CELERY_BROKER_URL": "redis://someone:secret@127.0.0.1:1/0"},
            "acontext: cannot reach the broker of CELERY_BROKER_URL, redis://someone:**@127.0.0.1:1/0",
        ),
    ],
)
def test_what_cannot_be_is_one_clear_line(installation: Installation, variables: dict[str, str], line: str) -> None:
    process = installation.start("manage.py", "up", **({"PORT": str(free_port())} | variables))
    found = only_line(process)
    assert found.startswith(line)
    assert "secret" not in found


def only_line(process: "subprocess.Popen[str]") -> str:
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (1, "")
    [line] = stderr.splitlines()
    return line


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(parent: int) -> list[tuple[int, str]]:
    command = ["ps", "-wweo", "pid=,ppid=,stat=,args="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 3) for line in listed.splitlines()]
    return [(int(row[0]), row[3]) for row in rows if int(row[1]) == parent and not row[2].startswith("Z")]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
