"""Tasks as CSV and as lines of JSON: exactly what the list has, safe in a spreadsheet, in pieces."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sessions.models import Project
from tasks.exporting import tasks as exporting
from tasks.exporting.tasks import cell
from tasks.models import Preference, Progress, TaskMessage
from tests.factories import make_message, make_session, make_task


@pytest.fixture
def got(page: Client) -> Callable[[str], str]:
    def export(query: str) -> str:
        response = page.get(f"/tasks/export/?{query}")
        assert response.status_code == 200
        assert response.streaming
        assert "attachment" in response["Content-Disposition"]
        return b"".join(response.streaming_content).decode()  # type: ignore[arg-type]

    return export


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        (" =1", "' =1"),
        ("\n=1", "'\n=1"),
        ("a=1", "a=1"),
        ("2-1", "2-1"),
        ("", ""),
        (None, ""),
        (3, "3"),
        ("a\0b", "ab"),
        ("中文, \"quoted\"", "中文, \"quoted\""),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(value: object, shown: str) -> None:
    assert cell(value) == shown


def test_csv_has_a_head_and_a_line_for_each_task(got: Callable[[str], str], project: Project) -> None:
    session = make_session(project, user="=cmd@example.com", title="Trip, long")
    task = make_task(session, "=HYPERLINK(1)", status="failed", reason="No\nmoney", evidence=[2, 3])
    Progress.objects.create(task=task, text="One", evidence=[2])
    Progress.objects.create(task=task, text="Two", evidence=[3])
    text = got("format=csv")
    assert text.startswith("\ufeffid,order,description")
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert row["description"] == "'=HYPERLINK(1)"
    assert row["user"] == "'=cmd@example.com"
    assert (row["status"], row["status_reason"], row["progresses"]) == ("failed", "No\nmoney", "One\nTwo")
    assert (row["session_title"], row["evidence"], row["id"]) == ("Trip, long", "#2 #3", str(task.pk))


def test_lines_of_json_are_the_apis_with_evidence(got: Callable[[str], str], project: Project) -> None:
    session = make_session(project, user="anna")
    make_message(session)
    task = make_task(session, "Fix it", status="success", evidence=[1], risk="not_run", risk_evidence=[1])
    TaskMessage.objects.create(task=task, message=session.messages.get())
    Progress.objects.create(task=task, text="Fixed", evidence=[1])
    Preference.objects.create(project=project, session=session, task=task, statement="Short", evidence=[1])
    row = json.loads(got("format=jsonl"))
    assert row["data"] == {"task_description": "Fix it", "progresses": ["Fixed"], "user_preferences": ["Short"]}
    assert row["user"] == "anna"
    assert row["messages"] == row["evidence"] == row["risk_evidence"] == [1]
    assert row["progress_evidence"] == row["preference_evidence"] == [[1]]


@pytest.mark.parametrize("query", ["", "status=failed", "sort=updated", "user=anna&q=part", "status=success&time=7d"])
def test_the_file_has_what_the_list_has_in_its_order(
    page: Client, got: Callable[[str], str], project: Project, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 7)
    anna, other, now = make_session(project, user="anna"), make_session(project), timezone.now()
    for i in range(40):
        make_task(
            anna if i % 3 else other, f"Part {i}", status="failed" if i % 2 else "success",
            created_at=now - timedelta(days=i // 4), updated_at=now - timedelta(days=40 - i),
        )  # fmt: skip
    shown = re.findall(r'class="row-link"[^>]*>([^<]+)<', page.get(f"/tasks/?{query}").content.decode())
    lines = [json.loads(line)["data"]["task_description"] for line in got(f"{query}&format=jsonl").splitlines()]
    assert lines == shown
    assert len(lines) > 7
    rows = csv.DictReader(io.StringIO(got(f"{query}&format=csv").removeprefix("\ufeff"), newline=""))
    assert [row["description"] for row in rows] == shown


def test_ten_times_the_tasks_cost_no_more_queries(
    got: Callable[[str], str], project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_task(make_session(project))
    with django_assert_num_queries(7):
        got("format=jsonl")
    for i in range(10):
        make_task(make_session(project, user=f"user {i}"))
    with django_assert_num_queries(7):
        got("format=jsonl")


def test_nothing_of_another_project_leaves(got: Callable[[str], str], project: Project, other_project: Project) -> None:
    theirs = make_task(make_session(other_project), "Secret")
    for query in ("format=jsonl", "format=csv", f"session={theirs.session_id}&format=jsonl"):
        assert "Secret" not in got(query)
