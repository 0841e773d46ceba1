"""What was read, as operations."""

from collections.abc import Iterable

from tasks.extraction.offline import progress
from tasks.extraction.offline.threads import Thread
from tasks.extraction.operations import Edit, Link, NewTask, Operations, ProgressNote, StatusChange, Unassigned


def operations_of(threads: Iterable[Thread], unassigned: dict[str, list[int]]) -> Operations:
    """Return what the window changes about each task, and the messages that serve none."""
    operations = Operations(unassigned=[Unassigned(seqs=seqs, why=why) for why, seqs in unassigned.items()])
    for thread in threads:
        task = thread.handle
        if thread.known is None:
            new = NewTask(alias=task, description=thread.description, request_seq=thread.request_seq)
            operations.new_tasks.append(new)
        elif thread.description != thread.known.description:
            edit = Edit(task=task, description=thread.description, reason=CHANGED_MIND, evidence=thread.edited_by)
            operations.edits.append(edit)
        operations.links += [Link(task=task, seqs=seqs, role=role) for role, seqs in thread.links.items()]
        operations.progress += [
            ProgressNote(task=task, text=text, evidence=list(evidence))
            for text, evidence in progress.chosen(thread.steps)
        ]
        if thread.is_changed and (not thread.is_reopened or thread.links.get("feedback")):
            operations.status.append(_status_of(thread))
    return operations


CHANGED_MIND = "The user changed their mind."


def _status_of(thread: Thread) -> StatusChange:
    now = thread.standing
    evidence = list(now.evidence) or [thread.last_seq]
    if thread.is_reopened:
        # What reopens a finished task is the user's word, not the agent's.
        evidence = sorted({*evidence, thread.links["feedback"][-1]})
    return StatusChange(task=thread.handle, status=now.status, basis=now.basis, reason=now.reason, evidence=evidence)
