"""The requests of the TypeScript SDK as bytes, and the keys its schemas demand of the answers (contract.md §19).

0.1.21 demands keys that the Python SDK does not; 0.0.16, the newest in the public registry, demands others and sends
`time_desc=true` unless told otherwise.
"""

import json
import re
import uuid
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest

from sessions.models import Project, Session
from tasks.models import Preference, Progress
from tests.factories import PHONES, make_session, make_task, store

# What the client demands of an id before it copies a session.
CLIENT_SIDE_UUID = re.compile(
    r"^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", re.IGNORECASE
)

TEXT, WHOLE, FLAG, OBJECT, LIST = (str,), (int,), (bool,), (dict,), (list,)
NONE = type(None)
SESSION = {
    "id": TEXT,
    "project_id": TEXT,
    "user_id": (str, NONE),
    "disable_task_tracking": FLAG,
    "configs": (dict, NONE),
    "space_id": (str, NONE),  # 0.0.16
    "created_at": TEXT,
    "updated_at": TEXT,
}
MESSAGE = {
    "id": TEXT,
    "session_id": TEXT,
    "parent_id": (str, NONE),
    "role": TEXT,
    "meta": OBJECT,
    "parts": LIST,
    "task_id": (str, NONE),
    "session_task_process_status": TEXT,
    "created_at": TEXT,
    "updated_at": TEXT,
}
TASK = {
    "id": TEXT,
    "session_id": TEXT,
    "project_id": TEXT,
    "order": WHOLE,
    "data": OBJECT,
    "status": TEXT,
    "is_planning": FLAG,
    "space_digested": FLAG,  # 0.0.16
    "created_at": TEXT,
    "updated_at": TEXT,
}
EVENT = {
    "id": TEXT,
    "session_id": TEXT,
    "project_id": TEXT,
    "type": TEXT,
    "data": OBJECT,
    "created_at": TEXT,
    "updated_at": TEXT,
}
USER = {"id": TEXT, "project_id": TEXT, "identifier": TEXT, "created_at": TEXT, "updated_at": TEXT}
MESSAGES = {"items": LIST, "ids": LIST, "metas": LIST, "has_more": FLAG, "this_time_tokens": WHOLE}
PAGE = {"items": LIST, "has_more": FLAG}


def demand(value: Any, schema: dict[str, tuple[type, ...]]) -> Any:
    """Return the value if it has all the keys with values of their types, as zod would."""
    assert {key for key in schema if key not in value} == set()
    for key, kinds in schema.items():
        assert type(value[key]) in kinds, key
    return value


