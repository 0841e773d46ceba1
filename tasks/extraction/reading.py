"""Read a session's next window from the database."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, F, Func, IntegerField, Max, Min, OuterRef, QuerySet, Subquery
from django.db.models import Window as Over
from django.db.models.functions import RowNumber

from sessions.formats.openai import INSTRUCTIONS
from sessions.models import Message, Session
from sessions.models.fields import dump_parts
from sessions.parts import Part
from sessions.tokens import estimate_tokens
from tasks.extraction.limits import Limits
from tasks.extraction.window import KnownPreference, KnownTask, Window, WindowMessage
from tasks.models import Preference, Progress, Task, TaskChange, TaskMessage

# What a window shows of what is known stays bounded, however long a session or a user has been at it.
CONTEXT_BYTES = 256 * 1024
OPEN_TASKS = 100
FINISHED_TASKS = 50
KNOWN_PREFERENCES = 50


def read_window(session: Session, *, is_mid_turn: bool = False) -> Window | None:
    """Return what the next run is to read, or None when nothing waits.

    `is_mid_turn` says that the agent goes on working: its open tool calls are then left for the window that has their
    results.
    """
    limits = Limits.of(session.project.configs)
    waiting = session.messages.filter(seq__gt=session.cursor_seq, extraction="")
    messages = first_messages(waiting, limits, at_most=session.window_limit, is_mid_turn=is_mid_turn)
    if not messages:
        return None
    tasks = ledger(session, progresses=limits.ledger_progresses)
    configs = session.project.configs
    return Window(
        messages=tuple(messages),
        context=tuple(context(session.messages.all(), messages[0].seq, most=limits.context_messages)),
        tasks=tuple(tasks),
        preferences=tuple(known_preferences(session)),
        success_criteria=str(configs.get("task_success_criteria") or ""),
        failure_criteria=str(configs.get("task_failure_criteria") or ""),
        tasks_left_out=Task.objects.filter(session=session).count() - len(tasks),
        calls=limits.calls,
    )


def first_messages(
    waiting: QuerySet[Message], limits: Limits, *, at_most: int | None, is_mid_turn: bool = False
) -> list[WindowMessage]:
    """Return the messages that a window takes of those that wait, `at_most` so many if that is given.

    Sizes are looked at first, so that nothing is fetched that the window has no room for.
    """
    most = min(at_most or limits.window_messages, limits.window_messages)
    waiting = waiting.order_by("seq")
    sizes = list(waiting.values_list("seq", _bytes())[: most + 1])
    if not sizes:
        return []
    end = fitting([size for _, size in sizes], most=most, tokens=2 * limits.buffer_tokens)
    # One more than fits: it tells whether a call before it is still to be answered.
    rows = waiting.filter(seq__lte=sizes[min(end, len(sizes) - 1)][0]).defer("blob", "meta")
    return cut([as_window_message(row) for row in rows], end=end, is_mid_turn=is_mid_turn)


def _bytes() -> Func:
    """The size of a message's parts; PostgreSQL knows it without reading them."""
    return Func(F("parts"), function="octet_length", output_field=IntegerField())


def fitting(sizes: list[int], *, most: int, tokens: int) -> int:
    """Return how many messages from the front fit, by their sizes in bytes. The first always does, however large."""
    total, end = 0, 0
    for size in sizes[:most]:
        total += estimate_tokens(size)
        if end and total > tokens:
            break
        end += 1
    return end


def cut(messages: list[WindowMessage], *, end: int, is_mid_turn: bool = False) -> list[WindowMessage]:
    """Take at most `end` messages from the front, at the end of a turn if that takes half of them or more.

    A tool call is not parted from its results; only calls that fill the whole window are, and calls at the very end
    of what was said, when no more is to come.
    """
    if len(messages) <= end and not is_mid_turn:
        return messages
    end = min(end, len(messages))
    whole = [edge for edge in whole_edges(messages) if edge <= end]
    turns = [edge for edge in whole if _ends_turn(messages, edge)]
    if turns and 2 * turns[-1] >= end:
        return messages[: turns[-1]]
    return messages[: whole[-1] if whole else end]


def whole_edges(messages: list[WindowMessage]) -> Iterator[int]:
    """Yield each number of messages from the front after which no call waits for a result.

    Calls that stand in several messages in a row, or are answered in several, belong together. What a person says, or
    an answer without a call, ends the wait for results that never came.
    """
    waiting: list[object] = []
    for number, message in enumerate(messages, start=1):
        for result in message.tool_results:
            _answer(waiting, result)
        if message.is_from_person or _is_answer(message):
            waiting.clear()
        waiting += [call.get("id") for call in message.tool_calls]
        following = messages[number] if number < len(messages) else None
        if following is None:
            if not waiting:
                yield number
        elif not following.tool_results and (not waiting or following.is_from_person or _is_answer(following)):
            yield number


