"""Big projects made quickly are what the real paths would have left behind."""

import io
from collections import Counter
from datetime import timedelta
from random import Random

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Max, Min
from django.test import Client
from django.utils import timezone

from sessions.models import EndUser, Message, Project, Session
from sessions.parts import Kind
from tasks.makedata.filling import fill
from tasks.makedata.plan import CannotPlan, Sizes, plans, shares
from tasks.makedata.talk import turn_of
from tasks.makedata.words import LANGUAGES
from tasks.models import ExtractionRun, Preference, Progress, Task, TaskChange, TaskMessage

SMALL = Sizes(sessions=60, messages=700, tasks=180, users=7)


@pytest.fixture
def filled(project: Project) -> Project:
    fill(project, SMALL, seed=7, now=timezone.now())
    return project


@pytest.mark.parametrize("total", [0, 1, 7, 1_000])
@pytest.mark.parametrize("weights", [[1], [0.1, 5, 5, 0.4], [0, 0, 0], [3] * 9])
def test_shares_add_up(total: int, weights: list[float]) -> None:
    found = shares(total, weights)
    assert sum(found) == total
    assert len(found) == len(weights)
    assert min(found) >= 0


def test_a_plan_has_what_was_asked_for_and_one_long_session() -> None:
    sizes = Sizes(sessions=900, messages=24_000, tasks=2_500, users=0)
    planned = plans(Random(1), sizes, timezone.now())
    lengths = [sum(plan.turns) + plan.rest for plan in planned]
    assert (len(planned), sum(lengths)) == (900, 24_000)
    assert sum(len(plan.turns) for plan in planned) == 2_500
    assert lengths.count(5_000) == 1
    assert min(lengths) >= 1
    assert [plan.start for plan in planned] == sorted(plan.start for plan in planned)


def test_numbers_that_do_not_go_together() -> None:
    with pytest.raises(CannotPlan, match="20 messages too few"):
        plans(Random(1), Sizes(sessions=10, messages=10, tasks=10, users=1), timezone.now())


@pytest.mark.parametrize("language", [language for language, _ in LANGUAGES], ids=lambda language: language.code)
def test_every_slot_of_every_text_is_filled(language: object) -> None:
    rng = Random(3)
    for size in range(2, 120):
        turn = turn_of(rng, language, size)
        assert len(turn.messages) == size
        assert "{noun}" not in str(turn)
        assert turn.task


def test_numbers_and_cursors(filled: Project) -> None:
    sessions = Session.objects.filter(project=filled)
    assert sessions.count() == SMALL.sessions
    assert Message.objects.filter(session__project=filled).count() == SMALL.messages
    assert Task.objects.filter(project=filled).count() == SMALL.tasks - unread_tasks(filled)
    assert EndUser.objects.filter(project=filled).count() == SMALL.users
    counted = sessions.annotate(n=Count("messages"), first=Min("messages__seq"), last=Max("messages__seq"))
    for session in counted:
        assert (session.first, session.last, session.n) == (1, session.head_seq, session.head_seq)
        newest = session.messages.get(seq=session.head_seq)
        assert (session.last_message_id, session.last_message_at) == (newest.pk, newest.created_at)
        assert session.active_at == newest.created_at
        assert (session.pending_since is None) == (session.cursor_seq == session.head_seq)
        times = list(session.messages.order_by("seq").values_list("created_at", flat=True))
        assert times == sorted(times)
        parents = list(session.messages.order_by("seq").values_list("parent_id", flat=True))
        assert parents == [None, *session.messages.order_by("seq").values_list("pk", flat=True)][:-1]


def unread_tasks(project: Project) -> int:
    """The last turns of two sessions wait, so their tasks are not there."""
    return Session.objects.filter(project=project, pending_since__isnull=False).count()


