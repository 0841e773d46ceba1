"""Read a session's next window from the database."""

from django.conf import settings
from django.db.models import QuerySet

from sessions.formats.openai import INSTRUCTIONS
from sessions.models import Message, Session
from sessions.tokens import estimate_tokens
from tasks.extraction.window import KnownPreference, KnownTask, Window, WindowMessage
from tasks.models import Preference, Task, TaskChange, TaskMessage

CONTEXT_MESSAGES = 6
LEDGER_PROGRESSES = 6
LARGEST_WINDOW = 64


def read_window(session: Session) -> Window | None:
    """Return what the next run is to read, or None when nothing waits."""
    most = min(session.window_limit or LARGEST_WINDOW, LARGEST_WINDOW)
    waiting = session.messages.filter(seq__gt=session.cursor_seq, extraction="").order_by("seq")
    rows = list(waiting[: most + 1])
    messages = cut(
        [as_window_message(row) for row in rows],
        most=most,
        tokens=2 * settings.EXTRACTION_BUFFER_TOKENS,
    )
    if not messages:
        return None
    context = session.messages.filter(seq__lt=messages[0].seq).order_by("-seq")[:CONTEXT_MESSAGES]
    configs = session.project.configs
    return Window(
        messages=tuple(messages),
        context=tuple(as_window_message(row) for row in reversed(context)),
        tasks=tuple(ledger(session)),
        preferences=tuple(known_preferences(session)),
        success_criteria=str(configs.get("task_success_criteria") or ""),
        failure_criteria=str(configs.get("task_failure_criteria") or ""),
    )


def cut(messages: list[WindowMessage], *, most: int, tokens: int) -> list[WindowMessage]:
    """Take messages from the front, within the limits, and never part a tool call from its results.

    One message is always taken, however large. Calls that fill the whole window are parted: they must be read some day.
    """
    size, end = 0, 0
    for message in messages[:most]:
        size += size_of(message)
        if end and size > tokens:
            break
        end += 1
    if end == len(messages):
        return messages
    whole = end
    while whole and (messages[whole].tool_results or messages[whole - 1].tool_calls):
        whole -= 1
    return messages[: whole or end]


def size_of(message: WindowMessage) -> int:
    """Guess the tokens of a message from its text, arguments and results."""
    return estimate_tokens(
        sum(
            len(part.text or "") + (len(part.arguments_text) if part.meta and "arguments" in part.meta else 0)
            for part in message.parts
        )
    )


def as_window_message(row: Message) -> WindowMessage:
    return WindowMessage(
        seq=row.seq,
        role=row.role,
        parts=tuple(row.parts),
        is_system=row.facts.get("original_role") in INSTRUCTIONS,
    )


def ledger(session: Session) -> list[KnownTask]:
    """Return the tasks that the session has, in order, each with its latest progresses."""
    tasks = Task.objects.filter(session=session).order_by("order").prefetch_related("progresses")
    links: dict[object, list[tuple[int, str]]] = {}
    of_session = TaskMessage.objects.filter(task__session=session).order_by("message__seq")
    for task_id, seq, role in of_session.values_list("task_id", "message__seq", "role"):
        links.setdefault(task_id, []).append((seq, role))
    corrected = set(
        TaskChange.objects.filter(task__session=session, is_correction=True).values_list("task_id", flat=True)
    )
    known = []
    for task in tasks:
        linked = links.get(task.pk, [])
        known.append(
            KnownTask(
                handle=f"T{task.order}",
                description=task.description,
                status=task.status,
                basis=task.basis,
                progresses=tuple(progress.text for progress in task.progresses.all())[-LEDGER_PROGRESSES:],
                request_seq=next((seq for seq, role in linked if role == "request"), 0),
                last_seq=linked[-1][0] if linked else 0,
                is_corrected=task.pk in corrected,
            )
        )
    return known


def known_preferences(session: Session) -> list[KnownPreference]:
    """Return the current preferences by their handles."""
    return [KnownPreference(f"P{row.pk}", row.statement) for row in current_preferences(session).order_by("pk")]


def current_preferences(session: Session) -> QuerySet[Preference]:
    """What is known to hold for this session's user: from this session, and from others of the same user."""
    return _preferences(session).filter(status=Preference.Status.ACTIVE)


def removed_preferences(session: Session) -> QuerySet[Preference]:
    """What a person has taken out as wrong for this session's user."""
    return _preferences(session).filter(removed_at__isnull=False)


def _preferences(session: Session) -> QuerySet[Preference]:
    user = session.end_user_id
    return Preference.objects.filter(end_user_id=user) if user else Preference.objects.filter(session=session)
