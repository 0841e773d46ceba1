"""Draw a session's tasks as they are now, and as a proposal would leave them, for the two to be compared."""

from collections import defaultdict
from collections.abc import Iterable

from sessions.models import Session
from tasks.extraction.ledger import Ledger
from tasks.models import Preference, Reextraction, Task, TaskChange, TaskMessage
from tasks.reextraction.comparison import Comparison, Sketch, compare
from tasks.reextraction.reading import replayed

Kind = TaskChange.Kind
# What a correction of a kind takes out of extraction's hands.
HELD = {
    Kind.STATUS: "status",
    Kind.DESCRIPTION: "description",
    Kind.MERGED: "messages",
    Kind.SPLIT: "messages",
    Kind.MESSAGES: "messages",
}


def preview(proposal: Reextraction) -> Comparison:
    """Return what applying a proposal would change now. Tasks asked for after its last message are no part of it."""
    now = [sketch for sketch in sketches_of(proposal.session) if sketch.request_seq <= proposal.to_seq]
    ledger = replayed(proposal)
    said = Preference.objects.filter(session=proposal.session_id, status=Preference.Status.ACTIVE)
    statements = [known.statement for known in ledger.own_preferences()]
    return compare(now, proposed(ledger), said.order_by("pk").values_list("statement", flat=True), statements)


def sketches_of(session: Session) -> list[Sketch]:
    """Draw all tasks of a session, those merged into others too. Four queries."""
    tasks = list(Task.all_objects.filter(session=session).order_by("order").prefetch_related("progresses"))
    links: dict[object, dict[int, str]] = defaultdict(dict)
    of_session = TaskMessage.objects.filter(task__session=session).order_by("message__seq")
    for task_id, seq, role in of_session.values_list("task_id", "message__seq", "role"):
        links[task_id][seq] = role
    held: dict[object, set[str]] = defaultdict(set)
    corrections = TaskChange.objects.standing().filter(task__session=session)
    for task_id, kind in corrections.values_list("task_id", "kind"):
        held[task_id].add(HELD.get(Kind(kind), kind))
    roots = _roots(tasks)
    kept = set(held) | {roots[pk] for pk in held}
    return [
        Sketch(
            key=str(task.pk),
            number=task.order,
            description=task.description,
            status=task.status,
            basis=task.basis,
            situation=task.situation,
            risk=task.risk,
            request_seq=_request_seq(links[task.pk], task.evidence),
            messages=frozenset(links[task.pk]),
            progresses=tuple(progress.text for progress in task.progresses.all()),
            is_kept=task.pk in kept,
            held=frozenset(held[task.pk]),
            root=str(roots[task.pk]) if roots[task.pk] != task.pk else "",
        )
        for task in tasks
    ]


def _roots(tasks: Iterable[Task]) -> dict[object, object]:
    """Return which task each one was merged into in the end; itself when into none."""
    into = {task.pk: task.merged_into_id for task in tasks}
    roots: dict[object, object] = {}
    for pk in into:
        root, seen = pk, {pk}
        while (following := into.get(root)) and following not in seen:
            seen.add(following)
            root = following
        roots[pk] = root
    return roots


def _request_seq(links: dict[int, str], evidence: list[int]) -> int:
    requested = [seq for seq, role in links.items() if role == "request"]
    return min(requested or links or evidence or [0])


def proposed(ledger: Ledger) -> list[Sketch]:
    """Draw the tasks that a ledger holds."""
    return [
        Sketch(
            key=task.handle,
            number=int(task.handle[1:]),
            description=task.description,
            status=task.status.status,
            basis=task.status.basis,
            situation=task.status.situation,
            risk=task.risk,
            request_seq=task.request_seq,
            messages=frozenset(task.links),
            progresses=tuple(task.progresses),
        )
        for task in ledger.current_tasks()
    ]
