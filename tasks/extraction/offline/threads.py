"""The tasks of a session while a window is read."""

from dataclasses import dataclass, field

from tasks.extraction.offline.clauses import Form, read_clause
from tasks.extraction.offline.outcome import Standing
from tasks.extraction.offline.progress import is_repeated
from tasks.extraction.offline.sentences import sentences
from tasks.extraction.operations import LinkRole
from tasks.extraction.window import KnownTask


@dataclass
class Thread:
    """A task, known or opened in this window, with what the window adds to it."""

    handle: str
    description: str
    standing: Standing
    request_seq: int
    last_seq: int = 0
    known: KnownTask | None = None
    links: dict[LinkRole, list[int]] = field(default_factory=dict)
    edited_by: list[int] = field(default_factory=list)
    steps: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)

    @classmethod
    def of(cls, task: KnownTask) -> "Thread":
        standing = Standing(task.status, task.basis)  # type: ignore[arg-type]
        return cls(
            task.handle, task.description, standing, task.request_seq, max(task.last_seq, task.request_seq), task
        )

    @property
    def is_changed(self) -> bool:
        if self.known is None:
            return True
        return (self.standing.status, self.standing.basis) != (self.known.status, self.known.basis)

    @property
    def is_reopened(self) -> bool:
        """Whether a task that was over when the window began is not over now."""
        over = {"success", "failed"}
        return self.known is not None and self.known.status in over and self.standing.status not in over

    @property
    def known_steps(self) -> list[str]:
        return [*(self.known.progresses if self.known else ()), *(line for line, _ in self.steps)]

    @property
    def is_order(self) -> bool:
        """Whether something is to be done or found, rather than a question answered."""
        clauses = [read_clause(sentence) for sentence in sentences(self.description)]
        return any(clause.is_request for clause in clauses) or not any(c.form is Form.QUESTION for c in clauses)

    def note(self, step: str, evidence: tuple[int, ...]) -> None:
        """Add a step unless it was told before."""
        if step and not is_repeated(step, self.known_steps):
            self.steps.append((step, evidence))

    def link(self, seq: int, role: LinkRole) -> None:
        self.links.setdefault(role, []).append(seq)
        self.last_seq = max(self.last_seq, seq)
