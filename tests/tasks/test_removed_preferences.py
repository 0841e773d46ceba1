"""A person's word on a preference outlasts extraction; the ledger knows how long a run's messages waited."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from sessions.models import Project
from tasks.corrections import put_back_preference, remove_preference
from tasks.models import ExtractionRun, Preference
from tests.factories import PHONES, make_session, store
from tests.fakes import ScriptedLLM
from tests.tasks.answers import PHONE_TASKS
from tests.tasks.extracting import extract_all

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("user", ["lena", ""])
def test_what_a_person_removed_is_not_said_again(
    project: Project, llm: ScriptedLLM, django_user_model: type[User], user: str
) -> None:
    alice = django_user_model.objects.create_user("alice")
    session = make_session(project, user=user)
    store(session, *PHONES)
    llm.will_answer(PHONE_TASKS)
    extract_all()
    wish = remove_preference(Preference.objects.get(), person=alice)
    again = session if not user else make_session(project, user=user)
    store(again, *PHONES)
    llm.will_answer(PHONE_TASKS if user else _moved(4))
    extract_all()
    assert [(row.pk, row.status, row.removed_by) for row in Preference.objects.all()] == [(wish.pk, "withdrawn", alice)]
    put_back_preference(wish)
    assert Preference.objects.get().status == "active"


def test_another_user_may_still_say_it(project: Project, llm: ScriptedLLM, django_user_model: type[User]) -> None:
    for user in ("lena", "jonas"):
        store(make_session(project, user=user), *PHONES)
        llm.will_answer(PHONE_TASKS)
        extract_all()
        remove_preference(
            Preference.objects.get(end_user__identifier=user), person=django_user_model.objects.create_user(user)
        )
    assert Preference.objects.count() == 2


def test_a_run_keeps_since_when_its_messages_waited(project: Project) -> None:
    session = make_session(project)
    before = timezone.now()
    store(session, *PHONES)
    first = session.messages.get(seq=1)
    extract_all()
    run = ExtractionRun.objects.get()
    assert run.waiting_since
    assert before <= run.waiting_since <= run.started_at <= run.finished_at
    assert abs((run.waiting_since - first.created_at).total_seconds()) < 0.1


def _moved(by: int) -> dict:
    """Return the answer for the same conversation, told again in the same session."""
    wish = {**PHONE_TASKS["preferences"][0], "message": PHONE_TASKS["preferences"][0]["message"] + by}
    tasks = [
        {
            **task,
            "request": task["request"] + by,
            "messages": [seq + by for seq in task["messages"]],
            "progress": [{**note, "message": note["message"] + by} for note in task.get("progress", [])],
        }
        for task in PHONE_TASKS["tasks"]
    ]
    return {**PHONE_TASKS, "tasks": tasks, "preferences": [wish]}
