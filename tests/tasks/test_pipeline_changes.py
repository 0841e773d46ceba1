"""What later windows change about what is known: merges, wishes taken back, marks, and who said so."""

from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from sessions.models import Project, Session
from tasks.corrections import correct_task
from tasks.extraction.queue import claim
from tasks.extraction.run import extract
from tasks.models import ExtractionRun, Preference, Task, TaskChange
from tests.factories import make_session, store
from tests.fakes import ScriptedLLM, answer

pytestmark = pytest.mark.django_db
LATER = timedelta(days=1)


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project, user="lena")


def hear(session: Session, *said: str) -> None:
    """Store messages of the user and the agent in turn, and extract them."""
    roles = ("user", "assistant") * len(said)
    store(session, *({"role": role, "content": text} for role, text in zip(roles, said, strict=False)))
    lease = claim(session.pk, now=timezone.now() + LATER)
    assert lease
    extract(lease)


LOGIN = {"description": "Fix the login bug", "request": 1, "messages": [1, 2]}
SIGN_IN = {"description": "Repair signing in", "request": 3, "messages": [3, 4]}


def test_two_tasks_that_are_one_become_one(session: Session, llm: ScriptedLLM, api: httpx.Client) -> None:
    step = {"progress": [{"text": "Renewed the cookie", "message": 4}]}
    llm.will_answer(answer(LOGIN), answer(SIGN_IN | step))
    hear(session, "Fix the login bug", "Fixed.")
    hear(session, "Repair signing in", "I renewed the cookie.")
    merge = {"task": "T2", "into": "T1", "reason": "the user says that it is the same"}
    llm.will_answer(answer(LOGIN | {"task": "T1", "request": 5, "messages": [5, 6]}, merges=[merge]))

    hear(session, "That is the same bug as the login", "I see.")

    task = Task.objects.get(session=session)
    assert (task.order, task.links.count()) == (1, 6)
    assert [note.text for note in task.progresses.all()] == ["Renewed the cookie"]
    hidden = Task.all_objects.get(session=session, order=2)
    assert hidden.merged_into == task
    merges = TaskChange.objects.filter(kind="merged").values_list("task__order", "after", "evidence")
    assert list(merges) == [(2, "into T1", [5]), (1, "with T2 Repair signing in", [5])]
    listed = api.get(f"/session/{session.pk}/task").json()["data"]["items"]
    assert [item["order"] for item in listed] == [1]
    assert api.get(f"/task/{hidden.pk}").status_code == 404


def test_the_next_task_after_a_merge_has_a_number_of_its_own(session: Session, llm: ScriptedLLM) -> None:
    llm.will_answer(answer(LOGIN), answer(SIGN_IN))
    hear(session, "Fix the login bug", "Fixed.")
    hear(session, "Repair signing in", "Fixed.")
    llm.will_answer(answer(no_task=[5, 6], merges=[{"task": "T2", "into": "T1", "reason": ""}]))
    hear(session, "It is one bug", "Right.")
    llm.will_answer(answer({"description": "Write notes", "request": 7, "messages": [7, 8]}))
    hear(session, "Write notes", "Written.")
    assert list(Task.objects.filter(session=session).order_by("order").values_list("order", flat=True)) == [1, 3]


def test_a_task_that_a_person_corrected_is_not_merged_away(session: Session, llm: ScriptedLLM) -> None:
    llm.will_answer(answer(LOGIN), answer(SIGN_IN))
    hear(session, "Fix the login bug", "Fixed.")
    hear(session, "Repair signing in", "Fixed.")
    correct_task(Task.objects.get(order=2), status="failed", reason="it was not")
    wrong = answer(no_task=[5, 6], merges=[{"task": "T2", "into": "T1", "reason": ""}])
    llm.will_answer(wrong, wrong, wrong)
    hear(session, "It is one bug", "Right.")
    assert Task.objects.filter(session=session).count() == 2
    assert ExtractionRun.objects.get(from_seq=5).rejected[0]["problem"] == "T2 was corrected by hand"


def test_a_wish_that_the_user_takes_back_is_withdrawn(session: Session, llm: ScriptedLLM) -> None:
    wish = {"statement": "The user prefers tabs", "replaces": "", "message": 1}
    llm.will_answer(answer(LOGIN, preferences=[wish]))
    hear(session, "Fix the login bug, with tabs as always", "Fixed.")
    known = Preference.objects.get()
    llm.will_answer(answer(no_task=[3, 4], preferences=[{"statement": "", "replaces": f"P{known.pk}", "message": 3}]))
    hear(session, "Forget about tabs", "All right.")
    known.refresh_from_db()
    assert known.status == "withdrawn"


def test_risk_situation_and_extractor_are_told(session: Session, llm: ScriptedLLM, api: httpx.Client) -> None:
    llm.will_answer(answer(LOGIN | {"status": "abandoned", "messages": [1]}))
    hear(session, "Fix the login bug. No, forget it")
    task = Task.objects.get()
    told = api.get(f"/task/{task.pk}").json()["data"]
    assert (told["status"], told["situation"], told["extractor"], told["risk"]) == ("failed", "abandoned", "llm", None)
    llm.will_answer(answer(LOGIN | {"task": "T1", "request": 2, "messages": [2, 3], "basis": "claimed"}))
    hear(session, "Do it after all", "Fixed, and all tests pass.")
    told = api.get(f"/task/{task.pk}").json()["data"]
    assert (told["status"], told["situation"], told["risk"]) == ("success", None, "not_run")
    assert [evidence["seq"] for evidence in told["risk_evidence"]] == [3]


def test_a_persons_word_takes_the_mark_away(session: Session, llm: ScriptedLLM) -> None:
    llm.will_answer(answer(LOGIN))
    hear(session, "Fix the login bug", "Fixed, and all tests pass.")
    task = Task.objects.get()
    assert task.risk == "not_run"
    assert correct_task(task, status="success", reason="I looked").risk == ""
