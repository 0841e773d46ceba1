"""Many sessions at once: choosing them, deleting, extracting again, exporting."""

import json
import re
from pathlib import Path

import httpx
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sessions.models import Asset, Membership, Message, Project, Session
from tasks.batches.working import to_ring_for, work
from tasks.models import Batch, Preference, Progress, Reextraction, Task
from tests.factories import PHONES, make_message, make_session, make_task, store
from tests.sessions.media import b64, kept, large

HTMX = {"HX-Request": "true"}


@pytest.fixture
def files(settings: object, tmp_path: Path) -> Path:
    storages = {**settings.STORAGES}  # type: ignore[attr-defined]
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def three(project: Project) -> list[Session]:
    """Three sessions of Lena with four messages and a task each."""
    made = []
    for i in range(3):
        session = make_session(project, user="lena", title=f"Request {i}")
        store(session, *PHONES)
        make_task(session, f"Task {i}", status="failed")
        made.append(session)
    return made


def bulk(page: Client, project: Project, action: str, *sessions: Session, **more: object):
    values = {"action": action, "session": [str(session.pk) for session in sessions], **more}
    return page.post(reverse("tasks:bulk_sessions", args=[project.pk]), values)


def begin(page: Client, batch: Batch, **more: str):
    return page.post(reverse("tasks:start_batch", args=[batch.pk]), more)


def told(page: Client, address: str = "/sessions/") -> str:
    return page.get(address).content.decode()


def test_the_list_lets_sessions_be_chosen_without_javascript(page: Client, three: list[Session]) -> None:
    text = told(page, "/sessions/?user=lena")
    assert text.count('name="session" value="') == 3
    assert 'name="query" value="user=lena"' in text
    assert "All that match these filters" in text
    assert [name for name in ("again", "export", "delete") if f'name="action" value="{name}"' in text] == [
        "again", "export", "delete",
    ]  # fmt: skip


def test_deleting_asks_first_and_says_what_goes(page: Client, project: Project, three: list[Session]) -> None:
    response = bulk(page, project, "delete", *three[:2], query="user=lena")
    batch = Batch.objects.get()
    assert (response.status_code, response["Location"]) == (303, batch.get_absolute_url())
    text = told(page, batch.get_absolute_url())
    assert "Delete these 2 sessions?" in text
    for words in ("2 sessions", "8 messages", "2 tasks", "cannot be undone"):
        assert words in text
    assert 'href="/sessions/?user=lena"' in text
    assert Session.objects.count() == 3
    response = begin(page, batch)
    assert response["Location"] == "/sessions/?user=lena"
    assert "2 sessions are deleted." in told(page)
    assert list(Session.objects.all()) == [three[2]]
    assert Message.objects.count() == 4
    assert Task.all_objects.count() == 1


def test_deleting_leaves_no_file_behind(
    page: Client, project: Project, files: Path, django_capture_on_commit_callbacks: object
) -> None:
    part = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{b64(large())}"}}
    for _ in range(2):
        store(make_session(project), {"role": "user", "content": [part]})
    assert kept(files)
    bulk(page, project, "delete", all="1", query="")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        begin(page, Batch.objects.get())
    assert not Session.objects.exists()
    assert not Asset.objects.exists()
    assert kept(files) == []


def test_all_that_match_are_those_that_the_filters_keep(page: Client, project: Project, three: list[Session]) -> None:
    other = make_session(project, user="tom", title="Not hers")
    bulk(page, project, "delete", all="1", query="user=lena&sort=messages&next=zzz")
    batch = Batch.objects.get()
    assert set(batch.left) == {session.pk for session in three}
    # What comes in after somebody has looked is not part of it.
    make_session(project, user="lena", title="Later")
    begin(page, batch)
    assert set(Session.objects.values_list("title", flat=True)) == {other.title, "Later"}


@pytest.mark.parametrize("query", ["status=lost", "configs={", "since=never", "user=%00"])
def test_a_filter_that_was_not_understood_chooses_nothing(
    page: Client, project: Project, three: list[Session], query: str
) -> None:
    bulk(page, project, "delete", all="1", query=query)
    assert not Batch.objects.exists()
    assert "A filter was not understood" in told(page)


