"""Stores and removals of the same content at the same time: each message keeps its file, and nothing else is left."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connections, transaction

from sessions.assets import cleaning
from sessions.assets.cleaning import clean_up, remove_unused_assets
from sessions.assets.storage import DurableFileSystemStorage
from sessions.ingest import store_message
from sessions.models import Asset, AssetUse, Project, Session
from tests.factories import make_session
from tests.sessions.media import b64, kept, large, read, upload

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files")]
BIG = large()
IMAGE = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{b64(BIG)}"}}
BLOB = {"role": "user", "content": [IMAGE]}


def everything(folder: Path) -> tuple[int, int, list[str]]:
    return Asset.objects.count(), AssetUse.objects.count(), kept(folder)


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
