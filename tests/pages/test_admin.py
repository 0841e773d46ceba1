"""The admin opens every list, every row and every search; secrets stay hidden and huge tables uncounted."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions.models import (
    ApiKey,
    Asset,
    AssetUse,
    EndUser,
    Membership,
    Message,
    Project,
    SavedView,
    SearchNote,
    Session,
    SessionEvent,
)
from tasks.models import (
    Batch,
    Endpoint,
    ExtractionRun,
    KeptFigures,
    ModelPrice,
    Preference,
    Progress,
    Reextraction,
    SearchBlock,
    SearchDue,
    SearchEntry,
    Task,
    TaskChange,
    TaskMessage,
)
from tests.factories import make_message, make_session, make_task

MODELS = [
    Project, ApiKey, Asset, AssetUse, Membership, EndUser, Session, SessionEvent, Message, Task, TaskMessage, Progress,
    Preference, TaskChange, ExtractionRun, Reextraction, Endpoint, ModelPrice, SavedView, Batch,
]  # fmt: skip
# Made of the others by the server itself, which makes them again: nothing for a person to look at or change.
DERIVED = {SearchBlock, SearchEntry, SearchDue, SearchNote, KeptFigures}
NO_ADD = {
    ApiKey,
    Asset,
    AssetUse,
    Message,
    SessionEvent,
    Task,
    TaskMessage,
    Progress,
    Preference,
    TaskChange,
    ExtractionRun,
    Reextraction,
    Endpoint,
    Batch,
}


@pytest.fixture
def hatch(project: Project, django_user_model: type) -> Client:
    """A superuser's browser, and a row of every model."""
    person = django_user_model.objects.create_superuser("root", password="x")
    Membership.objects.create(user=person, project=project, role=Membership.Role.OWNER)
    ApiKey.issue(project, name="first")
    session = make_session(project, user="lena", configs={"a": {"b": "<b>"}})
    SessionEvent.objects.create(session=session, type="text_event", data={"text": "<b>"})
    asset = Asset.objects.create(project=session.project, sha256="a" * 64, mime="image/png", size_b=1, name="<b>")
    message = make_message(session, "Hello <script>")
    AssetUse.objects.create(asset=asset, message_id=message.id)
    task = make_task(session)
    TaskMessage.objects.create(task=task, message_id=message.id)
    run = ExtractionRun.objects.create(
        project=project, session=session, from_seq=1, to_seq=1, trigger="flush", extractor="llm", status="ok",
        accepted=[{"op": "create"}],
    )  # fmt: skip
    Progress.objects.create(task=task, text="A step", run=run)
    Preference.objects.create(project=project, session=session, task=task, statement="Short answers")
    TaskChange.objects.create(task=task, kind="created", after="x")
    Reextraction.objects.create(project=project, session=session, extractor="offline", to_seq=1, generation=0)
    Endpoint.objects.create(model="<b>")
    Batch.objects.create(project=project, kind="delete", total=1, left=[session.pk])
    SavedView.objects.create(project=project, page="tasks", name="<b>", query="status=failed")
    client = Client()
    client.force_login(person)
    return client


def address(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS)
def test_lists_searches_and_rows_open(hatch: Client, model: type[Model]) -> None:
    row = model._default_manager.first()
    assert row
    for query in ("", "?q=x", f"?q={row.pk}", "?p=2", "?q=%22"):
        response = hatch.get(address(model, "changelist") + query)
        assert response.status_code in {200, 302}, query
    response = hatch.get(address(model, "change", row.pk))
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()
    assert hatch.get(address(model, "add")).status_code == (403 if model in NO_ADD else 200)


def test_every_model_of_ours_is_there() -> None:
    ours = {model for label in ("agent_sessions", "tasks") for model in apps.get_app_config(label).get_models()}
    assert ours - DERIVED == set(MODELS)
    assert ours - DERIVED <= set(admin.site._registry)


@pytest.mark.parametrize("model", MODELS)
def test_a_list_never_counts_a_whole_table(hatch: Client, model: type[Model]) -> None:
    with CaptureQueriesContext(connection) as captured:
        hatch.get(address(model, "changelist"))
    counts = [query["sql"] for query in captured if "COUNT(" in query["sql"]]
    assert all("LIMIT 10000" in sql for sql in counts), counts
    assert len(captured) <= 14


