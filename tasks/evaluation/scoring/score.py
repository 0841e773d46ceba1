"""Add up, conversation by conversation, what the figures are made of."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tasks.evaluation.dataset import Conversation, Cost, Prediction, RightTask
from tasks.evaluation.scoring.pairing import best_pairs, shared
from tasks.evaluation.scoring.segments import b_cubed, boundaries, f1, user_turns, without
from tasks.evaluation.scoring.wording import content, holds, rouge_l, tokens

STATUSES = ("success", "failed", "running", "pending")
MISSING = "missing"
IS_FOUND = 0.5
# Ties between tasks with the same messages go to the likelier description.
TIE = 1e-3


@dataclass
class Tally:
    """Hits of what was found and of what is right."""

    hits: int = 0
    found: int = 0
    right: int = 0

    @property
    def precision(self) -> float | None:
        return self.hits / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        return self.hits / self.right if self.right else None

    @property
    def f1(self) -> float:
        return f1(self.precision or 0.0, self.recall or 0.0)


@dataclass
class Score:
    """The sums of some conversations; figures are read off by `figures.figures`."""

    conversations: int = 0
    labelled: int = 0
    exact: int = 0
    count_error: int = 0
    count_bias: int = 0
    tasks: Tally = field(default_factory=Tally)
    starts: Tally = field(default_factory=Tally)
    wishes_told: Tally = field(default_factory=Tally)
    wishes_right: Tally = field(default_factory=Tally)
    statuses: Counter[tuple[str, str]] = field(default_factory=Counter)
    b_cubed: list[float] = field(default_factory=list)
    likeness: float = 0.0
    wish_words: int = 0
    user_words: int = 0
    grounded: list[float] = field(default_factory=list)
    cost: Cost = field(default_factory=Cost)

    def add(self, conversation: Conversation, prediction: Prediction) -> None:
        """Count a conversation; without labels only what it cost."""
        self.conversations += 1
        for name, value in vars(prediction.cost).items():
            setattr(self.cost, name, getattr(self.cost, name) + value)
        self._add_grounding(conversation, prediction)
        if conversation.tasks is None:
            return
        self.labelled += 1
        system = {i for i, m in enumerate(conversation.messages) if m.get("role") in ("system", "developer")}
        turns = user_turns(conversation.messages)
        right = without((task.messages for task in conversation.tasks), system)
        found = without((task.messages for task in prediction.tasks), system)
        difference = len(found) - len(right)
        self.exact += difference == 0
        self.count_error += abs(difference)
        self.count_bias += difference
        opened, seen = boundaries(right, turns), boundaries(found, turns)
        self.starts.hits += len(opened & seen)
        self.starts.found += len(seen)
        self.starts.right += len(opened)
        if grouped := b_cubed(right, found, len(conversation.messages)):
            self.b_cubed.append(grouped[2])
        pairs = self._add_tasks(conversation.tasks, prediction, right, found)
        if all(task.preferences is not None for task in conversation.tasks):
            self._add_wishes(conversation, prediction, turns)
        self._add_statuses(conversation.tasks, prediction, pairs)

    def _add_tasks(
        self,
        tasks: Iterable[RightTask],
        prediction: Prediction,
        right: list[frozenset[int]],
        found: list[frozenset[int]],
    ) -> dict[int, int]:
        """Pair right with found tasks; return right -> found."""
        alike = [
            [max(rouge_l(said, other.description) for said in task.descriptions) for other in prediction.tasks]
            for task in tasks
        ]
        weights = [
            [shared(one, other) + TIE * alike[i][j] if one & other else 0.0 for j, other in enumerate(found)]
            for i, one in enumerate(right)
        ]
        pairs = best_pairs(weights) if right and found else {}
        self.tasks.hits += sum(shared(right[i], found[j]) >= IS_FOUND for i, j in pairs.items())
        self.tasks.found += len(found)
        self.tasks.right += len(right)
        self.likeness += sum(alike[i][j] for i, j in pairs.items())
        return pairs

    def _add_statuses(self, tasks: Iterable[RightTask], prediction: Prediction, pairs: dict[int, int]) -> None:
        for i, task in enumerate(tasks):
            self.statuses[task.status, prediction.tasks[pairs[i]].status if i in pairs else MISSING] += 1

    def _add_wishes(self, conversation: Conversation, prediction: Prediction, turns: list[int]) -> None:
        told = [wish for task in prediction.tasks for wish in task.preferences] + prediction.preferences
        right = [wish for task in conversation.tasks or () for wish in task.preferences or () if wish.is_literal]
        self.wishes_right.right += len(right)
        self.wishes_right.hits += sum(any(holds(said, v) for v in wish.values for said in told) for wish in right)
        self.wishes_told.found += len(told)
        self.wishes_told.hits += sum(any(holds(said, v) for wish in right for v in wish.values) for said in told)
        self.wish_words += sum(len(tokens(said)) for said in told)
        spoken = (conversation.messages[turn].get("content") for turn in turns)
        self.user_words += sum(len(tokens(text)) for text in spoken if isinstance(text, str))

    def _add_grounding(self, conversation: Conversation, prediction: Prediction) -> None:
        for task in prediction.tasks:
            work = (conversation.messages[i] for i in task.messages if i < len(conversation.messages))
            shown = {
                word
                for message in work
                if message.get("role") in ("assistant", "tool")
                for word in tokens(json.dumps(message, ensure_ascii=False))
            }
            for progress in task.progresses:
                if said := content(progress):
                    self.grounded.append(sum(word in shown for word in said) / len(said))


def score_by_source(pairs: Iterable[tuple[Conversation, Prediction]]) -> dict[str, Score]:
    """Return the sums of all conversations under ALL, and of each source under its name."""
    scores = {ALL: Score()}
    for conversation, prediction in pairs:
        scores[ALL].add(conversation, prediction)
        if conversation.source:
            scores.setdefault(conversation.source, Score()).add(conversation, prediction)
    return scores


ALL = "ALL"
