"""The examples in the OpenAPI document are real: one story, told over HTTP, visits every endpoint.

RECORD=1 writes them down (`make openapi`); without it the server must still answer in the recorded shapes.
"""

import json
import os
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from acontext_site.api import api as document
from acontext_site.openapi import RECORDED
from sessions.models import Project
from tasks.extraction.queue import claim_due
from tasks.extraction.run import extract
from tasks.reextraction.queue import take_due
from tasks.reextraction.run import work
from tasks.search.indexing import catch_up
from tests.factories import PHONES
from tests.fakes import ScriptedLLM
from tests.tasks.answers import PHONE_TASKS

# They answer with bytes, not with JSON.
FILES = {"get_material", "download_asset"}


class Story:
    """Makes requests and keeps the first exchange of each operation."""

    def __init__(self, api: httpx.Client) -> None:
        self.api, self.told = api, {}

    def tell(self, operation: str, method: str, path: str, body: Any = None, **query: Any) -> Any:
        answer = self.api.request(method, path, json=body, params=query)
        assert answer.status_code < 300, answer.text
        exchange = {"status": answer.status_code, "request": body, "response": answer.json()}
        return self.told.setdefault(operation, exchange)["response"].get("data")


@pytest.fixture
def story(api: httpx.Client, project: Project, llm: ScriptedLLM) -> dict[str, Any]:
    tell = Story(api).tell
    user = {"user": "ada@example.com", "configs": {"agent": "researcher"}}
    session = tell("create_session", "POST", "/session", user)["id"]
    base = f"/session/{session}"
    message = {"format": "openai", "blob": PHONES[0], "meta": {"source": "web"}}
    first = tell("store_message", "POST", f"{base}/messages", message)["id"]
    tell("store_messages", "POST", f"{base}/messages/bulk", {"messages": [{"blob": blob} for blob in PHONES[1:]]})
    llm.will_answer(PHONE_TASKS)
    for lease in claim_due(now=timezone.now() + timedelta(hours=1)):
        extract(lease)
    tell("flush", "POST", f"{base}/flush")
    tell("get_tasks", "GET", f"{base}/task")
    tell("observing_status", "GET", f"{base}/observing_status")
    tell("message_status", "GET", f"{base}/messages/status", limit=2)
    tell("get_messages", "GET", f"{base}/messages", limit=2)
    tell("get_token_counts", "GET", f"{base}/token_counts")
    tell("add_event", "POST", f"{base}/events", {"type": "text_event", "data": {"text": "Handed to the night shift"}})
    tell("list_events", "GET", f"{base}/events")
    tell("patch_message_meta", "PATCH", f"{base}/messages/{first}/meta", {"meta": {"reviewed": True}})
    tell("get_session_configs", "GET", f"{base}/configs")
    tell("patch_session_configs", "PATCH", f"{base}/configs", {"configs": {"version": 2}})
    tell("replace_session_configs", "PUT", f"{base}/configs", {"configs": {"agent": "writer"}})
    tell("list_sessions", "GET", "/session", limit=1)
    task = tell("search_tasks", "GET", "/task", status="success")["items"][0]["id"]
    tell("get_task", "GET", f"/task/{task}")
    tell("correct_task", "PATCH", f"/task/{task}", {"status": "failed", "reason": "The table lacks prices"})
    catch_up(seconds=60)
    tell("search", "GET", "/search", q="iphone comp", limit=2)
    tell("list_preferences", "GET", "/preference", user="ada@example.com")
    llm.will_answer(PHONE_TASKS)
    again = tell("reextract", "POST", f"{base}/reextract", {"extractor": "llm", "model": "gpt-4.1"})["id"]
    for hold in take_due(now=timezone.now() + timedelta(hours=1)):
        work(hold)
    tell("get_reextraction", "GET", f"/reextraction/{again}")
    tell("apply_reextraction", "POST", f"/reextraction/{again}/apply")
    discarded = api.post(f"{base}/reextract", json={}).json()["data"]["id"]
    tell("discard_reextraction", "POST", f"/reextraction/{discarded}/discard")
    other = api.post("/session", json={}).json()["data"]["id"]
    api.post(f"/session/{other}/messages/bulk", json={"messages": [{"blob": blob} for blob in PHONES]})
    llm.will_answer(PHONE_TASKS)
    for lease in claim_due(now=timezone.now() + timedelta(hours=1)):
        extract(lease)
    items = api.get(f"/session/{other}/task").json()["data"]["items"]
    one, two = [item["id"] for item in items]
    split = {"messages": [2], "description": "Summarize the key features", "reason": "It was asked for apart"}
    third = tell("split_task", "POST", f"/task/{one}/split", split)["id"]
    tell("move_messages", "POST", f"/task/{two}/move", {"messages": [4], "into": third})
    tell("merge_task", "POST", f"/task/{third}/merge", {"into": one, "reason": "One request after all"})
    copy = tell("copy_session", "POST", f"{base}/copy")["new_session_id"]
    tell("delete_session", "DELETE", f"/session/{copy}")
    tell("patch_project_configs", "PATCH", "/project/configs", {"task_success_criteria": "The customer confirms"})
    tell("get_project_configs", "GET", "/project/configs")
    tell("list_users", "GET", "/user/ls")
    tell("get_user_resources", "GET", "/user/ada%40example.com/resources")
    tell("ping", "GET", "/ping")
    tell("delete_user", "DELETE", "/user/ada%40example.com")
    return tell.__self__.told


def shape(value: Any) -> Any:
    """The keys and types of a JSON value, whatever it says."""
    match value:
        case dict():
            return {key: shape(inner) for key, inner in value.items()}
        case list():
            return [shape(inner) for inner in value]
    return type(value).__name__


def test_every_endpoint_has_a_real_example(story: dict[str, Any]) -> None:
    operations = {
        operation["operationId"]
        for path in document.get_openapi_schema()["paths"].values()
        for operation in path.values()
    }
    assert operations - set(story) == FILES
    if os.environ.get("RECORD"):
        RECORDED.write_text(json.dumps(story, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert shape(json.loads(RECORDED.read_text(encoding="utf-8"))) == shape(story), "run `make openapi`"
