"""`manage.py evaluate`: through the real pipeline, with predictions and a scorecard, and nothing left behind."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sessions.models import Message, Project, Session
from tests.factories import PHONES
from tests.fakes import Reply, ScriptedLLM, answer
from tests.tasks.answers import PHONE_TASKS

pytestmark = pytest.mark.django_db

GOLD = {
    "tasks": [
        {
            "description": "Research iPhone 15 specs and summarize the key features",
            "message_indexes": [0, 1],
            "status": "success",
            "preferences": [],
        },
        {
            "description": "Now create a comparison table with iPhone 14",
            "message_indexes": [2, 3],
            "status": "success",
            "preferences": [{"values": ["tables"]}],
        },
    ]
}


@pytest.fixture
def dataset(tmp_path: Path):
    def write(*lines: dict) -> Path:
        path = tmp_path / "in.jsonl"
        path.write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")
        return path

    return write


def evaluate(path: Path, *, extractor: str = "offline", **options) -> tuple[list[dict], dict, str]:
    out, figures, told = path.with_name("out.jsonl"), path.with_name("figures.json"), StringIO()
    call_command("evaluate", path, extractor=extractor, out=out, json=figures, stdout=told, stderr=told, **options)
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    return lines, json.loads(figures.read_text()), told.getvalue()


@pytest.mark.parametrize("windows", ["whole", "turns"])
def test_labelled_conversations_get_predictions_and_a_scorecard(dataset, windows):
    path = dataset({"id": "a", "source": "ours", "messages": PHONES, "gold": {"fine": GOLD, "coarse": GOLD}})

    (line,), figures, told = evaluate(path, windows=windows)

    assert [task["message_indexes"] for task in line["tasks"]] == [[0, 1], [2, 3]]
    assert line["tasks"][0]["task_description"].startswith("Research iPhone 15")
    for name in ("task_f1", "boundary_f1", "b3_f1", "count_exact", "status_macro_f1", "evidence_validity"):
        assert figures["ALL"][name] == figures["ours"][name] == 1.0
    assert (figures["ALL"]["calls"], figures["ALL"]["preference_recall"]) == (0, 0.0)
    assert "offline rules" in told


def test_nothing_is_left_behind_and_nothing_else_is_touched(dataset, project):
    evaluate(dataset({"id": "a", "messages": PHONES}))

    assert list(Project.objects.all()) == [project]
    assert (Session.objects.count(), Message.objects.count()) == (0, 0)


def test_without_labels_there_are_predictions_and_cost_only(dataset):
    (line,), figures, told = evaluate(dataset({"id": "a", "messages": PHONES}))

    assert len(line["tasks"]) == 2
    assert (figures["ALL"]["task_f1"], figures["ALL"]["conversations"]) == (None, 1)
    assert "no labels" in told


def test_an_llm_is_measured_with_its_calls_and_tokens(dataset, llm: ScriptedLLM):
    llm.will_answer(PHONE_TASKS)

    (line,), figures, _ = evaluate(dataset({"id": "a", "messages": PHONES, "gold": GOLD}), extractor="llm")

    assert line["tasks"][1]["user_preferences"] == ["The user wants comparisons as tables"]
    told = figures["ALL"]
    assert (told["calls"], told["input_tokens"], told["cached_tokens"], told["output_tokens"]) == (1, 100, 40, 20)
    assert (told["task_f1"], told["preference_precision"], told["evidence_validity"]) == (1.0, 1.0, 1.0)


def test_by_turns_the_llm_is_asked_after_each(dataset, llm: ScriptedLLM):
    first = answer({"description": "Research", "request": 1, "messages": [1, 2]})
    second = answer({"description": "Comparison table", "request": 3, "messages": [3, 4]})
    llm.will_answer(first, second)

    (line,), figures, _ = evaluate(dataset({"id": "a", "messages": PHONES}), extractor="llm", windows="turns")

    assert [task["message_indexes"] for task in line["tasks"]] == [[0, 1], [2, 3]]
    assert figures["ALL"]["calls"] == 2


def test_offline_asks_no_llm_even_if_one_is_configured(dataset, llm: ScriptedLLM):
    evaluate(dataset({"id": "a", "messages": PHONES}))

    assert llm.requests == []


def test_an_outage_is_waited_for_and_a_lasting_one_is_told(dataset, llm: ScriptedLLM, monkeypatch):
    naps = []
    monkeypatch.setattr("tasks.evaluation.replay.time.sleep", naps.append)
    llm.will_answer(Reply(status=500), PHONE_TASKS)
    (line,), _, _ = evaluate(dataset({"id": "a", "messages": PHONES}), extractor="llm")
    assert (len(line["tasks"]), len(naps)) == (2, 1)

    (line,), _, told = evaluate(dataset({"id": "a", "messages": PHONES}), extractor="llm")
    assert line["tasks"] == []
    assert "not extracted to the end" in line["problems"][0]
    assert "the LLM answered 500" in told


def test_a_refused_key_ends_it(dataset, llm: ScriptedLLM):
    llm.will_answer(Reply(status=401, error="no such key"))

    with pytest.raises(CommandError, match="no such key"):
        evaluate(dataset({"id": "a", "messages": PHONES}), extractor="llm")
    assert Project.objects.count() == 0


def test_without_an_llm_it_says_what_to_set(dataset):
    with pytest.raises(CommandError, match="LLM_API_KEY"):
        evaluate(dataset({"id": "a", "messages": PHONES}), extractor="llm")


def test_a_message_that_cannot_be_stored_is_told_and_the_positions_stay(dataset):
    messages = [PHONES[0], {"role": "nobody", "content": "?"}, *PHONES[1:]]

    (line,), _, told = evaluate(dataset({"id": "a", "messages": messages}))

    assert [task["message_indexes"] for task in line["tasks"]] == [[0, 2], [3, 4]]
    assert "message 1 was refused" in told


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([{"messages": PHONES}], "line 1: KeyError: 'id'"),
        ([{"id": "a", "messages": "no"}], "messages: must be a list"),
        ([{"id": "a", "messages": []}, {"id": "a", "messages": []}], "more than one conversation is called a"),
        ([{"id": "a", "messages": [], "gold": {"fine": {}}}], "KeyError: 'tasks'"),
    ],
)
def test_a_bad_dataset_is_refused_with_its_place(dataset, lines, problem):
    with pytest.raises(CommandError, match=problem):
        evaluate(dataset(*lines))
