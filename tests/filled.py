"""A project with something of everything, and the address of every page of it.

Tests that walk through all pages walk through this table; a page that is missing here fails
`tests/pages/test_every_page.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from sessions import samples
from sessions.events import add_event
from sessions.models import ApiKey, EndUser, Membership, Project, SavedView, Session
from tasks.corrections import correct_task, remove_preference
from tasks.extraction.queue import claim_due
from tasks.extraction.run import extract
from tasks.models import Batch, ExtractionRun, Preference, Reextraction, Task, TaskMessage
from tasks.reextraction.proposing import propose
from tasks.search.indexing import catch_up
from tests.factories import make_session, make_task, store
from tests.tasks.rereading import finish


@dataclass(frozen=True)
class Filled:
    """What the addresses are made of."""

    project: Project
    session: Session
    failing: Session
    empty: Session
    task: Task
    failed: Task
    run: ExtractionRun
    failed_run: ExtractionRun
    proposal: Reextraction
    user: EndUser
    batch: Batch


def fill(project: Project, person: User) -> Filled:
    """Fill a project: conversations that were read, one that fails, one that waits, corrections, a proposal, views."""
    samples.load(project)
    for lease in claim_due(now=timezone.now() + timedelta(hours=1)):
        extract(lease)
    session = Session.objects.filter(project=project).order_by("-head_seq")[0]
    add_event(session, "disk_event", {"path": "billing/totals.py", "action": "write"})
    task, other = Task.objects.filter(session=session).order_by("order")[:2]
    correct_task(other, status="failed", reason="The test is missing.", person=person)
    Task.objects.filter(pk=task.pk).update(risk="not_run", risk_evidence=[2], basis="claimed", status="success")
    failing = make_session(project, user="omar@example.com", title="Migrate the billing tables")
    store(failing, {"role": "user", "content": "Migrate the billing tables to the new schema"})
    Session.objects.filter(pk=failing.pk).update(
        extraction_error="the endpoint answered 529: overloaded", retry_at=timezone.now() + timedelta(minutes=1)
    )
    failed_run = ExtractionRun.objects.create(
        project=project, session=failing, from_seq=1, to_seq=1, trigger="turn_end", extractor="llm", model="m-1",
        status="failed", error="the endpoint answered 529: overloaded", calls=2, input_tokens=1200, latency_ms=1830,
        attempts=[{"error": "529: overloaded"}],
    )  # fmt: skip
    run = ExtractionRun.objects.filter(session=session).latest("started_at")
    ExtractionRun.objects.filter(pk=run.pk).update(
        extractor="llm", model="m-1", status="partial", calls=1, input_tokens=2400, cached_tokens=1100,
        output_tokens=210, latency_ms=2210, cost_usd=Decimal("0.0042"),
        rejected=[{"op": "set_status", "task": "T9", "errors": ["no such task"]}],
        exchange={"asked": [{"role": "user", "content": "Read this."}], "answered": "{}"},
    )  # fmt: skip
    waiting = make_session(project, user="omar@example.com", title="Which invoices are open?")
    asked = make_task(waiting, "List the open invoices", status="running", situation="waiting", basis="claimed")
    stored = store(waiting, {"role": "user", "content": "Which invoices are open?"})
    TaskMessage.objects.create(task=asked, message_id=stored.id, role="request")
    make_task(waiting, "Send them to Lena", status="pending")
    wish = Preference.objects.filter(project=project, status="active", end_user__isnull=False)[0]
    removed = Preference.objects.create(
        project=project, session=wish.session, end_user=wish.end_user, statement="Likes long answers", evidence=[1]
    )
    remove_preference(removed, person=person)
    ApiKey.issue(project, name="Support agent")
    _row, _key = ApiKey.issue(project, name="Old agent", expires_at=timezone.now() - timedelta(days=1))
    colleague = User.objects.create_user("bob", password="correct horse")
    Membership.objects.create(project=project, user=colleague, role=Membership.Role.VIEWER)
    for page in ("sessions", "tasks"):
        SavedView.objects.create(project=project, page=page, name=f"Failed {page}", query="status=failed")
    catch_up(seconds=30)
    proposal = finish(propose(session, extractor="offline", person=person))
    batch = Batch.objects.create(project=project, kind="delete", left=[failing.pk], total=1, person=person)
    empty = make_session(project)
    return Filled(project, session, failing, empty, task, other, run, failed_run, proposal, wish.end_user, batch)


def of(name: str, pick: Callable[[Filled], list[object]] | None = None, query: str = "") -> Callable[[Filled], str]:
    """Make the address of a page of a filled project."""
    return lambda filled: reverse(name, args=pick(filled) if pick else []) + query


# The address of each page by what is to be seen there; the URL's name is before the comma.
PAGES: dict[str, Callable[[Filled], str]] = {
    "tasks:overview": of("tasks:overview"),
    "tasks:overview, 24 hours": of("tasks:overview", query="?range=24h"),
    "tasks:sessions": of("tasks:sessions"),
    "tasks:sessions, none found": of("tasks:sessions", query="?q=nothing+is+like+this"),
    "tasks:session": of("tasks:session", lambda it: [it.session.pk]),
    "tasks:session, task chosen": of("tasks:session", lambda it: [it.session.pk], "?task=1"),
    "tasks:session, failing": of("tasks:session", lambda it: [it.failing.pk]),
    "tasks:session, empty": of("tasks:session", lambda it: [it.empty.pk]),
    "tasks:session_tasks": of("tasks:session_tasks", lambda it: [it.session.pk]),
    "tasks:tasks": of("tasks:tasks"),
    "tasks:tasks, filtered": of("tasks:tasks", query="?status=failed&status=success&q=invoice"),
    "tasks:tasks, none found": of("tasks:tasks", query="?q=nothing+is+like+this"),
    "tasks:task": of("tasks:task", lambda it: [it.task.pk]),
    "tasks:task, failed": of("tasks:task", lambda it: [it.failed.pk]),
    "tasks:export": of("tasks:export", lambda it: [it.session.pk]),
    "tasks:delete_session": of("tasks:delete_session", lambda it: [it.session.pk]),
    "tasks:batch": of("tasks:batch", lambda it: [it.batch.pk]),
    "tasks:search": of("tasks:search"),
    "tasks:search, found": of("tasks:search", query="?q=invoice"),
    "tasks:search, none found": of("tasks:search", query="?q=nothing+is+like+this"),
    "tasks:reextract": of("tasks:reextract", lambda it: [it.failing.pk]),
    "tasks:reextraction": of("tasks:reextraction", lambda it: [it.proposal.pk]),
    "tasks:runs": of("tasks:runs"),
    "tasks:runs, failed": of("tasks:runs", query="?status=failed"),
    "tasks:run": of("tasks:run", lambda it: [it.run.pk]),
    "tasks:run, failed": of("tasks:run", lambda it: [it.failed_run.pk]),
    "tasks:users": of("tasks:users"),
    "tasks:users, none found": of("tasks:users", query="?q=nobody"),
    "tasks:user": of("tasks:user", lambda it: [it.user.pk]),
    "tasks:settings_llm": of("tasks:settings_llm"),
    "sessions:connect": of("sessions:connect"),
    "sessions:settings": of("sessions:settings"),
    "sessions:settings_keys": of("sessions:settings_keys"),
    "sessions:settings_people": of("sessions:settings_people"),
    "sessions:settings_project": of("sessions:settings_project"),
    "sessions:settings_project, preview": of("sessions:settings_project", query="?days=1"),
}
# What answers GET and is no page: parts of pages, and files.
NO_PAGES = {
    "tasks:palette",
    "tasks:session_live",
    "tasks:session_message",
    "tasks:export_file",
    "tasks:export_tasks",
    "tasks:task_evidence",
    "tasks:batch_live",
    "tasks:session_messages",
    "tasks:session_turns",
    "tasks:session_cards",
    "tasks:failed_call",
    "tasks:session_users",
    "tasks:session_news",
    "tasks:task_news",
    "tasks:matching",
    "tasks:reextraction_live",
    "sessions:raw_message",
    "sessions:asset",
    "sessions:inline_file",
}
