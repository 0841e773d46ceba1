"""One task with everything that is known of it, each claim with the messages it rests on."""

from typing import Any

from sessions.models import Message
from tasks.models import Task, TaskChange


def task_details(task: Task) -> dict[str, Any]:
    """Return the wire form of a task, extended by evidence and history. Five queries, whatever its size."""
    task = Task.objects.with_claims().get(pk=task.pk)
    changes = list(task.changes.select_related("person", "api_key"))
    links = list(task.links.order_by("message__seq").values_list("message__seq", "message_id", "role"))
    claims: list[Any] = [task, *task.progresses.all(), *task.preferences.all(), *changes]
    cited = {seq for claim in claims for seq in claim.evidence} | set(task.risk_evidence)
    ids = dict(Message.objects.filter(session=task.session_id, seq__in=cited).values_list("seq", "id"))

    def named(seqs: list[int]) -> list[dict[str, Any]]:
        return [{"message_id": ids[seq], "seq": seq} for seq in seqs if seq in ids]

    def evidence(claim: Any) -> list[dict[str, Any]]:
        return named(claim.evidence)

    return task.as_wire() | {
        "evidence": evidence(task),
        "risk_evidence": named(task.risk_evidence),
        "messages": [{"message_id": pk, "seq": seq, "role": role} for seq, pk, role in links],
        "progresses": [{"text": note.text, "evidence": evidence(note)} for note in task.progresses.all()],
        "preferences": [{"statement": wish.statement, "evidence": evidence(wish)} for wish in task.preferences.all()],
        "history": [_change(change) | {"evidence": evidence(change)} for change in changes],
    }


def _change(change: TaskChange) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "before": change.before,
        "after": change.after,
        "reason": change.reason,
        "basis": change.basis or None,
        "by": change.made_by,
        "run_id": change.run_id,
        "created_at": change.created_at,
    }
