"""Turn operations into rows: tasks, links, progresses, history, preferences."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from sessions.models import Message, Session
from tasks.extraction.operations import Operations
from tasks.extraction.reading import current_preferences, removed_preferences
from tasks.extraction.wording import likeness, normalized
from tasks.merging import merge_into
from tasks.models import ExtractionRun, Preference, Progress, Task, TaskChange, TaskMessage

Kind = TaskChange.Kind
WRITTEN = [
    "description",
    "status",
    "basis",
    "reason",
    "evidence",
    "situation",
    "risk",
    "risk_evidence",
    "extractor",
    "updated_at",
]


@dataclass
class Writer:
    """Writes one run's operations, inside the transaction of the commit. Handles become rows here.

    `known` gives the handles another meaning than the tasks' order, `stands_for` names tasks that new ones turn out to
    be: both for a session that is read again.
    """

    session: Session
    run: ExtractionRun
    now: datetime = field(default_factory=timezone.now)
    known: dict[str, Task] | None = None
    stands_for: dict[str, Task] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    changes: list[TaskChange] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)

    def write(self, operations: Operations) -> None:
        """Apply all of them, in the order in which they may depend on one another."""
        known = self.known
        if known is None:
            known = self._known()
            self.stands_for = self._left_over(operations, known)
        self.tasks |= known
        self._open(operations)
        self._link(operations)
        self._progress(operations)
        self._status(operations)
        self._edit(operations)
        self._risks(operations)
        self._preferences(operations)
        self._merge(operations)
        touched = [self.tasks[handle] for handle in self.touched]
        for task in touched:
            task.updated_at, task.extractor = self.now, self.run.extractor
        Task.all_objects.bulk_update(touched, WRITTEN)
        TaskChange.objects.bulk_create(self.changes)

    def _known(self) -> dict[str, Task]:
        """Return the session's tasks by their handles, held: nobody corrects one between here and the commit.

        A task that was merged away since the window was read means the one that it is part of.
        """
        rows = Task.all_objects.select_for_update().filter(session=self.session).order_by("pk")
        tasks = {task.pk: task for task in rows}
        return {f"T{task.order}": tasks.get(task.merged_into_id or task.pk, task) for task in tasks.values()}

    def _open(self, operations: Operations) -> None:
        last = Task.all_objects.filter(session=self.session).aggregate(last=Max("order"))["last"] or 0
        created: list[Task] = []
        self.tasks |= self.stands_for
        self.touched.update(self.stands_for)
        for index, new in enumerate(new for new in operations.new_tasks if new.alias not in self.stands_for):
            # A microsecond apart, so that lists by time show the tasks of one run in their order.
            created_at = self.now + timedelta(microseconds=index)
            task = Task(
                project_id=self.session.project_id,
                session=self.session,
                order=last + 1 + index,
                description=new.description,
                evidence=[new.request_seq],
                extractor=self.run.extractor,
                created_at=created_at,
                updated_at=created_at,
            )
            self.tasks[new.alias] = task
            created.append(task)
            self._note(task, Kind.CREATED, after=new.description, evidence=[new.request_seq])
        Task.all_objects.bulk_create(created)
        if created:
            orphans = Preference.objects.filter(session=self.session, task=None)
            orphans.update(task=created[0])

    def _left_over(self, operations: Operations, known: dict[str, Task]) -> dict[str, Task]:
        """Return the tasks that new ones are already: kept for a person's word when the session was extracted again."""
        if not self.session.generation:
            return {}
        new_seqs = [new.request_seq for new in operations.new_tasks if new.request_seq > self.session.cursor_seq]
        links = TaskMessage.objects.filter(
            task__session=self.session, task__merged_into=None, message__seq__in=new_seqs, role="request"
        )
        waiting = list(links.order_by("task__order").values_list("task_id", "message__seq"))
        tasks = {task.pk: task for task in known.values()}
        found: dict[str, Task] = {}
        for new in operations.new_tasks:
            here = [tasks[pk] for pk, seq in waiting if seq == new.request_seq and tasks[pk] not in found.values()]
            if here:
                found[new.alias] = max(here, key=lambda task: likeness(task.description, new.description))
        return found

    def _link(self, operations: Operations) -> None:
        seqs = {seq for link in operations.links for seq in link.seqs}
        ids = dict(Message.objects.filter(session=self.session, seq__in=seqs).values_list("seq", "pk"))
        placed = self._placed()
        rows = []
        for link in operations.links:
            task = self.tasks[link.task]
            elsewhere = [seq for seq in link.seqs if seq in placed and task.pk not in placed[seq]]
            if elsewhere:
                self._refuse("link", f"{link.task} {elsewhere}", "a person said which task these messages belong to")
            rows += [
                TaskMessage(task=task, message_id=ids[seq], role=link.role) for seq in link.seqs if seq not in elsewhere
            ]
        TaskMessage.objects.bulk_create(rows, ignore_conflicts=True)
        self.touched.update(link.task for link in operations.links)

    def _progress(self, operations: Operations) -> None:
        Progress.objects.bulk_create(
            Progress(task=self.tasks[note.task], text=note.text, evidence=note.evidence, run=self.run)
            for note in operations.progress
        )
        self.touched.update(note.task for note in operations.progress)

    def _status(self, operations: Operations) -> None:
        held = self._corrected(Kind.STATUS)
        for change in operations.status:
            task = self.tasks[change.task]
            if task.pk in held:
                self._refuse("status", change.task)
                continue
            if (task.status, task.basis) != (change.status, change.basis):
                self._note(
                    task,
                    Kind.STATUS,
                    before=task.status,
                    after=change.status,
                    reason=change.reason,
                    basis=change.basis,
                    evidence=change.evidence,
                )
            task.status, task.basis, task.reason = change.status, change.basis, change.reason
            task.evidence, task.situation = change.evidence, change.situation
            task.risk, task.risk_evidence = "", []
            self.touched.add(change.task)

    def _edit(self, operations: Operations) -> None:
        held = self._corrected(Kind.DESCRIPTION)
        for edit in operations.edits:
            task = self.tasks[edit.task]
            if task.pk in held:
                self._refuse("edit", edit.task)
            elif task.description != edit.description:
                self._note(
                    task,
                    Kind.DESCRIPTION,
                    before=task.description,
                    after=edit.description,
                    reason=edit.reason,
                    evidence=edit.evidence,
                )
                task.description = edit.description
                self.touched.add(edit.task)

    def _risks(self, operations: Operations) -> None:
        held = self._corrected(Kind.STATUS)
        for risk in operations.risks:
            task = self.tasks[risk.task]
            if task.pk not in held:
                task.risk, task.risk_evidence = risk.kind, risk.evidence
                self.touched.add(risk.task)

    def _merge(self, operations: Operations) -> None:
        held = self._corrected(*Kind)
        for merge in operations.merges:
            task, into = self.tasks[merge.task], self.tasks[merge.into]
            if task.pk in held:
                self._refuse("merge", merge.task)
                continue
            if task.pk == into.pk:
                continue
            for changed, after in ((task, f"into T{into.order}"), (into, f"with T{task.order} {task.description}")):
                self._note(
                    changed,
                    Kind.MERGED,
                    before=changed.description,
                    after=after,
                    reason=merge.reason,
                    evidence=merge.evidence,
                )
            merge_into(task, into)
            self.touched |= {merge.task, merge.into}

    def _preferences(self, operations: Operations) -> None:
        Status = Preference.Status  # noqa: N806 (a class)
        known = {f"P{row.pk}": row for row in current_preferences(self.session)}
        # What a person removed is not said again, as what holds is not.
        said = {normalized(row.statement) for row in (*known.values(), *removed_preferences(self.session))}
        last_task = max(self.tasks.values(), key=lambda task: task.order, default=None)
        for change in operations.preferences:
            target = known.pop(change.target, None) if change.op != "add" else None
            if change.op == "withdraw":
                if target:
                    Preference.objects.filter(pk=target.pk).update(status=Status.WITHDRAWN)
                continue
            if normalized(change.statement) in said:
                continue
            said.add(normalized(change.statement))
            row = Preference.objects.create(
                project_id=self.session.project_id,
                end_user_id=self.session.end_user_id,
                session=self.session,
                task=self.tasks[change.task] if change.task else last_task,
                statement=change.statement,
                evidence=change.evidence,
                run=self.run,
            )
            if target:
                Preference.objects.filter(pk=target.pk).update(status=Status.REPLACED, replaced_by=row)

    def _corrected(self, *kinds: str) -> set[object]:
        """Tasks of which a person or an agent has said this: their word stands."""
        corrections = TaskChange.objects.standing().filter(task__session=self.session, kind__in=kinds)
        return set(corrections.values_list("task_id", flat=True))

    def _placed(self) -> dict[int, set[object]]:
        """Messages that a person has given to a task, by their numbers, with the tasks that they are in."""
        lines = TaskChange.objects.standing().filter(task__session=self.session, kind__in=[Kind.SPLIT, Kind.MESSAGES])
        placed: dict[int, set[object]] = {
            seq: set() for seqs in lines.values_list("evidence", flat=True) for seq in seqs
        }
        links = TaskMessage.objects.filter(task__session=self.session, message__seq__in=placed)
        for task_id, seq in links.values_list("task_id", "message__seq"):
            placed[seq].add(task_id)
        return placed

    def _note(
        self,
        task: Task,
        kind: str,
        *,
        after: str,
        evidence: list[int],
        before: str = "",
        reason: str = "",
        basis: str = "",
    ) -> None:
        self.changes.append(
            TaskChange(
                task=task,
                kind=kind,
                before=before,
                after=after,
                reason=reason,
                basis=basis,
                evidence=evidence,
                run=self.run,
                created_at=self.now,
            )
        )

    def _refuse(self, operation: str, handle: str, problem: str = "it was corrected by hand") -> None:
        self.run.rejected.append({"operation": operation, "value": handle, "problem": problem})
        ExtractionRun.objects.filter(pk=self.run.pk).update(rejected=self.run.rejected, status="partial")
