"""Reading a session for a second time, as the tests of it do."""

from sessions.models import Message, Project, Session
from tasks.models import Preference, Progress, Reextraction, Task, TaskChange, TaskMessage
from tasks.reextraction.proposing import propose
from tasks.reextraction.queue import take
from tasks.reextraction.run import work
from tests.factories import PHONES, make_session, store
from tests.fakes import ScriptedLLM, answer
from tests.tasks.extracting import extract_all, later

ONE_TASK = answer(
    {
        "description": "Research the iPhone 15 and compare it",
        "request": 1,
        "messages": [1, 2, 3, 4],
        "status": "failed",
        "basis": "claimed",
        "progress": [{"text": "Compared both phones", "message": 4}],
    },
    preferences=[{"statement": "The user compares before buying", "replaces": "", "message": 3}],
)


def finish(proposal: Reextraction) -> Reextraction:
    """Do what a worker does with a proposal."""
    hold = take(proposal.pk, now=later())
    assert hold
    work(hold)
    proposal.refresh_from_db()
    return proposal


def again(session: Session, **options) -> Reextraction:
    return finish(propose(session, **options))


def rows_of(session: Session) -> list[tuple]:
    tasks = Task.objects.filter(session=session).order_by("order")
    return [(task.order, task.description, task.status) for task in tasks]


def extract_all_with(llm: ScriptedLLM, *answers) -> None:
    llm.will_answer(*answers)
    extract_all()


def extracted(project: Project) -> Session:
    """A session that the offline rules have read: two tasks."""
    session = make_session(project, user="ada@example.com")
    store(session, *PHONES)
    extract_all()
    assert Task.objects.count() == 2
    return session


def snapshot() -> list:
    tables = (Task, TaskMessage, TaskChange, Progress, Preference, Session, Message)
    return [list(table.objects.order_by("pk").values()) for table in tables]