def _answer(waiting: list[object], result: Part) -> None:
    """Strike the call that a result answers; without an id, the first one."""
    name = result.get("tool_call_id")
    if name in waiting:
        waiting.remove(name)
    elif waiting and (not name or None in waiting):
        waiting.pop(0)


def _is_answer(message: WindowMessage) -> bool:
    return message.role == "assistant" and not message.tool_calls and not message.tool_results


def _ends_turn(messages: list[WindowMessage], edge: int) -> bool:
    return _is_answer(messages[edge - 1]) and (edge == len(messages) or messages[edge].is_from_person)


def size_of(message: WindowMessage) -> int:
    """Return the tokens of a message as the store counted them into `Session.pending_tokens`."""
    return estimate_tokens(len(dump_parts(list(message.parts))))


def context(messages: QuerySet[Message], before: int, *, most: int) -> list[WindowMessage]:
    """Return the messages just before a number, in order, as far as they are not too large together."""
    earlier = messages.filter(seq__lt=before).order_by("-seq")
    left, first = CONTEXT_BYTES, before
    for seq, size in earlier.values_list("seq", _bytes())[:most]:
        left -= size
        if left < 0:
            break
        first = seq
    rows = messages.filter(seq__gte=first, seq__lt=before).order_by("seq").defer("blob", "meta")
    return [as_window_message(row) for row in rows] if first < before else []


def as_window_message(row: Message) -> WindowMessage:
    return WindowMessage(
        seq=row.seq,
        role=row.role,
        parts=tuple(row.parts),
        is_system=row.facts.get("original_role") in INSTRUCTIONS,
    )


def ledger(session: Session, *, progresses: int = 6) -> list[KnownTask]:
    """Return the session's tasks in order: those under way, and of the finished ones the latest.

    Each has its latest progresses. Four queries, whatever the session holds; links are counted where they are.
    """
    links = TaskMessage.objects.filter(task=OuterRef("pk")).order_by().values("task")
    corrections = TaskChange.objects.standing().filter(task=OuterRef("pk"))
    newest = (
        Task.objects.filter(session=session)
        .annotate(
            request_seq=Subquery(links.filter(role="request").annotate(n=Min("message__seq")).values("n")),
            last_seq=Subquery(links.annotate(n=Max("message__seq")).values("n")),
            is_corrected=Exists(corrections),
        )
        .order_by("-order")
    )
    is_finished = {"status__in": [Task.Status.SUCCESS, Task.Status.FAILED]}
    tasks: list[Any] = [*newest.exclude(**is_finished)[:OPEN_TASKS], *newest.filter(**is_finished)[:FINISHED_TASKS]]
    steps = latest_progresses(tasks, progresses)
    return [
        KnownTask(
            handle=f"T{task.order}",
            description=task.description,
            status=task.status,
            basis=task.basis,
            progresses=tuple(steps.get(task.pk, [])),
            request_seq=task.request_seq or 0,
            last_seq=task.last_seq or 0,
            is_corrected=task.is_corrected,
        )
        for task in sorted(tasks, key=lambda task: task.order)
    ]


def latest_progresses(tasks: Iterable[Task], most: int) -> dict[object, list[str]]:
    """Return the latest progresses of each task, oldest first."""
    from_newest = Over(RowNumber(), partition_by="task", order_by="-id")
    latest = Progress.objects.filter(task__in=tasks).annotate(age=from_newest).filter(age__lte=most).order_by("id")
    found: dict[object, list[str]] = {}
    for task_id, text in latest.values_list("task_id", "text"):
        found.setdefault(task_id, []).append(text)
    return found


def known_preferences(session: Session) -> list[KnownPreference]:
    """Return the latest current preferences by their handles, oldest first."""
    latest = current_preferences(session).order_by("-pk")[:KNOWN_PREFERENCES]
    return [KnownPreference(f"P{row.pk}", row.statement) for row in reversed(latest)]


def current_preferences(session: Session) -> QuerySet[Preference]:
    """What is known to hold for this session's user: from this session, and from others of the same user."""
    return _preferences(session).filter(status=Preference.Status.ACTIVE)


def removed_preferences(session: Session) -> QuerySet[Preference]:
    """What a person has taken out as wrong for this session's user."""
    return _preferences(session).filter(removed_at__isnull=False)


def _preferences(session: Session) -> QuerySet[Preference]:
    user = session.end_user_id
    return Preference.objects.filter(end_user_id=user) if user else Preference.objects.filter(session=session)
