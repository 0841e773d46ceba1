"""Tasks as a file: lines of JSON with their evidence, or CSV for a spreadsheet. Read in pieces, in the list's order."""

import csv
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
from django.db.models import QuerySet

from sessions import cursors
from sessions.paging import Order
from tasks.models import Task, TaskMessage

AT_ONCE = 500
# What a spreadsheet takes for the beginning of a formula.
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    "id", "order", "description", "status", "status_basis", "status_reason", "situation", "risk", "extractor",
    "progresses", "user_preferences", "session_id", "session_title", "user", "evidence", "created_at", "updated_at",
)  # fmt: skip
Pieces = Iterator[list[Task]]


def pieces_of(tasks: QuerySet[Task], order: Order) -> Pieces:
    """Yield all of these tasks in order, some at a time. A task that moves meanwhile may come twice, or not."""
    rows = tasks.with_claims().select_related("session__end_user").defer("session__configs")  # type: ignore[attr-defined]
    cursor = None
    while True:
        found, cursor = cursors.page(
            rows, order.fields, order.kinds, limit=AT_ONCE, cursor=cursor, descending=order.descending
        )
        yield found
        if cursor is None:
            return


def json_lines(pieces: Pieces) -> Iterator[bytes]:
    """Yield a line for each task: as the API gives it, with its session's title, its user, and what claims rest on.

    Evidence and messages are numbers of messages within the session.
    """
    for tasks in pieces:
        links: dict[uuid.UUID, list[int]] = {}
        numbers = TaskMessage.objects.filter(task__in=tasks).order_by("task", "message__seq")
        for task_id, seq in numbers.values_list("task_id", "message__seq"):
            links.setdefault(task_id, []).append(seq)
        yield b"".join(msgspec.json.encode(_as_line(task, links.get(task.pk, []))) + b"\n" for task in tasks)


def _as_line(task: Task, messages: list[int]) -> dict[str, object]:
    return {
        **task.as_wire(),
        "session_title": task.session.title,
        "user": _user(task),
        "evidence": task.evidence,
        "risk_evidence": task.risk_evidence,
        "progress_evidence": [note.evidence for note in task.progresses.all()],
        "preference_evidence": [wish.evidence for wish in task.preferences.all()],
        "messages": messages,
    }


class _Echo:
    """Where csv writes to: it gives each line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(pieces: Pieces) -> Iterator[str]:
    """Yield a head and a line for each task. Cells that hold several things have one a line."""
    write = csv.writer(_Echo()).writerow
    # So that spreadsheets read it as UTF-8.
    yield "\ufeff" + str(write(COLUMNS))
    for tasks in pieces:
        yield "".join(str(write([cell(value) for value in _as_row(task)])) for task in tasks)


def cell(value: object) -> str:
    """Return a value as a spreadsheet should show it: as text, whatever it begins with."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="seconds")
        case None:
            return ""
    text = str(value).replace("\0", "")
    return f"'{text}" if text.lstrip(" \n").startswith(FORMULA_BEGINS) or text.startswith(FORMULA_BEGINS) else text


def _as_row(task: Task) -> list[object]:
    wire = task.as_wire()
    known = wire | {
        "description": task.description,
        "progresses": "\n".join(wire["data"]["progresses"]),
        "user_preferences": "\n".join(wire["data"]["user_preferences"]),
        "session_title": task.session.title,
        "user": _user(task),
        "evidence": " ".join(f"#{seq}" for seq in task.evidence),
    }
    return [known[name] for name in COLUMNS]


def _user(task: Task) -> str | None:
    return task.session.end_user.identifier if task.session.end_user else None
