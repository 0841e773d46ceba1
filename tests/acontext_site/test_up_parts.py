"""Rules of the parts of `manage.py up`."""

import os
import signal
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from acontext_site.first_start import FirstStart
from acontext_site.supervisor.address import Address, chosen_address, reserve
from acontext_site.supervisor.children import Child, web
from acontext_site.supervisor.errors import StartError
from acontext_site.supervisor.secret_key import hand_down, secret_key
from acontext_site.supervisor.welcome import welcome

HERE = Address("127.0.0.1", 8029)
FIRST = FirstStart("Default project", "sk-ac-whole-secret", "sk-ac-whole", "admin", "a password")
LATER = FirstStart("Default project", None, "sk-ac-whole", "admin", None)


@pytest.fixture(autouse=True)
def _no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOST", "PORT", "WEB_WORKERS", "WEB_THREADS", "SECRET_KEY", "SECRET_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_only_this_machine_is_served_unless_asked_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen_address() == HERE
    monkeypatch.setenv("HOST", "0.0.0.0")
    monkeypatch.setenv("PORT", "8030")
    assert chosen_address() == Address("0.0.0.0", 8030)


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:80"), ("0.0.0.0", "http://127.0.0.1:80"), ("::", "http://[::1]:80")],
)
def test_the_url_works_on_this_machine(host: str, url: str) -> None:
    assert Address(host, 80).url == url


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "8029.5", "²"])
def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(StartError, match="must be a number from 1 to 65535"):
        chosen_address()


def test_a_reserved_port_is_taken_for_others_but_not_for_the_web_server() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = Address("127.0.0.1", free.getsockname()[1])
    with reserve(address):
        with pytest.raises(StartError, match=rf"port {address.port} is taken .* PORT=\d+ make up"):
            reserve(address)
        with socket.socket() as server:  # as granian does it
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            server.bind((address.host, address.port))
            server.listen()
    reserve(address).close()


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as starts:
        keys = set(starts.map(lambda _: secret_key(tmp_path), range(8)))
    assert len(keys) == 1
    assert len(keys.pop()) > 50
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_secret_key_of_the_person_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "mine")
    hand_down(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_child_that_keeps_dying_is_started_ever_more_rarely() -> None:
    child = Child("child", ["/bin/false"])
    pauses = []
    for _ in range(8):
        child.start()
        assert child.process is not None
        child.process.wait()
        assert child.has_ended() == 1
        pauses.append(child.pause)
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert child.restart_if_due() is False


def test_the_web_server_is_as_large_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_WORKERS", "3")
    monkeypatch.setenv("WEB_THREADS", "5")
    command = " ".join(web(HERE).command)
    assert "--workers 3 " in command
    assert "--blocking-threads 5 " in command


def test_the_first_start_shows_the_secrets_and_a_later_one_how_to_get_new_ones() -> None:
    first, later = welcome(FIRST, HERE), welcome(LATER, HERE)
    assert "http://127.0.0.1:8029" in first
    assert "admin / a password" in first
    assert "export ACONTEXT_API_KEY=sk-ac-whole-secret\n" in first
    assert 'base_url="http://127.0.0.1:8029/api/v1"' in first
    assert "manage.py changepassword admin" in later
    assert f"another: ACONTEXT_DATA_DIR={os.environ['ACONTEXT_DATA_DIR']} make key" in later


def test_it_says_who_extracts_the_tasks(settings) -> None:
    settings.LLM_API_KEY, settings.LLM_BASE_URL, settings.LLM_SIMPLE_MODEL = "", "", "some-model"
    assert "built-in rules, offline" in welcome(LATER, HERE)
    settings.LLM_BASE_URL = "http://llm.example/v1"
    assert "some-model at http://llm.example/v1" in welcome(LATER, HERE)


def test_where_the_kernel_does_not_help_a_process_asks_whether_its_parent_lives() -> None:
    orphan = "import os, sys, time; from acontext_site.embedded import deathsig; deathsig.POLL_SECONDS = 0.05; "
    orphan += "print('here', flush=True); deathsig._watch(os.getppid(), int(sys.argv[1]))"
    supervisor = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    command = [sys.executable, "-c", orphan, str(supervisor.pid)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, process_group=0) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        with supervisor:
            supervisor.kill()
        assert process.wait(5) == -signal.SIGKILL
