"""Requests made from our own OpenAPI document, right and wrong: none is answered with a 500, all in the envelope."""

import uuid

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from acontext_site.wsgi import application
from sessions.models import ApiKey, Project, Session
from tests.factories import PHONES, store

# For each operation; some thirty of them make a thousand requests and more.
EXAMPLES = 30
KEY = "sk-ac-fuzz"
SESSION = uuid.UUID("0b7a3f6e-5d0c-4c39-9b8e-6a1f2d3c4b5a")

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture(autouse=True)
def world(project: Project, settings: object) -> None:
    settings.FLUSH_TIMEOUT_SECONDS = 0.01  # type: ignore[attr-defined]
    ApiKey.issue(project, name="fuzz", secret=KEY.removeprefix("sk-ac-"))
    session = Session.objects.create(pk=SESSION, project=project)
    store(session, *PHONES)


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_request_makes_a_500(case: schemathesis.Case) -> None:
    if "session_id" in (case.path_parameters or {}) and len(str(case.body)) % 2:
        case.path_parameters["session_id"] = str(SESSION)
    if "wait" in (case.query or {}):
        case.query["wait"] = 0
    response = case.call(headers={"Authorization": f"Bearer {KEY}"})
    case.validate_response(response, checks=[not_a_server_error, response_schema_conformance])
    if "application/json" in response.headers["content-type"][0]:
        assert isinstance(response.json()["code"], int)
