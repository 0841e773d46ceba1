"""The figures of a scorecard, on cases that can be counted by hand."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.evaluation.bar import Bar
from tasks.evaluation.dataset import Conversation, FoundTask, Prediction, RightPreference, RightTask
from tasks.evaluation.scoring.figures import confusion, figures, table
from tasks.evaluation.scoring.pairing import best_pairs
from tasks.evaluation.scoring.score import Score, score_by_source
from tasks.evaluation.scoring.segments import b_cubed
from tasks.evaluation.scoring.wording import holds, rouge_l

MESSAGES = [
    {"role": "user" if n % 2 == 0 else "assistant", "content": f"message {n} about hotels and trains"} for n in range(6)
]


def right(*messages: int, status: str = "success", wishes=(), said: str = "Find a hotel") -> RightTask:
    return RightTask((said,), frozenset(messages), status, tuple(RightPreference((wish,)) for wish in wishes))


def found(*messages: int, status: str = "success", wishes=(), said: str = "Find a hotel") -> FoundTask:
    return FoundTask(said, frozenset(messages), status, (), tuple(wishes))


def told(tasks, others, **fields):
    score = Score()
    score.add(Conversation("a", MESSAGES, tasks=tuple(tasks)), Prediction("a", list(others), **fields))
    return figures(score)


def test_what_is_right_scores_one():
    tasks = [(0, 1), (2, 3), (4, 5)]
    scored = told([right(*t) for t in tasks], [found(*t) for t in tasks])

    for figure in ("task_f1", "boundary_f1", "b3_f1", "count_exact", "status_accuracy", "status_macro_f1"):
        assert scored[figure] == 1.0
    assert (scored["count_error"], scored["count_bias"]) == (0, 0)


def test_one_task_for_all_is_found_if_it_shares_half():
    scored = told([right(0, 1, 2, 3), right(4, 5)], [found(0, 1, 2, 3, 4, 5)])

    assert scored["task_f1"] == pytest.approx(2 / 3)  # one of one found, one of two right
    assert scored["boundary_f1"] == 0.0
    assert (scored["count_error"], scored["count_bias"]) == (1, -1)
    assert scored["status_accuracy"] == 0.5


def test_nothing_found_is_zero_not_an_error():
    scored = told([right(0, 1)], [])

    assert (scored["task_f1"], scored["status_macro_f1"], scored["preference_precision"]) == (0.0, 0.0, None)


def test_boundaries_are_turns_of_the_user_that_open_a_task():
    scored = told([right(0, 1), right(3, 4, 5)], [found(0, 1), found(2, 3)])

    assert scored["boundary_f1"] == 1.0  # messages 2 and 3 are of the same turn


def test_preferences_are_counted_by_the_values_they_hold():
    scored = told(
        [right(0, 1, wishes=["aisle seat", "vegan"])],
        [found(0, 1, wishes=["The user prefers an aisle seat", "The user likes trains"])],
    )

    assert (scored["preference_precision"], scored["preference_recall"]) == (0.5, 0.5)
    assert scored["preference_copy_ratio"] == pytest.approx(10 / 18)


def test_macro_f1_weighs_rare_statuses_like_frequent_ones():
    tasks = [right(0, 1), right(2, 3), right(4, 5, status="failed")]
    scored = told(tasks, [found(0, 1), found(2, 3), found(4, 5)])

    assert scored["status_macro_f1"] == pytest.approx((0.8 + 0.0) / 2)


def test_b_cubed_of_messages_that_serve_two_tasks():
    both = [frozenset({0, 1}), frozenset({1, 2})]

    assert b_cubed(both, both, 3) == (1.0, 1.0, 1.0)
    assert b_cubed([], [], 3) is None
    precision, recall, _ = b_cubed([frozenset({0, 1})], [], 2)
    assert (precision, recall) == (1.0, 0.5)


@given(st.integers(1, 5), st.integers(1, 5), st.randoms(use_true_random=False))
def test_no_pairing_is_better_than_the_best(rows, columns, random):
    weights = [[random.choice([0.0, random.random()]) for _ in range(columns)] for _ in range(rows)]
    pairs = best_pairs(weights)

    assert len(set(pairs.values())) == len(pairs)
    size = max(rows, columns)
    padded = [[weights[i][j] if i < rows and j < columns else 0.0 for j in range(size)] for i in range(size)]
    best = max(sum(padded[i][j] for i, j in enumerate(order)) for order in permutations(range(size)))
    assert sum(weights[i][j] for i, j in pairs.items()) == pytest.approx(best)


@pytest.mark.parametrize(
    ("text", "value", "is_held"),
    [
        ("The user wants an aisle seat", "aisle seat", True),
        ("The user wants a seat", "aisle seat", False),
        ("The user wants a room with a view of the lake", "quiet room with view of a lake", True),
        ("The user wants tea", "", False),
    ],
)
def test_a_statement_holds_a_value(text, value, is_held):
    assert holds(text, value) is is_held


def test_descriptions_are_compared_by_their_longest_common_words():
    assert rouge_l("find a hotel in Graz", "find a hotel in Graz") == 1.0
    assert rouge_l("find a hotel", "find hotel") == pytest.approx(4 / 5)
    assert rouge_l("", "find") == 0.0


def test_the_table_has_a_line_for_each_source():
    conversation = Conversation("a", MESSAGES, "ours", (right(0, 1, status="failed"),))
    scores = score_by_source([(conversation, Prediction("a", [found(0, 1)]))])

    lines = table(scores).splitlines()

    assert [line.split()[0] for line in lines] == ["n", "ALL", "ours"]
    assert confusion(scores["ALL"]) == "failed as success 1"


class Terminal:
    def __init__(self):
        self.text = ""

    def isatty(self):
        return True

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def test_the_bar_rewrites_one_line():
    terminal = Terminal()
    bar = Bar(4, terminal)
    bar.show(2, "the third")
    bar.close()

    assert "2/4" in terminal.text
    assert "the third" in terminal.text
    assert "\n" not in terminal.text
