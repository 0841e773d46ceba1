"""The figures of a score, and the table of them."""

from collections.abc import Mapping
from statistics import fmean

from tasks.evaluation.scoring.score import ALL, STATUSES, Score, Tally

Figures = dict[str, float | None]


def figures(score: Score) -> Figures:
    """Return every figure by name; None where there is nothing to tell it from."""
    cost, labelled = score.cost, score.labelled
    known = sum(score.statuses.values())
    told: Figures = {
        "conversations": score.conversations,
        "task_f1": score.tasks.f1,
        "boundary_f1": score.starts.f1,
        "b3_f1": fmean(score.b_cubed) if score.b_cubed else None,
        "count_exact": score.exact / labelled if labelled else None,
        "count_error": score.count_error / labelled if labelled else None,
        "count_bias": score.count_bias / labelled if labelled else None,
        "status_accuracy": sum(n for (a, b), n in score.statuses.items() if a == b) / known if known else None,
        "status_macro_f1": status_macro_f1(score),
        "preference_precision": score.wishes_told.precision,
        "preference_recall": score.wishes_right.recall,
        "preference_copy_ratio": score.wish_words / score.user_words if score.user_words else None,
        "description_likeness": score.likeness / score.tasks.right if score.tasks.right else None,
    }
    if not labelled:
        told = dict.fromkeys(told, None) | {"conversations": score.conversations}
    return told | {
        "progress_grounded": fmean(score.grounded) if score.grounded else None,
        "evidence_validity": cost.valid_claims / cost.claims if cost.claims else None,
        "refused_operations": cost.refused_operations,
        "calls": cost.calls,
        "input_tokens": cost.input_tokens,
        "cached_tokens": cost.cached_tokens,
        "output_tokens": cost.output_tokens,
        "seconds": cost.seconds,
    }


def status_macro_f1(score: Score) -> float | None:
    """Return the mean F1 of the statuses that occur among the right ones."""
    each = []
    for status in STATUSES:
        tally = Tally(hits=score.statuses[status, status])
        for (right, found), count in score.statuses.items():
            tally.right += count * (right == status)
            tally.found += count * (found == status)
        if tally.right:
            each.append(tally.f1)
    return fmean(each) if each else None


COLUMNS = {
    "n": "conversations",
    "taskF1": "task_f1",
    "boundF1": "boundary_f1",
    "B3": "b3_f1",
    "count=": "count_exact",
    "countMAE": "count_error",
    "statusF1": "status_macro_f1",
    "prefP": "preference_precision",
    "prefR": "preference_recall",
    "prefCopy": "preference_copy_ratio",
    "evidence": "evidence_validity",
    "calls": "calls",
    "tokIn": "input_tokens",
    "tokOut": "output_tokens",
    "seconds": "seconds",
}


def table(scores: Mapping[str, Score]) -> str:
    """Return the scorecard: a line for all conversations, then one for each source."""
    names = [ALL, *sorted(name for name in scores if name != ALL)]
    width = max(len(name) for name in names)
    lines = [" " * width + "".join(f"{title:>9}" for title in COLUMNS)]
    for name in names:
        told = figures(scores[name])
        lines.append(f"{name:<{width}}" + "".join(f"{_cell(told[figure]):>9}" for figure in COLUMNS.values()))
    return "\n".join(lines)


def _cell(value: float | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}" if value < 1000 else f"{value:.0f}"


def confusion(score: Score) -> str:
    """Return which right status was taken for which."""
    told = sorted(score.statuses.items(), key=lambda item: -item[1])
    return ", ".join(f"{right} as {found} {count}" for (right, found), count in told if right != found) or "none"
