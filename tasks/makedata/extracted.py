"""What extraction would have made of a conversation: a run for each turn, tasks with links, claims and history."""

import json
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from tasks.makedata.conversation import UNREACHABLE, Conversation, Rows
from tasks.makedata.slots import pick
from tasks.makedata.talk import Turn

MODELS: tuple[tuple[str, Decimal | None], ...] = (
    ("gpt-4.1", Decimal("0.000002")), ("gpt-4.1-mini", Decimal("0.0000004")), ("local-8b", None),
)  # fmt: skip
TRIGGERS = ("turn_end",) * 8 + ("silence", "full")
OFFLINE_SHARE, FAILED_SHARE, PARTIAL_SHARE = 0.25, 0.01, 0.04
REFUSED = '[{"operation": "progress", "value": "T9", "problem": "there is no task T9"}]'


def write_extracted(rng: Random, rows: Rows, talk: Conversation, *, leave_last: bool) -> int:
    """Write what came of each turn, but for the last where that is to wait; return the last number that was read."""
    turns = list(talk.turns[:-1] if leave_last else talk.turns)
    extractor = "offline" if rng.random() < OFFLINE_SHARE else "llm"
    read = order = 0
    for turn in turns:
        order += bool(turn.task)
        last = read + len(turn.messages)
        run_id = _run(rng, rows, talk, turn, read + 1, last, extractor)
        if turn.task:
            _task(rows, talk, turn, read + 1, order, run_id, extractor)
        read = last
    return read


def _run(
    rng: Random, rows: Rows, talk: Conversation, turn: Turn, first: int, last: int, extractor: str
) -> uuid.UUID:  # fmt: skip
    """Write the ledger's line of a turn; now and then one that failed comes before it."""
    pk, by_llm = uuid.uuid4(), extractor == "llm"
    model, price = pick(rng, MODELS) if by_llm else ("", None)
    asked = 900 + 160 * (last - first + 1) + int(rng.random() * 400) if by_llm else 0
    answered = 60 + int(rng.random() * 300) if by_llm else 0
    latency = int(600 + rng.random() ** 2 * 6_000) if by_llm else 3 + int(rng.random() * 20)
    started = talk.times[last - 1] + timedelta(seconds=5 + rng.random() * 3)
    finished = started + timedelta(milliseconds=latency)
    is_partial = rng.random() < PARTIAL_SHARE
    accepted = json.dumps({"new_tasks": [{"alias": "new1", "description": turn.task}]}) if turn.task else "{}"
    beginning = (talk.project_id, talk.pk, first, last, pick(rng, TRIGGERS), extractor, "5" if by_llm else "", model)
    mode = "json_schema" if by_llm else ""
    if by_llm and rng.random() < FAILED_SHARE:
        rows.add(
            "tasks_extractionrun", uuid.uuid4(), *beginning, mode, "failed", 0, 1, asked, 0, 0, None, 60_000, "[]",
            "[]", "[]", UNREACHABLE, talk.times[first - 1], started, started,
        )  # fmt: skip
    cost = None if price is None else price * (asked + 4 * answered)
    rows.add(
        "tasks_extractionrun", pk, *beginning, mode, "partial" if is_partial else "ok", 0, int(by_llm), asked,
        asked // 2, answered, cost, latency, accepted, REFUSED if is_partial else "[]", "[]", "",
        talk.times[first - 1], started, finished,
    )  # fmt: skip
    return pk


def _task(
    rows: Rows, talk: Conversation, turn: Turn, first: int, order: int, run_id: uuid.UUID, extractor: str
) -> None:  # fmt: skip
    pk, last = uuid.uuid4(), first + len(turn.messages) - 1
    created = talk.times[last - 1]
    is_over = turn.status in ("success", "failed")
    rests_on = [last] if is_over else []
    rows.add(
        "tasks_task", pk, talk.project_id, talk.pk, order, turn.task, turn.status, turn.basis, turn.reason, rests_on,
        "waiting" if turn.status == "pending" else "", turn.risk, rests_on if turn.risk else [], extractor, created,
        created, talk.user_id,
    )  # fmt: skip
    for seq in range(first, last + 1):
        role = "request" if seq == first else "feedback" if seq == last and turn.has_reaction else "work"
        rows.add("tasks_taskmessage", pk, talk.ids[seq - 1], role)
    for place, text in turn.progresses:
        rows.add("tasks_progress", pk, text, [first + place], run_id, created)
    _history(rows, turn, pk, first, last, run_id, created)
    if turn.preference:
        rows.add(
            "tasks_preference", talk.project_id, talk.user_id, talk.pk, pk, turn.preference, "active", [first], run_id,
            created,
        )  # fmt: skip


def _history(
    rows: Rows, turn: Turn, task_id: uuid.UUID, first: int, last: int, run_id: uuid.UUID, when: datetime
) -> None:  # fmt: skip
    rows.add("tasks_taskchange", task_id, "created", "", turn.task, "", "", [first], run_id, False, when)
    if turn.status != "pending":
        rows.add(
            "tasks_taskchange", task_id, "status", "pending", turn.status, turn.reason, turn.basis, [last], run_id,
            False, when,
        )  # fmt: skip
