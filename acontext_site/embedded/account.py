"""Under whose name the engines run: PostgreSQL refuses root."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from .errors import EmbeddedError

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """A user for the engines, other than the one who starts them."""

    name: str
    uid: int
    gid: int


def account_for(data: Path) -> Account | None:
    """Return who runs the engines of this folder when root starts them; None means whoever starts them."""
    if os.geteuid() != 0:
        return None
    owners = [folder.stat() for folder in data.glob("pg[0-9][0-9]")]
    for owner in owners:
        if owner.st_uid != 0:
            return Account(f"user {owner.st_uid}", owner.st_uid, owner.st_gid)
    import pwd  # here, because Windows has none

    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedError("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")


class PopenOptions(TypedDict, total=False):
    """Those arguments of `subprocess` that change the user."""

    user: int
    group: int
    extra_groups: list[int]


def popen_options(account: Account | None) -> PopenOptions:
    """Return the arguments of `subprocess` that run a program under this account."""
    return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}


def give(path: Path, account: Account | None) -> None:
    """Make the account the owner of one file or folder."""
    if account is not None:
        os.chown(path, account.uid, account.gid)


def check_reach(data: Path, account: Account | None) -> None:
    """Refuse a data folder below one that the account may not enter; opening other people's folders is not ours."""
    if account is None:
        return
    options = popen_options(account)
    done = subprocess.run(["/bin/sh", "-c", 'cd "$1"', "sh", data], cwd="/", capture_output=True, **options)  # noqa: S603
    if done.returncode:
        raise EmbeddedError(
            f"as root the engines run as {account.name}, who may not enter {data}: choose a folder outside of "
            "private ones, for example ACONTEXT_DATA_DIR=/var/lib/acontext"
        )


def within_reach(program: Path, parts: list[Path], *, data: Path, account: Account | None) -> Path:
    """
    Return a path at which the account can run the program: its own, or that in a copy in DATA/bin.

    The parts are folders beside each other, the first with the program, that find each other by relative paths.
    """
    root = parts[0].parent
    if account is None or _reaches(program, account) or data.is_relative_to(parts[0]):
        return program
    stat = program.stat()
    copy = data / "bin" / f"{program.name}-{stat.st_size}-{int(stat.st_mtime)}"
    if not copy.exists():
        copy.parent.mkdir(mode=0o755, exist_ok=True)
        copy.parent.chmod(0o755)
        for old in copy.parent.glob(f"{program.name}-*"):
            shutil.rmtree(old, ignore_errors=True)
        draft = copy.with_name(f"{copy.name}.new")
        for part in parts:
            shutil.copytree(part, draft / part.name, symlinks=True)
            (draft / part.name).chmod(0o755)
        draft.chmod(0o755)
        draft.rename(copy)
    return copy / program.relative_to(root)


def _reaches(program: Path, account: Account) -> bool:
    """Whether the account may start the program; that it then works is another question."""
    try:
        subprocess.run([program, "--version"], cwd="/", capture_output=True, **popen_options(account))  # noqa: S603
    except PermissionError:
        return False
    return True
