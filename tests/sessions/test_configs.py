"""Configs and meta: replaced, patched key by key, and never lost to a rival."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db import connections

from sessions.models import Project, Session
from tests.factories import make_message, make_session

CONFIGS = {"a": 1, "b": {"c": [1, None]}}


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project, configs=CONFIGS)


@pytest.fixture
def path(session: Session) -> str:
    return f"/session/{session.pk}/configs"


def test_reading_gives_the_whole_session(api: httpx.Client, session: Session, path: str) -> None:
    data = api.get(path).json()["data"]
    assert (data["id"], data["configs"], data["space_id"]) == (str(session.pk), CONFIGS, None)


@pytest.mark.parametrize("configs", [{}, {"x": None}, {"ü": [1, {"y": 1.5}]}])
def test_put_replaces_everything(api: httpx.Client, session: Session, path: str, configs: dict) -> None:
    answer = api.put(path, json={"configs": configs})
    assert (answer.status_code, answer.json()) == (200, {"code": 0, "msg": ""})
    assert api.get(path).json()["data"]["configs"] == configs
    before, session.updated_at = session.updated_at, Session.objects.get().updated_at
    assert session.updated_at > before


@pytest.mark.parametrize("body", [{}, {"configs": None}, {"configs": []}, {"configs": "x"}, [], None, 7])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_configs_must_be_an_object(api: httpx.Client, path: str, method: str, body: object) -> None:
    answer = api.request(method, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert "body" in answer.json()["msg"] or "configs" in answer.json()["msg"]
    assert Session.objects.get().configs == CONFIGS


@pytest.mark.parametrize(
    ("patch", "result"),
    [
        ({}, CONFIGS),
        ({"a": None}, {"b": CONFIGS["b"]}),
        ({"nothing": None}, CONFIGS),
        ({"b": {"d": None}}, {"a": 1, "b": {"d": None}}),
        ({"a": "x", "": [], "b": None, 'it\'s "quoted" \\ %s {}': 1}, {"a": "x", "": [], 'it\'s "quoted" \\ %s {}': 1}),
        ({"a": 10**30}, CONFIGS | {"a": 10**30}),
        ({"a": None, "b": None}, {}),
    ],
)
def test_patch_merges_the_top_level(api: httpx.Client, path: str, patch: dict, result: dict) -> None:
    assert api.patch(path, json={"configs": patch}).json() == {"code": 0, "data": {"configs": result}, "msg": ""}
    assert Session.objects.get().configs == result


@pytest.mark.parametrize("patch", [{}, {"a": None}])
def test_patching_configs_that_were_never_set_answers_an_object(
    api: httpx.Client, project: Project, patch: dict
) -> None:
    answer = api.patch(f"/session/{make_session(project).pk}/configs", json={"configs": patch})
    assert answer.json()["data"] == {"configs": {}}


BAD = [
    b'{"a": NaN}',
    b'{"a": 1e400}',
    b'{"a": "\\u0000"}',
    b'{"\\u0000": 1}',
    b'{"a": "\\ud800"}',
    b'{"\\ud800": null}',
]
BAD += [b'{"a": ' + b"[" * 200 + b"]" * 200 + b"}", b'{"a": ' + b"9" * 5000 + b"}", b'{"\\u0000": null}']


@pytest.mark.parametrize("value", BAD)
@pytest.mark.parametrize(("method", "end"), [("PUT", ""), ("PATCH", ""), ("PATCH", "meta")])
def test_what_json_columns_cannot_hold_is_refused(
    api: httpx.Client, session: Session, path: str, value: bytes, method: str, end: str
) -> None:
    name = "configs"
    if end:
        name, path = "meta", f"/session/{session.pk}/messages/{make_message(session).id}/meta"
    answer = api.request(method, path, content=b'{"%s": %s}' % (name.encode(), value))
    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert Session.objects.get().configs == CONFIGS


def test_a_patch_has_a_size_and_its_result_has_none(api: httpx.Client, session: Session, path: str) -> None:
    answer = api.patch(path, json={"configs": {"a": "x" * 65_536}})
    assert (answer.status_code, answer.json()["msg"]) == (400, "configs size exceeds 64KB limit")
    for key in "xyz":
        assert api.patch(path, json={"configs": {key: "x" * 65_000}}).status_code == 200
    meta = f"/session/{session.pk}/messages/{make_message(session).id}/meta"
    answer = api.patch(meta, json={"meta": {"a": "x" * 65_536}})
    assert (answer.status_code, answer.json()["msg"]) == (400, "meta size exceeds 64KB limit")


def test_meta_of_a_message_is_patched(api: httpx.Client, session: Session) -> None:
    stored = make_message(session)
    path = f"/session/{session.pk}/messages/{stored.id}/meta"
    assert api.patch(path, json={"meta": {"a": 1, "source_format": "mine"}}).status_code == 200
    answer = api.patch(path, json={"meta": {"a": None, "b": {"c": None}}})
    assert answer.json()["data"] == {"meta": {"source_format": "mine", "b": {"c": None}}}
    data = api.get(f"/session/{session.pk}/messages", params={"format": "acontext"}).json()["data"]
    assert data["metas"] == [{"source_format": "mine", "b": {"c": None}}]
    assert data["items"][0]["meta"]["source_format"] == "openai"
    assert data["items"][0]["updated_at"] > data["items"][0]["created_at"]


@pytest.mark.parametrize(
    ("session_id", "message_id", "status", "said"),
    [
        ("x", None, 400, "invalid session_id"),
        (None, "x", 400, "invalid message_id"),
        ("00000000-0000-0000-0000-000000000000", None, 404, "session not found"),
        (None, "00000000-0000-0000-0000-000000000000", 404, "message not found"),
    ],
)
def test_meta_of_nothing(
    api: httpx.Client, session: Session, session_id: str | None, message_id: str | None, status: int, said: str
) -> None:
    path = f"/session/{session_id or session.pk}/messages/{message_id or make_message(session).id}/meta"
    answer = api.patch(path, json={"meta": {}})
    assert (answer.status_code, answer.json()["msg"][: len(said)]) == (status, said)


def test_a_message_of_another_session_is_not_found(api: httpx.Client, project: Project, session: Session) -> None:
    elsewhere = make_message(make_session(project))
    assert api.patch(f"/session/{session.pk}/messages/{elsewhere.id}/meta", json={"meta": {}}).status_code == 404


@pytest.mark.parametrize(
    ("method", "end"), [("GET", "/configs"), ("PUT", "/configs"), ("PATCH", "/configs"), ("PATCH", "/messages/{}/meta")]
)
def test_another_projects_session_is_not_found(
    other_api: httpx.Client, session: Session, method: str, end: str
) -> None:
    path = f"/session/{session.pk}{end.format(make_message(session).id)}"
    answer = other_api.request(method, path, json={"configs": {"a": 2}, "meta": {"a": 2}})
    assert (answer.status_code, answer.json()) == (404, {"code": 404, "msg": "session not found"})
    assert Session.objects.get().configs == CONFIGS


def test_a_patch_is_one_statement(api: httpx.Client, path: str, django_assert_num_queries: Callable) -> None:
    api.get(path)
    with django_assert_num_queries(3) as statements:  # whose key, which session, the patch
        api.patch(path, json={"configs": {"x": 1, "a": None}})
    assert statements[2]["sql"].startswith("UPDATE")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("target", ["configs", "meta", "project"])
def test_forty_patches_at_once_keep_forty_keys(api: httpx.Client, project: Project, target: str) -> None:
    session = make_session(project)
    path = {
        "configs": f"/session/{session.pk}/configs",
        "meta": f"/session/{session.pk}/messages/{make_message(session).id}/meta",
        "project": "/project/configs",
    }[target]

    def patch(number: int) -> int:
        keys = {f"k{number}": number}
        try:
            return api.patch(path, json=keys if target == "project" else {target: keys}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(patch, range(40))) == {200}
    expected = {f"k{number}": number for number in range(40)}
    rows = {"configs": Session, "project": Project}
    kept = rows[target].objects.get().configs if target in rows else session.messages.get().meta
    assert kept == expected