def test_more_than_is_taken_at_once_is_told(
    page: Client, project: Project, three: list[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.batches.choosing.MOST", 2)
    bulk(page, project, "delete", all="1")
    batch = Batch.objects.get()
    assert batch.left == [three[2].pk, three[1].pk]
    assert "More than" in told(page, batch.get_absolute_url())


@pytest.mark.parametrize(
    "values", [{}, {"session": ["nonsense"]}, {"session": ["\0"]}, {"all": "1", "query": "q=boat"}]
)
@pytest.mark.parametrize("action", ["delete", "again", "export"])
def test_choosing_nothing_is_told(
    page: Client, project: Project, three: list[Session], values: dict[str, object], action: str
) -> None:
    response = page.post(reverse("tasks:bulk_sessions", args=[project.pk]), {"action": action, **values})
    assert response.status_code == 303
    assert "No session was chosen." in told(page)
    assert not Batch.objects.exists()


def test_what_is_no_action_is_told(page: Client, project: Project, three: list[Session]) -> None:
    assert bulk(page, project, "sell", *three).status_code == 303
    assert "Choose what to do" in told(page)
    assert bulk(page, project, "export", *three, format="xml").status_code == 303
    assert "no such format" in told(page)


def test_what_was_thought_of_and_not_done_is_forgotten(page: Client, project: Project, three: list[Session]) -> None:
    bulk(page, project, "delete", three[0])
    bulk(page, project, "delete", three[1])
    batch = Batch.objects.get()
    assert batch.left == [three[1].pk]
    page.post(reverse("tasks:stop_batch", args=[batch.pk]))
    assert not Batch.objects.exists()
    assert Session.objects.count() == 3


def test_a_long_deletion_goes_on_in_the_background(
    page: Client, project: Project, three: list[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.views.batch_pages.PATIENCE_SECONDS", 0)
    monkeypatch.setattr("tasks.batches.working.AT_ONCE", 1)
    bulk(page, project, "delete", *three)
    batch = Batch.objects.get()
    assert begin(page, batch)["Location"] == batch.get_absolute_url()
    text = told(page, batch.get_absolute_url())
    assert "1 of 3 sessions are deleted" in text
    assert "Sessions are being deleted: 1 of 3." in told(page)
    address = re.search(r'hx-get="([^"]+)" hx-trigger="every 2s"', text)
    assert address
    assert page.get(address[1], headers=HTMX).status_code == 204
    # A worker that dies leaves it to the next sweep.
    assert to_ring_for() == [batch.pk]
    assert to_ring_for() == []
    work(batch.pk)
    batch.refresh_from_db()
    assert batch.finished_at
    assert batch.done == 3
    assert not Session.objects.exists()
    assert to_ring_for() == []
    response = page.get(address[1], headers=HTMX)
    assert "3 of 3 sessions are deleted" in response.content.decode()
    assert "hx-trigger" not in response.content.decode()
    work(batch.pk)


def test_a_batch_can_be_stopped(
    page: Client, project: Project, three: list[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.views.batch_pages.PATIENCE_SECONDS", 0)
    monkeypatch.setattr("tasks.batches.working.AT_ONCE", 1)
    bulk(page, project, "delete", *three)
    batch = Batch.objects.get()
    begin(page, batch)
    page.post(reverse("tasks:stop_batch", args=[batch.pk]))
    work(batch.pk)
    assert Session.objects.count() == 2
    assert "2 sessions were left alone" in told(page, batch.get_absolute_url())
    assert "This has begun already." in told(page, begin(page, batch)["Location"])
    assert Session.objects.count() == 2


def test_reading_again_makes_proposals_as_workers_have_room(
    page: Client, project: Project, three: list[Session], settings: object
) -> None:
    settings.EXTRACTION_CONCURRENCY = 2  # type: ignore[attr-defined]
    bulk(page, project, "again", *three)
    batch = Batch.objects.get()
    text = told(page, batch.get_absolute_url())
    assert "Extract these 3 sessions again?" in text
    assert begin(page, batch, extractor="offline").status_code == 303
    assert Reextraction.objects.filter(batch=batch, status="working").count() == 2
    work(batch.pk)
    assert Reextraction.objects.count() == 2
    Reextraction.objects.update(status="ready")
    work(batch.pk)
    assert Reextraction.objects.filter(batch=batch, extractor="offline", applies_at_once=False).count() == 3
    batch.refresh_from_db()
    assert batch.finished_at
    text = told(page, batch.get_absolute_url())
    assert '<dd><a href="/sessions/?state=proposed">2</a></dd>' in text.replace("\n", "")
    assert told(page, "/sessions/?state=proposed").count('name="session"') == 3


def test_reading_again_leaves_out_what_cannot_be_read(page: Client, project: Project, three: list[Session]) -> None:
    empty, untracked = make_session(project), make_session(project, disable_task_tracking=True)
    make_message(untracked)
    bulk(page, project, "again", empty, untracked)
    assert "None of these sessions can be read again" in told(page)
    Reextraction.objects.create(
        project=project, session=three[0], extractor="llm", model="x", to_seq=1, generation=0, status="ready"
    )
    bulk(page, project, "again", *three, empty, untracked)
    batch = Batch.objects.get()
    assert set(batch.left) == {session.pk for session in three}
    begin(page, batch, extractor="offline", applies_at_once="1")
    batch.refresh_from_db()
    assert batch.skipped == 1
    assert "1 session was left out." in told(page, batch.get_absolute_url())
    assert Reextraction.objects.filter(batch=batch, applies_at_once=True).count() == 2


def test_an_extractor_that_cannot_be_is_told(page: Client, project: Project, three: list[Session]) -> None:
    bulk(page, project, "again", *three)
    batch = Batch.objects.get()
    response = begin(page, batch, extractor="oracle")
    assert response.status_code == 422
    batch.refresh_from_db()
    assert batch.started_at is None


@pytest.mark.parametrize("format", ["openai", "anthropic", "gemini", "acontext"])
def test_an_export_has_a_line_for_each_session(
    page: Client, project: Project, three: list[Session], api: httpx.Client, format: str
) -> None:
    task = three[0].tasks.get()
    Progress.objects.create(task=task, text="Looked it up", evidence=[2])
    Preference.objects.create(project=project, session=three[0], task=task, statement="Short answers", evidence=[1])
    empty = make_session(project, title="空")
    expected = api.get(f"/session/{three[0].pk}/messages?format={format}").json()["data"]["items"]
    response = bulk(page, project, "export", *three, empty, format=format)
    assert response["Content-Type"] == "application/x-ndjson"
    assert re.search(r'attachment; filename="sessions-[\d-]+\.jsonl"', response["Content-Disposition"])
    lines = [json.loads(line) for line in response.getvalue().decode().splitlines()]
    assert [line["title"] for line in lines] == ["空", "Request 2", "Request 1", "Request 0"]
    assert lines[0]["messages"] == []
    assert lines[0]["tasks"] == []
    last = lines[-1]
    assert (last["id"], last["user"], last["format"]) == (str(three[0].pk), "lena", format)
    assert last["messages"] == expected
    assert last["tasks"][0]["data"]["progresses"] == ["Looked it up"]
    assert last["tasks"][0]["data"]["user_preferences"] == ["Short answers"]


def test_a_long_session_is_exported_whole(
    page: Client, project: Project, three: list[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.exporting.sessions.MESSAGES_AT_ONCE", 3)
    (line,) = bulk(page, project, "export", three[0]).getvalue().decode().splitlines()
    assert [message["content"] for message in json.loads(line)["messages"]] == [blob["content"] for blob in PHONES]


def test_an_export_asks_for_tasks_once_for_many_sessions(
    page: Client, project: Project, three: list[Session], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lines = bulk(page, project, "export", *three)
    # Sessions, tasks and the two of their claims; then the messages of each session.
    with django_assert_num_queries(4 + 3):
        assert len(lines.getvalue().splitlines()) == 3


def test_a_viewer_exports_and_changes_nothing(page: Client, project: Project, three: list[Session]) -> None:
    bulk(page, project, "delete", *three)
    batch = Batch.objects.get()
    Membership.objects.update(role=Membership.Role.VIEWER)
    text = told(page)
    assert 'value="export"' in text
    assert 'value="delete"' not in text
    assert 'value="again"' not in text
    assert bulk(page, project, "delete", *three).status_code == 403
    assert bulk(page, project, "again", *three).status_code == 403
    assert begin(page, batch).status_code == 403
    assert page.post(reverse("tasks:stop_batch", args=[batch.pk])).status_code == 403
    assert "Only editors and owners" in told(page, batch.get_absolute_url())
    assert len(bulk(page, project, "export", *three).getvalue().splitlines()) == 3
    assert Session.objects.count() == 3


def test_another_projects_sessions_are_never_touched(
    page: Client, project: Project, other_project: Project, three: list[Session]
) -> None:
    theirs = make_session(other_project, title="theirs")
    make_message(theirs)
    for action in ("delete", "again", "export"):
        assert bulk(page, other_project, action, theirs).status_code == 404
    bulk(page, project, "delete", theirs)
    assert not Batch.objects.exists()
    assert b"theirs" not in bulk(page, project, "export", three[0], theirs).getvalue()
    bulk(page, project, "delete", three[0], theirs)
    begin(page, Batch.objects.get())
    assert set(Session.objects.all()) == {three[1], three[2], theirs}
    batch = Batch.objects.create(
        project=other_project, kind="delete", total=1, left=[theirs.pk], started_at=timezone.now()
    )
    for name in ("batch", "batch_live"):
        assert page.get(reverse(f"tasks:{name}", args=[batch.pk])).status_code == 404
    for name in ("start_batch", "stop_batch"):
        assert page.post(reverse(f"tasks:{name}", args=[batch.pk])).status_code == 404
