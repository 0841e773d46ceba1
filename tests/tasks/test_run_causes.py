"""Failures with the same words have the same cause, whatever numbers and ids stand in their errors."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.models import Project, Session
from tasks.ledger.causes import FOLD, cause_of, causes_of, with_cause_of
from tasks.models import ExtractionRun
from tests.factories import make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project)


def failed(session: Session, error: str, seq: int = 1) -> ExtractionRun:
    return ExtractionRun.objects.create(
        project=session.project, session=session, from_seq=seq, to_seq=seq, trigger="flush", extractor="llm",
        status="failed", error=error,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("the LLM did not answer within 60 s", "the LLM did not answer within … s"),
        ("request req_011CSHoEeqs5C35K2UUqR7Fy failed", "request … failed"),
        ("asset 0f8fad5b-d9cb-469f-a165-70867728950e is gone", "asset … is gone"),
        ("no model gpt-4.1-mini at 127.0.0.1:8029, ask at 2026-11-25T10:00:00.5Z", "no model … at …, ask at …"),
        ("read 3,5 of 7.", "read …,… of …."),
        ("too   many\n\twords", "too many words"),
        ("the LLM answered 503", "the LLM answered 503"),
        ("the LLM answered 502: bad gateway 7", "the LLM answered 502: bad gateway …"),
        ("the LLM answered 429.", "the LLM answered 429."),
        ("answered 500.5, answered 500:a, answered 500-1", "answered …, answered …, answered …"),
        ("Error code: 401 - {'error': {'code': 'no_key'}}", "Error code: 401 - {'error': {'code': 'no_key'}}"),
        ("code 4010", "code …"),
        ("answered 200", "answered …"),
        ("502 messages", "… messages"),
        ("模型在 30 秒内没有回答", "模型在 … 秒内没有回答"),
        ("", ""),
    ],
)
def test_numbers_and_ids_are_folded_and_words_stay(session: Session, error: str, words: str) -> None:
    assert cause_of(failed(session, error)) == words


def test_a_cause_counts_its_runs_and_sessions_and_names_the_newest(project: Project, session: Session) -> None:
    failed(session, "no answer within 30 s")
    newest = failed(make_session(project), "no answer within 60 s")
    lone = failed(session, "the LLM answered 503")
    failed(session, "the LLM answered 502")
    ExtractionRun.objects.create(
        project=project, session=session, from_seq=9, to_seq=9, trigger="flush", extractor="llm", status="ok"
    )
    slow, *others = causes_of(ExtractionRun.objects.filter(project=project))
    assert (slow.words, slow.runs, slow.sessions, slow.example) == (f"no answer within {FOLD} s", 2, 2, newest.pk)
    assert slow.last == newest.started_at
    assert {(cause.words, cause.runs) for cause in others} == {
        ("the LLM answered 503", 1),
        ("the LLM answered 502", 1),
    }
    assert [run.pk for run in with_cause_of(ExtractionRun.objects.all(), lone)] == [lone.pk]


def test_what_a_cause_counts_is_what_its_filter_finds(project: Project, session: Session) -> None:
    for i, error in enumerate(
        ["a 1", "a 22", "a b", "a 1 b", "a x1", "a", "A 1", " a  7 ", "a" * 999 + " 12", "a" * 999 + " 3"]
    ):
        failed(session, error, seq=i + 1)
    runs = ExtractionRun.objects.filter(project=project)
    for cause in causes_of(runs):
        assert with_cause_of(runs, ExtractionRun.objects.get(pk=cause.example)).count() == cause.runs
    assert sum(cause.runs for cause in causes_of(runs)) == 10


def test_only_the_newest_failures_are_grouped(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.ledger.causes.AMONG", 2)
    for word in ("old", "middle", "new"):
        failed(session, word)
    ExtractionRun.objects.filter(error="old").update(started_at=timezone.now() - timedelta(days=1))
    assert {cause.words for cause in causes_of(ExtractionRun.objects.all())} == {"middle", "new"}
