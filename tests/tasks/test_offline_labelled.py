"""The rules on a hundred labelled conversations of many kinds and languages: floors under their figures.

The conversations were written for this project, in other words and about other things than the rules were first tried
on. A change of a rule may lose one of them and win two others; what it may not do is to lose more than it wins.
"""

from pathlib import Path

import pytest

from sessions.formats import parse
from sessions.formats.openai import INSTRUCTIONS
from tasks.evaluation.dataset import Conversation, FoundTask, Prediction, read_dataset
from tasks.evaluation.scoring.figures import figures
from tasks.evaluation.scoring.score import STATUSES, Score
from tasks.extraction.window import WindowMessage
from tests.tasks.offline_talks import Ledger, read, read_by_turn

FOLDER = Path(__file__).parent / "labelled"


def messages_of(conversation: Conversation) -> list[WindowMessage]:
    messages = []
    for seq, blob in enumerate(conversation.messages, start=1):
        content = parse("openai", blob)
        is_system = content.facts.get("original_role") in INSTRUCTIONS
        messages.append(WindowMessage(seq, content.role, tuple(content.parts), is_system=is_system))
    return messages


def as_prediction(conversation: Conversation, ledger: Ledger) -> Prediction:
    tasks = [
        FoundTask(task.description, frozenset(seq - 1 for seq in task.seqs), task.status, tuple(task.progress))
        for task in ledger.tasks
    ]
    return Prediction(conversation.id, tasks, list(ledger.preferences.values()))


@pytest.mark.parametrize("reading", [read, read_by_turn])
def test_figures_stay_above_their_floors(reading):
    score = Score()
    for conversation in read_dataset(FOLDER):
        score.add(conversation, as_prediction(conversation, reading(messages_of(conversation))))

    told = figures(score)
    floors = {
        "task_f1": 0.90,
        "boundary_f1": 0.85,
        "status_macro_f1": 0.80,
        "preference_precision": 0.70,
        "preference_recall": 0.50,
    }
    assert {name: told[name] for name, floor in floors.items() if told[name] < floor} == {}
    assert told["preference_copy_ratio"] < 0.30


def test_the_conversations_are_of_all_kinds():
    conversations = read_dataset(FOLDER)
    statuses = [task.status for conversation in conversations for task in conversation.tasks]

    assert len(conversations) > 90
    assert len({conversation.source for conversation in conversations}) > 20
    assert all(statuses.count(status) >= 4 for status in STATUSES)
