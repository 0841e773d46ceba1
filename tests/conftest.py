"""The cast of every test: a project with its key and its client, another project that must see nothing of it."""

import os
import uuid
from collections.abc import Callable, Iterator

import httpx
import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.utils import translation

from acontext_site.wsgi import application
from sessions.models import ApiKey, Membership, Project
from tests.fakes import ScriptedLLM

# Each xdist worker has a queue of its own, as it has a database of its own.
QUEUE = f"acontext-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}-{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_modify_db_settings_tox_suffix: None
) -> None:
    """Name the test databases after this run, so that two runs at once do not drop each other's."""
    test = settings.DATABASES["default"].setdefault("TEST", {})
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)[:8]
    test["NAME"] = f"test_{run}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


@pytest.fixture(scope="session", autouse=True)
def _own_queue() -> None:
    from acontext_site.celery import app

    app.conf.task_default_queue = QUEUE


@pytest.fixture(autouse=True)
def _plain_static_files(settings: "settings") -> None:  # type: ignore[valid-type]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """A request must not close the connection that holds the test's transaction; Django's own client does the same."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """The language of a request stays with its thread; the next test begins without it."""
    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _quick_passwords(settings: "settings") -> None:  # type: ignore[valid-type]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def project(db: None) -> Project:
    return Project.objects.create(name="Ours")


@pytest.fixture
def other_project(db: None) -> Project:
    return Project.objects.create(name="Theirs")


@pytest.fixture
def client_of() -> Iterator[Callable[[Project], httpx.Client]]:
    """Make an HTTP client that speaks to the real WSGI application with a key of a project."""
    clients = []

    def make(project: Project) -> httpx.Client:
        _, key = ApiKey.issue(project, name="test")
        client = httpx.Client(
            transport=httpx.WSGITransport(app=application, raise_app_exceptions=False),
            base_url="http://127.0.0.1/api/v1",
            headers={"Authorization": f"Bearer {key}"},
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def api(project: Project, client_of: Callable[[Project], httpx.Client]) -> httpx.Client:
    return client_of(project)


@pytest.fixture
def other_api(other_project: Project, client_of: Callable[[Project], httpx.Client]) -> httpx.Client:
    return client_of(other_project)


@pytest.fixture
def page(project: Project, django_user_model: type) -> Client:
    """A browser, logged in as an owner of the project."""
    person = django_user_model.objects.create_user("alice", password="correct horse")
    Membership.objects.create(user=person, project=project, role=Membership.Role.OWNER)
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def llm(settings: "settings") -> Iterator[ScriptedLLM]:  # type: ignore[valid-type]
    """A scripted OpenAI-compatible server, configured as the LLM."""
    with ScriptedLLM() as server:
        settings.LLM_API_KEY = "test"
        settings.LLM_BASE_URL = server.url
        settings.LLM_RESPONSE_TIMEOUT = 2.0
        yield server
