"""What is indexed when, seen through the API of search, and what is left of what is gone."""

import threading

import httpx
import pytest
from django.db import connections, transaction

from sessions.models import EndUser, Project, SearchNote, Session
from tasks.copying import copy_session
from tasks.corrections import correct_task
from tasks.merging import merge_into
from tasks.models import SearchBlock, SearchDue, SearchEntry, Task
from tasks.search import indexing
from tasks.search.indexing import catch_up, forget_empty
from tests.factories import make_message, make_project, make_session, make_task
from tests.tasks.searching import found, indexed_phones


@pytest.fixture
def session(project: Project) -> Session:
    return indexed_phones(project)


def test_what_is_new_is_found_once_a_job_has_come(api: httpx.Client, session: Session) -> None:
    make_message(session, "Is the battery better?")
    assert found(api, "battery") == []
    assert catch_up(60) == 1
    assert found(api, "battery") == ["Is the battery better?"]
    assert not SearchNote.objects.exists()
    assert catch_up(60) == 0


def test_every_way_of_storing_is_seen(api: httpx.Client, project: Project) -> None:
    session = make_session(project)
    base = f"/session/{session.pk}/messages"
    api.post(base, json={"format": "openai", "blob": {"role": "user", "content": "single penguin"}})
    bulk = [{"blob": {"role": "user", "content": f"bulk penguin {n}"}} for n in range(3)]
    api.post(f"{base}/bulk", json={"messages": bulk})
    catch_up(60)
    assert len(found(api, "penguin")) == 4
    copy_session(project, session.pk)
    catch_up(60)
    assert len(found(api, "penguin")) == 8


def test_a_lost_ring_only_delays(api: httpx.Client, session: Session) -> None:
    """An indexer that dies in the middle leaves all as it was."""
    make_message(session, "Is the battery better?")
    with transaction.atomic():
        catch_up(60)
        transaction.set_rollback(True)
    assert found(api, "battery") == []
    catch_up(60)
    assert found(api, "battery") == ["Is the battery better?"]


def test_what_was_indexed_before_is_replaced(api: httpx.Client, session: Session) -> None:
    SearchDue.objects.create(session_id=session.pk, first_seq=1, last_seq=4)
    SearchDue.objects.create(session_id=session.pk, first_seq=2, last_seq=3)
    SearchDue.objects.create(task_id=Task.objects.get().pk)
    catch_up(60)
    assert SearchEntry.objects.filter(session=session).count() == 5


def test_a_changed_description_is_found_by_its_new_words(api: httpx.Client, session: Session) -> None:
    correct_task(Task.objects.get(), status=None, description="Compare two telephones", reason="", api_key=None)
    catch_up(60)
    assert found(api, "telephones") == ["Compare two telephones"]
    assert found(api, "compare iphone") == []


def test_a_status_alone_makes_no_work(session: Session) -> None:
    Task.objects.update(status="failed")
    Session.objects.update(title="Other")
    assert not SearchDue.objects.exists()


def test_a_merged_task_is_not_found(api: httpx.Client, session: Session) -> None:
    other = make_task(session, "Weigh the phones")
    catch_up(60)
    assert found(api, "weigh") == ["Weigh the phones"]
    merge_into(other, Task.objects.get(order=1))
    catch_up(60)
    assert found(api, "weigh") == []


def test_a_session_that_gets_another_user_is_found_by_it(api: httpx.Client, session: Session) -> None:
    session.refresh_from_db()
    session.end_user = EndUser.objects.create(project=session.project, identifier="marek")
    session.save()
    catch_up(60)
    assert found(api, "iphone", user="lena") == []
    assert len(found(api, "iphone", user="marek")) == 5


def test_nothing_is_left_of_what_is_deleted(api: httpx.Client, project: Project, session: Session) -> None:
    kept = make_session(project)
    make_message(kept, "another iphone")
    make_message(session, "not indexed yet")
    api.delete(f"/session/{session.pk}")
    catch_up(60)
    assert found(api, "iphone") == ["another iphone"]
    assert SearchEntry.objects.count() == 1
    assert not SearchDue.objects.exists()
    project.delete()
    assert not SearchEntry.objects.exists()
    assert not SearchBlock.objects.exists()


def test_a_long_session_is_indexed_in_several_steps(
    api: httpx.Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(project)
    for n in range(25):
        make_message(session, f"report {n}")
    catch_up(60)
    SearchDue.objects.create(session_id=session.pk, first_seq=1, last_seq=25)
    monkeypatch.setattr(indexing, "MESSAGES_AT_ONCE", 10)
    assert catch_up(60) == 25
    assert SearchEntry.objects.filter(session=session).count() == 25


def test_empty_blocks_are_forgotten(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "BLOCK_ENTRIES", 2)
    first, second = make_session(project), make_session(project)
    for session in (first, second):
        for n in range(2):
            make_message(session, f"report {n}")
        catch_up(60)
    first.delete()
    assert SearchBlock.objects.count() == 2
    assert forget_empty() == 1
    assert SearchBlock.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_indexers_do_not_index_twice() -> None:
    session = make_session(make_project())
    for n in range(30):
        make_message(session, f"report {n}")
    made: list[int] = []

    def index() -> None:
        made.append(catch_up(60))
        connections.close_all()

    threads = [threading.Thread(target=index) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    catch_up(60)
    assert SearchEntry.objects.count() == 30
    assert not SearchDue.objects.exists()
