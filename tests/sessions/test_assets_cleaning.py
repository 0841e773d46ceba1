"""Deletion leaves no row and no file, also beside stores of the same content and after crashes."""

import os
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, connections, transaction

from sessions.assets import cleaning, keeping
from sessions.assets.cleaning import UNFINISHED_FOR, clean_up, remove_unused_assets
from sessions.assets.storage import DurableFileSystemStorage
from sessions.ingest import store_message
from sessions.models import Asset, AssetUse, EndUser, Message, Project, Session
from sessions.models.assets import name_in_storage
from tests.factories import make_session
from tests.sessions.media import PNG, b64, kept, large, read, store, upload

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files")]
BIG = large()
IMAGE = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{b64(BIG)}"}}
BLOB = {"role": "user", "content": [IMAGE]}


def everything(folder: Path) -> tuple[int, int, list[str]]:
    return Asset.objects.count(), AssetUse.objects.count(), kept(folder)


@pytest.mark.parametrize("what", ["session", "user", "project", "users", "everything"])
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


def in_threads(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run work at the same time, each in a thread with a connection of its own."""
    start = threading.Barrier(count)

    def run(n: int) -> Any:
        start.wait()
        try:
            return work(n)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_the_same_content_at_once_is_one_file(project: Project, files: Path) -> None:
    sessions = [make_session(project) for _ in range(8)]
    in_threads(8, lambda n: store_message(project_id=project.pk, session_id=sessions[n].pk, blob=BLOB))
    assert everything(files)[:2] == (1, 8)
    assert len(kept(files)) == 1


def test_stores_and_deletions_of_the_same_content_at_once(api: httpx.Client, project: Project, files: Path) -> None:
    """Whatever the order, each message that is stored has its file, and nothing else is left."""
    left = []

    def churn(n: int) -> None:
        for _ in range(12):
            session = make_session(project)
            store_message(project_id=project.pk, session_id=session.pk, blob=BLOB)
            if n % 2:
                session.delete()
                remove_unused_assets()
            else:
                left.append(session)
                name = Asset.objects.get(uses__message__session=session).name
                assert (files / name).read_bytes() == BIG

    in_threads(6, churn)
    for session in left:
        assert read(api, session, "openai")["items"] == [BLOB]
    assert everything(files)[:2] == (1, len(left))
    for session in left:
        session.delete()
    assert everything(files) == (0, 0, [])


def unused_asset(project: Project) -> Asset:
    """Make the asset of BLOB, with its file, that no message holds."""
    session = make_session(project)
    store_message(project_id=project.pk, session_id=session.pk, blob=BLOB)
    Session.objects.filter(pk=session.pk)._raw_delete("default")
    return Asset.objects.get()


def beside(work: Callable[[], Any]) -> threading.Thread:
    """Start work in a thread of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_store_in_the_middle_of_a_removal_gets_a_new_file(
    project: Project, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset, session, stores = unused_asset(project), make_session(project), []
    delete = DurableFileSystemStorage.delete

    def delete_late(self: Any, name: str) -> None:
        store = partial(store_message, project_id=project.pk, session_id=session.pk, blob=BLOB)
        stores.append(beside(store))
        stores[0].join(0.4)
        delete(self, name)

    monkeypatch.setattr(DurableFileSystemStorage, "delete", delete_late)
    assert remove_unused_assets() == 1
    stores[0].join()
    assert Asset.objects.get().pk != asset.pk
    assert (files / asset.name).read_bytes() == BIG


def test_a_removal_in_the_middle_of_a_store_leaves_the_file(
    project: Project, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset, session = unused_asset(project), make_session(project)
    exists = DurableFileSystemStorage.exists

    def exists_late(self: Any, name: str) -> bool:
        found = exists(self, name)
        beside(remove_unused_assets).join()
        return found

    monkeypatch.setattr(DurableFileSystemStorage, "exists", exists_late)
    store_message(project_id=project.pk, session_id=session.pk, blob=BLOB)
    assert Asset.objects.get().pk == asset.pk
    assert (files / asset.name).read_bytes() == BIG


def test_what_was_used_before_it_could_be_locked_stays(api: httpx.Client, project: Project, files: Path) -> None:
    upload(api, make_session(project))
    with transaction.atomic():
        assert cleaning._remove([Asset.objects.get().pk]) == 0
    assert len(kept(files)) == 1


def test_only_deletions_at_the_end_leave_nothing(project: Project, files: Path) -> None:
    def churn(n: int) -> None:
        for _ in range(15):
            session = make_session(project)
            store_message(project_id=project.pk, session_id=session.pk, blob=BLOB)
            clean_up() if n == 0 else session.delete()

    in_threads(4, churn)
    Session.objects.all().delete()
    clean_up()
    assert everything(files) == (0, 0, [])


def test_a_project_deleted_while_messages_come(project: Project, files: Path) -> None:
    session = make_session(project)

    def work(n: int) -> str:
        if n == 0:
            time.sleep(0.02)
            Project.objects.get(pk=project.pk).delete()
            return "deleted"
        for _ in range(20):
            try:
                store_message(project_id=project.pk, session_id=session.pk, blob=BLOB)
            except Exception as error:
                return type(error).__name__
        return "stored"

    assert set(in_threads(5, work)) <= {"deleted", "NotFound", "Unauthorized", "stored"}
    clean_up()
    assert everything(files) == (0, 0, [])
