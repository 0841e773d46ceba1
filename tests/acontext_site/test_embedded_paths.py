"""Rules of the places of an installation."""

import os
from pathlib import Path

import pytest

from acontext_site.embedded import paths


def test_the_variable_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACONTEXT_DATA_DIR", "~/somewhere")
    assert paths.data_dir() == Path.home() / "somewhere"


def test_a_relative_folder_does_not_depend_on_later_changes_of_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACONTEXT_DATA_DIR", "here")
    assert paths.data_dir() == Path.cwd() / "here"


def test_root_has_a_place_for_servers_and_a_person_one_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACONTEXT_DATA_DIR")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert paths.data_dir() == Path("/var/lib/acontext")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", "/home/alice")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert paths.data_dir().is_relative_to("/home/alice")


def test_sockets_live_in_the_data_folder() -> None:
    assert paths.run_dir(Path("/var/lib/acontext")) == Path("/var/lib/acontext/run")
    assert paths.run_dir(Path("/Users/a b/Library/Application Support/acontext")).parent.name == "acontext"


@pytest.mark.parametrize(
    "name", ["x" * 100, "é", "comma,", "question?", "hash#", "percent%41", "at@home", "line\nfeed"]
)
def test_sockets_move_out_of_folders_that_a_socket_or_an_address_cannot_name(name: str) -> None:
    found = paths.run_dir(Path("/data") / name)
    assert found.parent == Path("/tmp")
    assert found != paths.run_dir(Path("/data") / (name + "2"))
    assert len(os.fsencode(paths.valkey_socket(Path("/data") / name))) < 100


def test_everybody_agrees_on_the_place_of_the_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    here = paths.run_dir(Path("/data") / ("x" * 100))
    monkeypatch.setenv("TMPDIR", "/elsewhere")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1000")
    assert paths.run_dir(Path("/data") / ("x" * 100)) == here
