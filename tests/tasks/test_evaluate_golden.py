"""The golden set: each scenario as a conversation with what must come of it, for the rules and for an LLM's answers.

A file says in `passes` which extractors meet it. The rules must fail where they are not named, so that the list stays
true; what can only happen to an LLM is marked `only_llm`. The LLM's answers are written down with the conversation and
come from a scripted server.
"""

import json
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from sessions.models import Project, Session
from tasks.corrections import correct_task
from tasks.evaluation.dataset import read_dataset
from tasks.extraction.queue import Lease, claim
from tasks.extraction.run import extract
from tasks.models import ExtractionRun, Preference, Task, TaskChange, TaskMessage
from tests.factories import make_session, make_task, store
from tests.fakes import Reply, ScriptedLLM, answer

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).parent / "golden"
LATER = timedelta(days=1)
# A call for every kind of failure that one step holds, and some to spare.
MOST_RUNS = 12


@cache
def scenarios() -> list[dict[str, Any]]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))]


def named(*, extractor: str = "") -> list[Any]:
    chosen = [scenario for scenario in scenarios() if not extractor or extractor in scenario["passes"]]
    return [pytest.param(scenario, id=scenario["id"]) for scenario in chosen]


def offline_marked() -> list[Any]:
    fails = pytest.mark.xfail(strict=True, reason="needs an LLM")
    return [
        pytest.param(scenario, id=scenario["id"], marks=() if "offline" in scenario["passes"] else fails)
        for scenario in scenarios()
        if not scenario.get("only_llm")
    ]


class Play:
    """Plays a scenario's steps on a session and keeps the leases, to try them once more at the end."""

    def __init__(self, scenario: dict[str, Any], project: Project, llm: ScriptedLLM | None = None) -> None:
        self.scenario, self.llm = scenario, llm
        project.configs = scenario.get("configs", {})
        project.save()
        self.session: Session = make_session(project)
        self.leases: list[Lease] = []
        self.stored = 0

    def run(self) -> None:
        for step in self.scenario["steps"]:
            self._correct(step.get("correct"))
            store(self.session, *self.scenario["messages"][self.stored : step["until"]])
            self.stored = step["until"]
            if "window_limit" in step:
                Session.objects.update(window_limit=step["window_limit"])
            if self.llm:
                self.llm.replies.extend(self._reply(reply) for reply in step["replies"])
            self._drain()
            self._check_after(step["until"])

    def _drain(self) -> None:
        for _ in range(MOST_RUNS):
            if not (lease := claim(self.session.pk, now=timezone.now() + LATER)):
                break
            self.leases.append(lease)
            extract(lease)
        self.session.refresh_from_db()
        assert self.session.cursor_seq == self.session.head_seq == self.stored

    def _reply(self, reply: dict[str, Any]) -> Reply:
        if "tasks" not in reply:
            return Reply(reply.get("text", ""), reply.get("status", 200), reply.get("finish_reason", "stop"))
        known = Preference.objects.filter(session=self.session, status="active").values_list("pk", flat=True)
        handle = f"P{known[0]}" if known else ""
        wishes = [wish | {"replaces": wish["replaces"].replace("{P}", handle)} for wish in reply["preferences"]]
        return Reply(answer(*reply["tasks"], preferences=wishes, no_task=reply["no_task"]))

    def _correct(self, correction: dict[str, Any] | None) -> None:
        if correction:
            task = Task.objects.get(session=self.session, order=correction["task"])
            correct_task(task, status=correction["status"], reason="looked at it")

    def _check_after(self, until: int) -> None:
        expected = self.scenario["expect"].get("after", {}).get(str(until))
        if expected is not None:
            tasks = Task.objects.filter(session=self.session).order_by("order")
            assert [task.status for task in tasks] == expected

    def snapshot(self) -> list[Any]:
        tables = (Task, TaskMessage, TaskChange, ExtractionRun, Preference, Session)
        return [list(table.objects.order_by("pk").values()) for table in tables]


def check(play: Play) -> None:
    expect, session = play.scenario["expect"], play.session
    tasks = list(Task.objects.filter(session=session).order_by("order").with_claims())
    assert len(tasks) == len(expect["tasks"]), [task.description for task in tasks]
    for task, wanted in zip(tasks, expect["tasks"], strict=True):
        progress = [step.text for step in task.progresses.all()]
        assert wanted["description"].casefold() in task.description.casefold()
        assert task.status == wanted["status"]
        assert sorted(task.links.values_list("message__seq", flat=True)) == [i + 1 for i in wanted["messages"]]
        assert task.basis == wanted.get("basis", task.basis)
        assert wanted.get("reason", "") in task.reason
        for words in wanted.get("progress", ()):
            assert any(words in step for step in progress), progress
        assert len(progress) <= wanted.get("most_progress", 9)
    if "preferences" in expect:
        active = Preference.objects.filter(session=session, status="active").order_by("created_at")
        assert list(active.values_list("statement", flat=True)) == expect["preferences"]
    for order, statuses in expect.get("history", {}).items():
        changes = TaskChange.objects.filter(task__session=session, task__order=order, kind="status").order_by("pk")
        seen = iter(changes.values_list("after", flat=True))
        assert all(status in seen for status in statuses), "the statuses follow one another in the history"
    for order, before in expect.get("edited_from", {}).items():
        assert TaskChange.objects.filter(task__order=order, kind="description", before=before).exists()
    if "runs" in expect:
        runs = ExtractionRun.objects.exclude(status="failed").order_by("from_seq")
        assert [list(pair) for pair in runs.values_list("from_seq", "to_seq")] == expect["runs"]
    if "refused" in expect:
        assert sum(len(run.rejected) for run in ExtractionRun.objects.all()) == expect["refused"]


@pytest.mark.parametrize("scenario", offline_marked())
def test_the_rules(scenario, project):
    play = Play(scenario, project)

    play.run()

    check(play)


@pytest.mark.parametrize("scenario", named(extractor="llm"))
def test_an_llm(scenario, project, llm: ScriptedLLM):
    play = Play(scenario, project, llm)

    play.run()

    check(play)
    assert not llm.replies, "every answer was asked for"
    if "prompt_holds" in scenario["expect"]:
        assert scenario["expect"]["prompt_holds"] in llm.requests[0]["messages"][1]["content"]


@pytest.mark.parametrize("scenario", named(extractor="offline"))
def test_the_same_jobs_once_more_change_nothing(scenario, project):
    play = Play(scenario, project)
    play.run()
    before = play.snapshot()

    for lease in play.leases:
        extract(lease)

    assert play.snapshot() == before


def test_three_hundred_tasks_fit_a_prompt(project, llm: ScriptedLLM):
    session = make_session(project)
    for number in range(300):
        make_task(session, f"Write chapter {number} of the handbook, with all its examples", status="success")
    store(session, {"role": "user", "content": "Write the index"}, {"role": "assistant", "content": "Here it is."})
    llm.will_answer(answer({"description": "Write the index", "request": 1, "messages": [1, 2]}))

    extract(claim(session.pk, now=timezone.now() + LATER))

    assert len(json.dumps(llm.requests[0])) < 20_000
    assert Task.objects.filter(session=session).count() == 301


def test_the_set_holds_every_scenario_and_reads_as_a_dataset():
    wanted = {f"G{n}" for n in range(1, 11)} | {f"B{n}" for n in range(1, 21)}

    assert wanted - {conversation.id for conversation in read_dataset(FOLDER)} == {"B15"}  # the test above