def test_an_id_is_looked_up_by_index_alone(hatch: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        hatch.get(address(Task, "changelist"), {"q": str(Session.objects.get().pk)})
    assert not [query["sql"] for query in captured if "LIKE" in query["sql"]]


@pytest.mark.parametrize("model", MODELS)
def test_no_filter_reads_a_table_for_its_choices(hatch: Client, model: type[Model]) -> None:
    with CaptureQueriesContext(connection) as captured:
        hatch.get(address(model, "changelist"))
    assert not [query["sql"] for query in captured if query["sql"].startswith("SELECT DISTINCT")]


def test_a_key_shows_neither_digest_nor_a_way_to_add_one(hatch: Client) -> None:
    key = ApiKey.objects.get()
    text = hatch.get(address(ApiKey, "change", key.pk)).content.decode()
    assert bytes(key.digest).hex() not in text
    assert "digest" not in text
    assert key.prefix in text


def test_keys_are_revoked_in_the_list(hatch: Client) -> None:
    key = ApiKey.objects.get()
    hatch.post(address(ApiKey, "changelist"), {"action": "revoke", "_selected_action": [str(key.pk)]})
    key.refresh_from_db()
    assert not key.is_usable


def test_what_extraction_writes_is_not_edited_here(hatch: Client) -> None:
    task = Task.objects.get()
    assert hatch.post(address(Task, "change", task.pk), {"description": "Mine"}).status_code == 403
    assert hatch.post(address(Message, "delete", Message.objects.get().pk), {"post": "yes"}).status_code == 403


def test_the_settings_of_a_session_are_edited_and_its_queue_is_not(hatch: Client) -> None:
    session = Session.objects.get()
    data = {"title": "Renamed", "configs": "{}", "end_user": str(session.end_user_id), "cursor_seq": "99"}
    response = hatch.post(address(Session, "change", session.pk), data)
    assert response.status_code == 302
    session.refresh_from_db()
    assert (session.title, session.cursor_seq) == ("Renamed", 0)


def test_a_session_is_deleted_with_all_that_hangs_on_it(hatch: Client) -> None:
    session = Session.objects.get()
    assert hatch.get(address(Session, "delete", session.pk)).status_code == 200
    hatch.post(address(Session, "delete", session.pk), {"post": "yes"})
    assert not Session.objects.exists()
    assert not Message.objects.exists()
    assert not Task.objects.exists()


def test_json_is_readable_and_escaped(hatch: Client) -> None:
    text = hatch.get(address(Message, "change", Message.objects.get().pk)).content.decode()
    assert '<pre class="json">' in text
    assert "Hello &lt;script&gt;" in text


def test_editing_a_session_writes_nothing_of_its_queue(hatch: Client, project: Project) -> None:
    session = make_session(project)
    make_message(session, "One")
    address = reverse("admin:agent_sessions_session_change", args=[session.pk])
    made = hatch.get(address)
    make_message(session, "Stored while the form is open")
    form = made.context["adminform"].form
    values = {name: form[name].value() or "" for name in form.fields}
    hatch.post(address, values | {"title": "Renamed", "configs": "{}"})
    session.refresh_from_db()
    assert (session.title, session.head_seq, session.cursor_seq) == ("Renamed", 2, 0)
    hatch.post(address, values | {"title": "Renamed", "configs": "{}", "disable_task_tracking": "on"})
    session.refresh_from_db()
    assert (session.disable_task_tracking, session.cursor_seq, session.pending_since) == (True, 2, None)
    assert set(session.messages.values_list("extraction", flat=True)) == {"disable_tracking"}


REFUSED = ["[1]", '"a"', "7", '{"a": "\\u0000"}', '{"a": "\\ud800"}', '{"a": NaN}', "[" * 100_000, "1" * 5_000, "{"]


@pytest.mark.parametrize("text", REFUSED)
@pytest.mark.parametrize(("model", "column"), [(Project, "configs"), (Session, "configs"), (Endpoint, "abilities")])
def test_json_that_nothing_could_read_is_refused(hatch: Client, model: type[Model], column: str, text: str) -> None:
    row = model._default_manager.get()
    before = getattr(row, column)
    response = hatch.post(address(model, "change", row.pk), {"name": "x", "title": "x", "failures": "0", column: text})
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == [column]
    row.refresh_from_db()
    assert getattr(row, column) == before


@pytest.mark.parametrize(("text", "kept"), [('{"a": {"b": "é"}}', {"a": {"b": "é"}}), ("", {}), ("null", {})])
def test_the_configs_of_a_project_are_always_an_object(
    hatch: Client, project: Project, text: str, kept: dict[str, object]
) -> None:
    assert hatch.post(address(Project, "change", project.pk), {"name": "x", "configs": text}).status_code == 302
    project.refresh_from_db()
    assert project.configs == kept


def test_a_session_may_have_no_configs(hatch: Client) -> None:
    session = Session.objects.get()
    hatch.post(address(Session, "change", session.pk), {"title": "x", "configs": "null"})
    session.refresh_from_db()
    assert session.configs is None


def test_no_model_pays_for_being_asked(hatch: Client) -> None:
    prices = {"model": "m", "input_usd": "-1", "cached_usd": "0", "output_usd": "-0.1"}
    response = hatch.post(address(ModelPrice, "add"), prices)
    assert list(response.context["adminform"].form.errors) == ["input_usd", "output_usd"]
    hatch.post(address(ModelPrice, "add"), prices | {"input_usd": "0", "output_usd": "0.5"})
    assert ModelPrice.objects.get(model="m").input_usd == 0
