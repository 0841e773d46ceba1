"""One session written out: as JSON lines in a format of messages, or as Markdown to read. A few messages at a time."""

from collections.abc import Iterator, Sequence

import msgspec
from django.db.models import QuerySet
from django.utils.text import slugify

from sessions.assets.reading import Stored
from sessions.formats import format_named
from sessions.material import Links
from sessions.models import Message, Session
from sessions.tool_pairs import pair_tools
from sessions.transcript import render_stored, with_first_task
from tasks.exporting.markdown import message_as_markdown, session_as_markdown
from tasks.models import Task, TaskMessage

AT_ONCE = 100
MOST_TASKS = 1_000
MARKDOWN = "markdown"
TITLE_CHARACTERS = 60


def jsonl(session: Session, format: str, *, tasks: Sequence[int] = (), links: Links | None = None) -> Iterator[str]:
    """Yield each message as one line, or more where the format wants it; only those of the tasks, if there are any.

    Each line is what storing in this format takes. Raises UnknownFormat, at once.
    """
    format_named(format)
    return _lines(session, format, tasks, links)


def _lines(session: Session, format: str, tasks: Sequence[int], links: Links | None) -> Iterator[str]:
    for batch in _batches(session, tasks):
        pair_tools(batch, format, session)
        stored = Stored(session.project_id, batch, links)
        while batch:
            # Let go at once: what was put back into a message may be large.
            message = batch.pop(0)
            stored.put_back(message, format)
            for item in render_stored(message, format, session):
                yield msgspec.json.encode(item).decode() + "\n"


def markdown(session: Session, *, tasks: Sequence[int] = ()) -> Iterator[str]:
    """Yield the tasks with their statuses, then the messages, of these tasks only if there are any."""
    told = session.tasks.with_claims().order_by("order")
    yield session_as_markdown(session, list(told.filter(order__in=tasks) if tasks else told[:MOST_TASKS]))
    for batch in _batches(session, tasks):
        served = _served(batch)
        for message in batch:
            yield message_as_markdown(message, served.get(message.pk, []))


def _served(batch: Sequence[Message]) -> dict[object, list[int]]:
    served: dict[object, list[int]] = {}
    links = TaskMessage.objects.filter(message__in=batch, task__merged_into=None).order_by("task__order")
    for pk, order in links.values_list("message", "task__order"):
        served.setdefault(pk, []).append(order)
    return served


def _batches(session: Session, tasks: Sequence[int]) -> Iterator[list[Message]]:
    rows: QuerySet[Message] = with_first_task(session.messages.all())
    if tasks:
        chosen = Task.objects.filter(session=session, order__in=tasks)
        rows = rows.filter(pk__in=TaskMessage.objects.filter(task__in=chosen).values("message"))
    last = 0
    while batch := list(rows.filter(seq__gt=last).order_by("seq")[:AT_ONCE]):
        last = batch[-1].seq
        yield batch


def file_name(session: Session, format: str) -> str:
    """Return a name that is safe on every system: words of the title, the id, the format."""
    words = slugify(session.title, allow_unicode=True)[:TITLE_CHARACTERS].strip("-_") or "session"
    ending = "md" if format == MARKDOWN else f"{format}.jsonl"
    return f"{words}-{str(session.pk)[:8]}.{ending}"
