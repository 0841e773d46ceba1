"""Play a conversation through the pipeline that agents use, and collect what came of it.

The messages are stored by `store_message`, the session is claimed from the queue with a clock that stands at tomorrow,
so that it is due at once, and read by `extract`.
"""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Literal

from django.conf import settings
from django.test.utils import override_settings
from django.utils import timezone

from sessions.formats import BadMessage
from sessions.ingest import store_message
from sessions.models import Project, Session
from tasks.evaluation.dataset import Conversation, Cost, FoundTask, Prediction
from tasks.extraction.extractors import llm_is_configured
from tasks.extraction.queue import claim
from tasks.extraction.reading import as_window_message
from tasks.extraction.run import extract
from tasks.models import ExtractionRun, Preference, Progress, Task, TaskChange

Windows = Literal["whole", "turns"]
# Later than any rule of the queue waits for.
LATER = timedelta(days=1)
MOST_ATTEMPTS = 5
LONGEST_WAIT_SECONDS = 30.0


class CannotEvaluate(Exception):
    """The extractor cannot be had; the text says why."""


@contextmanager
def extractor_in_use(name: str) -> Iterator[None]:
    """Make every run in here use this extractor, whatever is configured. Raises CannotEvaluate."""
    if name == "offline":
        with override_settings(LLM_API_KEY="", LLM_BASE_URL=""):
            yield
    elif llm_is_configured():
        yield
    else:
        raise CannotEvaluate("No LLM is configured: set LLM_API_KEY or LLM_BASE_URL, and LLM_SIMPLE_MODEL.")


@contextmanager
def throw_away_project() -> Iterator[Project]:
    """Make a project that is deleted afterwards, with all that it holds."""
    project = Project.objects.create(name=f"Evaluation {uuid.uuid4().hex[:8]} (may be deleted)")
    try:
        yield project
    finally:
        project.delete()


def replay(conversation: Conversation, project: Project, *, windows: Windows = "whole") -> Prediction:
    """Store a conversation, extract it, and return what was found, messages by their position from 0.

    `windows` says how often it is extracted: once at the end, or after each turn of the agent as well.
    """
    prediction = Prediction(conversation.id)
    session = Session.objects.create(project=project)
    positions: dict[int, int] = {}
    started = time.monotonic()
    for position, blob in enumerate(conversation.messages):
        if windows == "turns" and blob.get("role") == "user" and positions:
            drain(session)
        try:
            stored = store_message(project_id=project.pk, session_id=session.pk, blob=blob)
            positions[stored.seq] = position
        except BadMessage as error:
            prediction.problems.append(f"message {position} was refused: {error}")
    if positions:
        drain(session)
    seconds = time.monotonic() - started
    if session.extraction_error:
        prediction.problems.append(f"not extracted to the end: {session.extraction_error}")
    _collect(session, positions, prediction)
    prediction.cost.seconds = seconds
    return prediction


def drain(session: Session) -> None:
    """Extract all that waits; gives up when several runs in a row come to nothing. Raises CannotEvaluate."""
    for _ in range(MOST_ATTEMPTS):
        while True:
            before = session.cursor_seq
            if lease := claim(session.pk, now=timezone.now() + LATER):
                extract(lease)
            session.refresh_from_db()
            if session.cursor_seq == session.head_seq:
                return
            if session.cursor_seq == before:
                break
        if reason := Project.objects.values_list("extraction_paused_reason", flat=True).get(pk=session.project_id):
            raise CannotEvaluate(reason)
        wait = (session.retry_at - timezone.now()).total_seconds() if session.retry_at else 0.0
        time.sleep(min(max(wait, 0.0), LONGEST_WAIT_SECONDS))


def _collect(session: Session, positions: dict[int, int], prediction: Prediction) -> None:
    """Read from the database what was found and what it cost."""
    for task in Task.objects.filter(session=session).order_by("order").with_claims():
        linked = task.links.values_list("message__seq", flat=True)
        prediction.tasks.append(
            FoundTask(
                description=task.description,
                messages=frozenset(positions[seq] for seq in linked),
                status=task.status,
                progresses=tuple(progress.text for progress in task.progresses.all()),
                preferences=tuple(wish.statement for wish in task.preferences.all()),
            )
        )
    alone = Preference.objects.filter(session=session, task=None, status=Preference.Status.ACTIVE)
    prediction.preferences = list(alone.values_list("statement", flat=True))
    prediction.cost = _cost_of(session)


def _cost_of(session: Session) -> Cost:
    cost = Cost()
    for run in ExtractionRun.objects.filter(session=session):
        cost.calls += run.calls
        cost.input_tokens += run.input_tokens
        cost.cached_tokens += run.cached_tokens
        cost.output_tokens += run.output_tokens
        cost.refused_operations += len(run.rejected)
    stored = {row.seq: as_window_message(row) for row in session.messages.order_by("seq")}
    for evidence in (
        *Progress.objects.filter(task__session=session).values_list("evidence", flat=True),
        *TaskChange.objects.filter(task__session=session).values_list("evidence", flat=True),
    ):
        cost.claims += 1
        cost.valid_claims += bool(evidence) and set(evidence) <= set(stored)
    persons = {seq for seq, message in stored.items() if message.is_from_person}
    for evidence in Preference.objects.filter(session=session).values_list("evidence", flat=True):
        cost.claims += 1
        cost.valid_claims += set(evidence) <= set(stored) and bool(persons & set(evidence))
    return cost


def model_in_use(extractor: str) -> str:
    """Name the extractor for the scorecard's first line."""
    return "offline rules" if extractor == "offline" else f"{settings.LLM_SIMPLE_MODEL}"
