"""Deletion leaves no row and no file, also beside stores of the same content and after crashes."""

import os
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, transaction

from sessions.assets import cleaning, keeping
from sessions.assets.cleaning import UNFINISHED_FOR, clean_up, remove_unused_assets
from sessions.deleting import delete_sessions
from sessions.ingest import store_message
from sessions.models import Asset, AssetUse, EndUser, Message, Project, Session
from sessions.models.assets import name_in_storage
from tests.factories import make_session
from tests.sessions.media import PNG, b64, kept, large, store, upload

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files")]
BIG = large()
IMAGE = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{b64(BIG)}"}}
BLOB = {"role": "user", "content": [IMAGE]}


def everything(folder: Path) -> tuple[int, int, list[str]]:
    return Asset.objects.count(), AssetUse.objects.count(), kept(folder)


@pytest.mark.parametrize("what", ["session", "many", "user", "project", "users", "everything"])
def test_deletion_leaves_nothing(
    api: httpx.Client, project: Project, other_project: Project, files: Path, what: str
) -> None:
    mine, theirs = make_session(project, user="ann"), make_session(other_project)
    upload(api, mine)
    store(api, mine, BLOB, "openai")
    store_message(project_id=other_project.pk, session_id=theirs.pk, blob=BLOB)
    assert everything(files)[:2] == (3, 3)
    match what:
        case "session":
            assert api.delete(f"/session/{mine.pk}").status_code == 200
        case "many":
            assert delete_sessions(Session.objects.filter(project=project)) == 1
        case "user":
            assert api.delete("/user/ann").status_code == 200
        case "users":
            EndUser.objects.all().delete()
        case "project":
            project.delete()
        case "everything":
            Project.objects.all().delete()
    left = 0 if what == "everything" else 1
    assert (Asset.objects.count(), AssetUse.objects.count(), len(kept(files))) == (left, left, left)


def test_a_file_stays_while_any_message_holds_it(api: httpx.Client, project: Project, files: Path) -> None:
    first, second = make_session(project), make_session(project)
    for session in (first, second):
        upload(api, session)
    first.delete()
    assert len(kept(files)) == 1
    second.delete()
    assert everything(files) == (0, 0, [])


def test_a_deletion_that_is_taken_back_removes_nothing(api: httpx.Client, project: Project, files: Path) -> None:
    session = make_session(project)
    upload(api, session)
    with transaction.atomic():
        session.delete()
        transaction.set_rollback(True)
    assert everything(files)[:2] == (1, 1)
    assert len(kept(files)) == 1


def test_rows_deleted_past_django_are_found_by_and_by(api: httpx.Client, project: Project, files: Path) -> None:
    upload(api, make_session(project))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM agent_sessions_project WHERE id = %s", [project.pk])
    assert everything(files)[:2] == (1, 0)
    call_command("cleanassets", verbosity=0)
    assert everything(files) == (0, 0, [])


def test_more_than_one_batch(project: Project, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "AT_ONCE", 2)
    for n in range(5):
        name = name_in_storage(project.pk, f"{n}" * 64)
        default_storage.save(name, ContentFile(b"x"))
        Asset.objects.create(project=project, sha256=f"{n}" * 64, size_b=1, name=name)
    assert remove_unused_assets() == 5
    assert kept(files) == []


def test_what_a_crash_leaves_is_found(project: Project, files: Path) -> None:
    for owner in (project.pk, uuid.uuid4()):
        default_storage.save(name_in_storage(owner, "ab" * 32), ContentFile(b"lost"))
    folder = (files / name_in_storage(project.pk, "ab" * 32)).parent
    old, new = folder / "x.old.part", folder / "x.new.part"
    for part in (old, new):
        part.write_bytes(b"half")
    then = time.time() - UNFINISHED_FOR.total_seconds() - 60
    os.utime(old, (then, then))
    assert clean_up() == (2, 2)
    assert everything(files) == (0, 0, ["x.new.part"])
    assert clean_up() == (0, 0)


def test_a_refused_message_leaves_no_row(
    api: httpx.Client, project: Project, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*args: Any, **kwargs: Any) -> None:
        raise OSError("disk full")

    session = make_session(project)
    monkeypatch.setattr(keeping.AssetUse.objects, "bulk_create", breaks)
    assert upload(api, session).status_code == 500
    assert (Message.objects.count(), Asset.objects.count()) == (0, 0)
    monkeypatch.undo()
    assert upload(api, session).status_code == 201
    assert len(kept(files)) == 1


def test_half_a_file_is_written_again(api: httpx.Client, project: Project, files: Path) -> None:
    session = make_session(project)
    upload(api, session)
    name = Asset.objects.get().name
    (files / name).write_bytes(PNG[:5])
    upload(api, session)
    assert (files / name).read_bytes() == PNG
    (files / name).unlink()
    upload(api, session)
    assert (files / name).read_bytes() == PNG