def test_tasks_are_in_order_and_rest_on_messages(filled: Project) -> None:
    for session in Session.objects.filter(project=filled).annotate(n=Count("tasks")):
        orders = list(session.tasks.order_by("order").values_list("order", flat=True))
        assert orders == list(range(1, session.n + 1))
    for task in Task.objects.filter(project=filled).select_related("session"):
        seqs = set(task.links.values_list("message__seq", flat=True))
        assert set(task.evidence) | set(task.risk_evidence) <= seqs
        assert task.links.filter(role="request").count() == 1
        assert max(seqs) <= task.session.cursor_seq
        created, *rest = task.changes.all()
        assert created.after == task.description
        assert [change.after for change in rest] == ([task.status] if task.status != "pending" else [])
    for progress in Progress.objects.filter(task__project=filled).select_related("task"):
        served = progress.task.links.filter(message__seq__in=progress.evidence)
        assert served.get().message.parts[0].type == Kind.TOOL_RESULT


def test_the_ledger_covers_what_is_read_without_gaps(filled: Project) -> None:
    for session in Session.objects.filter(project=filled):
        runs = ExtractionRun.objects.filter(session=session).exclude(status="failed").order_by("from_seq")
        assert [run.from_seq for run in runs] == [1, *(run.to_seq + 1 for run in runs)][:-1] or not runs
        assert (runs.last().to_seq if runs else 0) == session.cursor_seq


def test_some_sessions_need_attention(filled: Project) -> None:
    waiting = Session.objects.filter(project=filled, cursor_seq__lt=F("head_seq"), retry_at__gt=timezone.now())
    assert waiting.exclude(extraction_error="").exists()
    assert waiting.filter(extraction_error="").exists()


def test_it_is_natural(filled: Project) -> None:
    statuses = Counter(Task.objects.filter(project=filled).values_list("status", flat=True))
    assert statuses["success"] > statuses["failed"] > 0
    texts = " ".join(Task.objects.filter(project=filled).values_list("description", flat=True))
    assert any("\u4e00" <= sign <= "\u9fff" for sign in texts)
    assert "Find out why" in texts
    span = Session.objects.filter(project=filled).aggregate(first=Min("created_at"), last=Max("created_at"))
    assert span["last"] - span["first"] > timedelta(days=30)
    assert TaskMessage.objects.filter(task__project=filled, role="feedback").exists()
    assert Preference.objects.filter(project=filled, task__isnull=False).exists()
    assert TaskChange.objects.filter(task__project=filled, kind="status").exists()


def test_the_api_gives_it_back(filled: Project, api: httpx.Client, page: Client) -> None:
    session = Session.objects.filter(project=filled).order_by("-head_seq").first()
    for format in ("openai", "anthropic", "gemini", "acontext"):
        answer = api.get(f"/session/{session.pk}/messages", params={"format": format})
        assert answer.status_code == 200, answer.text
    assert page.get(session.get_absolute_url()).status_code == 200
    assert page.get("/").status_code == 200


def test_the_same_seed_says_the_same(project: Project, other_project: Project) -> None:
    now = timezone.now()
    for each in (project, other_project):
        fill(each, Sizes(sessions=5, messages=60, tasks=15, users=2), seed=4, now=now)
    first, second = (
        list(Message.objects.filter(session__project=each).order_by("created_at", "seq").values_list("parts", "role"))
        for each in (project, other_project)
    )
    assert first == second


# The command vacuums, which cannot be in the transaction of a test.
@pytest.mark.django_db(transaction=True)
def test_a_project_that_is_not_empty_is_left_alone() -> None:
    project = Project.objects.create(name="Ours")
    few = {"sessions": 3, "messages": 30, "tasks": 6, "users": 1, "project": project.name, "stdout": io.StringIO()}
    call_command("makedata", **few)
    with pytest.raises(CommandError, match="not empty"):
        call_command("makedata", **few)
    call_command("makedata", **few, add=True)
    assert Message.objects.filter(session__project=project).count() == 60
    assert EndUser.objects.filter(project=project).count() == 2
    with pytest.raises(CommandError, match="too few"):
        call_command("makedata", **{**few, "project": "New", "messages": 5})
    assert not Project.objects.filter(name="New").exists()