class TypeScript:
    """`fetch` as the SDK calls it: a content type only with a body, JSON without spaces."""

    def __init__(self, api: httpx.Client) -> None:
        self.api = api
        self.api.headers.update({"Accept": "application/json", "User-Agent": "acontext-ts/0.0.1"})

    def __call__(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        request = self.api.build_request(method, path + ("?" + urlencode(query) if query else ""))
        if body is not None:
            content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
            request = self.api.build_request(
                method, request.url, content=content, headers={"Content-Type": "application/json"}
            )
        assert ("content-type" in request.headers) is (body is not None)
        answer = self.api.send(request)
        # The SDK reads a body only by this, and the bundled UI takes any code but 0 for a failure.
        assert "application/json" in answer.headers["content-type"]
        payload = answer.json()
        assert (payload["code"] == 0) is answer.is_success, payload
        assert isinstance(payload["msg"], str)
        self.status, self.payload = answer.status_code, payload
        return payload.get("data")


@pytest.fixture
def ts(api: httpx.Client) -> TypeScript:
    return TypeScript(api)


@pytest.fixture
def session(project: Project) -> Session:
    session = make_session(project)
    store(session, *PHONES)
    return session


def test_ping(ts: TypeScript) -> None:
    assert ts("GET", "/ping") is None
    assert ts.payload == {"code": 0, "msg": "pong"}


def test_create_without_body_and_content_type(ts: TypeScript) -> None:
    created = demand(ts("POST", "/session"), SESSION)
    assert (ts.status, created["configs"], created["user_id"]) == (201, None, None)
    assert CLIENT_SIDE_UUID.match(created["id"])


def test_create_with_everything(ts: TypeScript) -> None:
    wanted = str(uuid.uuid4())
    body = {"user": "ann a", "disable_task_tracking": True, "configs": {"k": None}, "use_uuid": wanted}
    assert demand(ts("POST", "/session", body), SESSION)["configs"] == {"k": None}
    assert demand(ts("POST", "/session", {"space_id": "x"}), SESSION)["disable_task_tracking"] is False


def test_list(ts: TypeScript, session: Session) -> None:
    make_session(session.project, user="ann a", configs={"agent": "b c"})
    found = ts("GET", "/session", user="ann a", limit="5", time_desc="true", filter_by_configs='{"agent":"b c"}')
    assert len(demand(found, PAGE)["items"]) == 1
    demand(found["items"][0], SESSION)
    assert len(ts("GET", "/session", not_connected="false", space_id="")["items"]) == 2


def test_configs(ts: TypeScript, session: Session) -> None:
    path = f"/session/{session.pk}/configs"
    assert demand(ts("GET", path), SESSION)["configs"] is None
    assert ts("PUT", path, {"configs": {"a": 1}}) is None
    assert ts("PATCH", path, {"configs": {"a": None}}) == {"configs": {}}
    assert demand(ts("GET", path), SESSION)["configs"] == {}
    ts("PUT", path, {})
    assert ts.status == 400


def test_copy_flush_and_status_need_no_body(ts: TypeScript, session: Session) -> None:
    path = f"/session/{session.pk}"
    demand(ts("POST", f"{path}/copy"), {"old_session_id": TEXT, "new_session_id": TEXT})
    empty = demand(ts("POST", "/session"), SESSION)["id"]
    demand(ts("POST", f"/session/{empty}/flush"), {"status": WHOLE, "errmsg": TEXT})
    status = {"observed": WHOLE, "in_process": WHOLE, "pending": WHOLE, "updated_at": TEXT}
    demand(ts("GET", f"{path}/observing_status"), status)
    demand(ts("GET", f"{path}/token_counts"), {"total_tokens": WHOLE})
    assert ts("DELETE", path) is None


def test_store(ts: TypeScript, session: Session) -> None:
    path = f"/session/{session.pk}/messages"
    stored = demand(ts("POST", path, {"format": "openai", "blob": PHONES[0], "meta": {"a": 1}}), MESSAGE)
    assert (ts.status, stored["meta"], stored["task_id"]) == (201, {"a": 1}, None)
    nulls = {"type": "text", "text": "hi", "meta": None, "file_field": None}
    stored = demand(ts("POST", path, {"format": "acontext", "blob": {"role": "user", "parts": [nulls]}}), MESSAGE)
    assert stored["parts"] == [{"type": "text", "text": "hi"}]
    patched = ts("PATCH", f"{path}/{stored['id']}/meta", {"meta": {"b": {"c": None}}})
    assert patched == {"meta": {"b": {"c": None}}}


def test_messages(ts: TypeScript, session: Session) -> None:
    path = f"/session/{session.pk}/messages"
    ts("POST", f"/session/{session.pk}/events", {"type": "text_event", "data": {"text": "x"}})
    # Without `format`, which the Python SDK always sends.
    whole = demand(ts("GET", path, with_events="true", with_asset_public_url="true"), MESSAGES)
    assert (whole["items"], whole["metas"], "public_urls" in whole) == (PHONES, [{}] * 4, False)
    demand(whole["events"][0], EVENT)
    strategies = '[{"type":"token_limit","params":{"limit_tokens":20}}]'
    edited = demand(
        ts("GET", path, edit_strategies=strategies, pin_editing_strategies_at_message=whole["ids"][-1]), MESSAGES
    )
    assert edited["this_time_tokens"] <= 20
    assert edited["edit_at_message_id"] == whole["ids"][-1]
    for item in demand(ts("GET", path, format="acontext"), MESSAGES)["items"]:
        demand(item, MESSAGE)


def test_the_oldest_client_reads_the_newest_page_in_order(ts: TypeScript, session: Session) -> None:
    data = demand(ts("GET", f"/session/{session.pk}/messages", limit="3", time_desc="true"), MESSAGES)
    assert data["items"] == PHONES[1:]
    assert ts("GET", f"/session/{session.pk}/messages", time_desc="true")["items"] == PHONES


def test_tasks(ts: TypeScript, session: Session) -> None:
    task = make_task(session)
    Progress.objects.create(task=task, text="Read the log")
    Preference.objects.create(project_id=session.project_id, session=session, task=task, statement="Brief")
    (found,) = demand(ts("GET", f"/session/{session.pk}/task", limit="5", time_desc="false"), PAGE)["items"]
    data = demand(found, TASK)["data"]
    assert data == {
        "task_description": "Fix the login bug",
        "progresses": ["Read the log"],
        "user_preferences": ["Brief"],
    }


def test_events(ts: TypeScript, session: Session) -> None:
    path = f"/session/{session.pk}/events"
    demand(ts("POST", path, {"type": "disk_event", "data": {"disk_id": "d", "path": "/x"}}), EVENT)
    assert ts.status == 200
    demand(demand(ts("GET", path, limit="1", time_desc="true"), PAGE)["items"][0], EVENT)


def test_users(ts: TypeScript) -> None:
    ts("POST", "/session", {"user": "a/b c"})
    demand(demand(ts("GET", "/user/ls"), PAGE)["items"][0], USER)
    # encodeURIComponent
    encoded = quote("a/b c", safe="!'()*~")
    counts = ts("GET", f"/user/{encoded}/resources")["counts"]
    assert counts == {"sessions_count": 1, "disks_count": 0, "skills_count": 0}
    assert ts("DELETE", f"/user/{encoded}") is None
    assert ts("GET", "/user/ls")["items"] == []


def test_project(ts: TypeScript) -> None:
    assert ts("PATCH", "/project/configs", {"task_success_criteria": "it works"}) == {
        "task_success_criteria": "it works"
    }
    assert ts("GET", "/project/configs")["task_success_criteria"] == "it works"
    ts("PATCH", "/project/configs", {})
    assert (ts.status, ts.payload) == (400, {"code": 400, "msg": "empty body"})


@pytest.mark.parametrize("path", ["/session/x", f"/session/{uuid.UUID(int=0)}/messages", "/nowhere"])
def test_errors_carry_a_message(ts: TypeScript, path: str) -> None:
    ts("GET", path)
    assert ts.status >= 400
    assert ts.payload["code"] == ts.status
    assert ts.payload["msg"]
