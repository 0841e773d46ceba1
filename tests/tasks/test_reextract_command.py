"""`manage.py reextract`: which sessions it reads, what it says and applies, and that it goes on once stopped."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from sessions.models import Project, Session
from tasks.extraction.llm.dialogue import LLMExtractor
from tasks.models import ExtractionRun, Reextraction, Task
from tasks.reextraction.selecting import Selection, sessions_of
from tests.factories import PHONES, make_project, make_session, store
from tests.fakes import Reply, ScriptedLLM
from tests.tasks.answers import PHONE_TASKS
from tests.tasks.rereading import ONE_TASK, extract_all

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    said = StringIO()
    call_command("reextract", *arguments, stdout=said, stderr=StringIO())
    return said.getvalue()


@pytest.fixture
def sessions(project: Project) -> list[Session]:
    """Two sessions that the offline rules have read."""
    sessions = [make_session(project, user=name) for name in ("ada", "bob")]
    for session in sessions:
        store(session, *PHONES)
    extract_all()
    return sessions


def test_a_preview_says_what_would_change_and_applies_nothing(sessions: list[Session], llm: ScriptedLLM) -> None:
    llm.will_answer(ONE_TASK, PHONE_TASKS)
    said = run("--model", "gpt-4o")
    assert f"{sessions[0].pk}  tasks 2 -> 1 (1 changed, 1 gone), statuses changed 1, 120 tokens" in said
    assert "2 sessions read again; nothing is applied: tasks 4 -> 3, statuses changed 1, 240 tokens" in said
    assert {request["model"] for request in llm.requests} == {"gpt-4o"}
    assert Task.objects.count() == 4
    assert set(Reextraction.objects.values_list("status", flat=True)) == {"ready"}


def test_what_was_looked_at_is_applied_without_reading_it_again(sessions: list[Session], llm: ScriptedLLM) -> None:
    llm.will_answer(ONE_TASK, ONE_TASK)
    run()
    said = run("--apply")
    assert "2 sessions extracted again: tasks 4 -> 2" in said
    assert (len(llm.requests), Task.objects.count()) == (2, 2)
    assert "0 sessions" in run("--apply")
    assert "0 sessions" in run("--apply", "--extracted-by", "offline", "--again")
    llm.will_answer(ONE_TASK)
    assert "1 sessions" in run("--apply", "--again", "--limit", "1")


def test_new_criteria_are_a_reason_to_read_again(sessions: list[Session], project: Project, llm: ScriptedLLM) -> None:
    llm.will_answer(ONE_TASK)
    run("--apply", "--user", "ada")
    assert "0 sessions" in run("--apply", "--user", "ada")
    project.configs = {"task_success_criteria": "The customer confirms"}
    project.save()
    llm.will_answer(ONE_TASK)
    assert "1 sessions" in run("--apply", "--user", "ada")
    assert "The customer confirms" in str(llm.requests[-1]["messages"])


def test_ctrl_c_keeps_what_is_done_and_the_same_again_goes_on(
    sessions: list[Session], llm: ScriptedLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = LLMExtractor._ask
    llm.will_answer(ONE_TASK)

    def until_stopped(self: LLMExtractor, *question: Any) -> str:
        if not llm.replies:
            raise KeyboardInterrupt
        return ask(self, *question)

    monkeypatch.setattr(LLMExtractor, "_ask", until_stopped)
    said = run("--apply")
    assert "Stopped." in said
    assert "1 sessions extracted again" in said
    assert list(Reextraction.objects.order_by("created_at").values_list("status", flat=True)) == ["applied", "failed"]
    monkeypatch.undo()
    llm.will_answer(ONE_TASK)
    assert "1 sessions extracted again" in run("--apply")
    assert set(Reextraction.objects.values_list("status", flat=True)) == {"applied"}
    assert Reextraction.objects.count() == 2


def test_a_session_that_cannot_be_read_stops_no_other(sessions: list[Session], llm: ScriptedLLM) -> None:
    llm.will_answer(Reply(status=404, error="no such model"), ONE_TASK)
    with pytest.raises(CommandError, match="1 of 2 sessions"):
        run("--apply")
    assert set(Reextraction.objects.values_list("status", flat=True)) == {"failed", "applied"}


def test_a_short_outage_is_waited_for(sessions: list[Session], llm: ScriptedLLM) -> None:
    llm.will_answer(Reply(status=429, headers={"Retry-After": "0.2"}), ONE_TASK)
    assert "1 sessions extracted again" in run("--apply", "--limit", "1")
    assert ExtractionRun.objects.filter(trigger="again").count() == 2


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        ({}, "abc"),
        ({"user": "ada"}, "a"),
        ({"project": "Theirs"}, "c"),
        ({"status": "failed"}, "b"),
        ({"extracted_by": "llm"}, ""),
        ({"extracted_by": "offline"}, "abc"),
        ({"since": timezone.now() + timedelta(hours=1)}, ""),
        ({"until": timezone.now() + timedelta(hours=1)}, "abc"),
        ({"user": "ada", "status": "failed"}, ""),
    ],
)
def test_filters_select(project: Project, selection: dict, found: str) -> None:
    named = {
        make_session(project, user="ada").pk: "a",
        make_session(project).pk: "b",
        make_session(make_project("Theirs")).pk: "c",
    }
    make_session(project)
    for session in Session.objects.filter(pk__in=named):
        store(session, *PHONES)
    extract_all()
    Task.objects.filter(session=next(pk for pk, name in named.items() if name == "b"), order=1).update(status="failed")
    assert "".join(named[session.pk] for session in sessions_of(Selection(**selection))) == found


@pytest.mark.parametrize("arguments", [("--project", "Nobody's"), ("--since", "yesterday")])
def test_a_filter_that_means_nothing_is_refused(sessions: list[Session], arguments: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)
