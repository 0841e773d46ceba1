"""Failed runs grouped by cause: the same words of the error, whatever numbers and ids stand in it."""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Expression, Func, QuerySet, TextField, Value
from django.db.models.functions import Left, Trim

from tasks.models import ExtractionRun

# Of the newest failures; a cause that shows up in none of them is not today's trouble.
AMONG = 500
SHOWN = 8
# An error may quote a whole answer of a provider; its beginning names the cause.
READ = 1_000
FOLD = "…"
# A word with a digit: a number, an id, a version, a time, an address. An HTTP status tells causes apart and stays.
LETTER, INNER = "[A-Za-z0-9_]", "[A-Za-z0-9_.:-]"
STATUS = f"(?<=(answered|code:|code|status|HTTP) )[45][0-9][0-9](?!{INNER}*{LETTER})"
VARIABLE = f"(?<!{INNER})(?!{STATUS})(?={INNER}*[0-9]){LETTER}(?:{INNER}*{LETTER})?"


@dataclass(frozen=True)
class Cause:
    """Why some runs failed, how many, how many sessions that concerns, when last, and the newest of them."""

    words: str
    runs: int
    sessions: int
    last: datetime
    example: uuid.UUID


class Failure(NamedTuple):
    """A run that failed, in which session and when."""

    pk: uuid.UUID
    session: uuid.UUID
    at: datetime


def cause_in_words() -> Expression:
    """Return the expression that folds a run's error into its cause: the same for lists and for filters."""
    beginning: Expression = Left("error", READ)
    for pattern, by in ((VARIABLE, FOLD), (r"\s+", " ")):
        beginning = Func(
            beginning, Value(pattern), Value(by), Value("g"), function="regexp_replace", output_field=TextField()
        )
    return Trim(beginning)


def causes_of(runs: "QuerySet[ExtractionRun]") -> list[Cause]:
    """Group the newest failures among these runs by cause, the commonest first. Two queries.

    Equal errors are grouped before one of each is folded: folding the same words a thousand times costs most.
    """
    newest = runs.filter(status=ExtractionRun.Status.FAILED).order_by("-started_at")
    alike: dict[str, list[Failure]] = defaultdict(list)
    for error, *failure in newest.values_list(Left("error", READ), "pk", "session_id", "started_at")[:AMONG]:
        alike[error].append(Failure(*failure))
    examples = [failures[0].pk for failures in alike.values()]
    folded = ExtractionRun.objects.filter(pk__in=examples).annotate(words=cause_in_words()).values_list("pk", "words")
    words = dict(folded)
    causes: dict[str, list[Failure]] = defaultdict(list)
    for failures in alike.values():
        causes[words.get(failures[0].pk, "")] += failures
    found = [_cause(text, failures) for text, failures in causes.items()]
    return sorted(found, key=lambda cause: (cause.runs, cause.last), reverse=True)[:SHOWN]


def _cause(words: str, failures: list[Failure]) -> Cause:
    newest = max(failures, key=lambda failure: failure.at)
    return Cause(words, len(failures), len({failure.session for failure in failures}), newest.at, newest.pk)


def with_cause_of(runs: "QuerySet[ExtractionRun]", example: ExtractionRun) -> "QuerySet[ExtractionRun]":
    """Keep the runs that failed for the same cause as this one."""
    words = ExtractionRun.objects.filter(pk=example.pk).annotate(words=cause_in_words()).values("words")
    failed = runs.filter(status=ExtractionRun.Status.FAILED)
    return failed.annotate(words=cause_in_words()).filter(words=words[:1])


def cause_of(run: ExtractionRun) -> str:
    """Return the cause of one run's failure, in words."""
    words = ExtractionRun.objects.filter(pk=run.pk).annotate(words=cause_in_words()).values_list("words", flat=True)
    return words.first() or ""
