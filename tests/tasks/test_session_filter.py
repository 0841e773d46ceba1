"""What the address of the sessions list asks for, and just which sessions that is."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from sessions.models import Project, Session
from tasks.models import Reextraction
from tasks.session_filter import SessionFilter, SessionFilterForm
from tests.factories import make_message, make_session, make_task

NOW = timezone.now()


def asked(query: str) -> SessionFilter:
    return SessionFilter.asked_for(QueryDict(query))


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("", {}),
        ("q=+boat+", {"q": "boat"}),
        ("user=lena", {"user": "lena"}),
        ("status=failed", {"status": "failed"}),
        ("status=risk", {"status": "risk"}),
        ("time=24h&state=live", {"time": "24h", "state": "live"}),
        ("state=failing", {"state": "failing"}),
        ("state=waiting", {"state": "waiting"}),
        ("since=2026-01-02", {"since": datetime(2026, 1, 2, tzinfo=UTC)}),
        ("until=2026-01-02T03:04", {"until": datetime(2026, 1, 2, 3, 4, tzinfo=UTC)}),
        ("since=2026-01-02T03:04:05%2B02:00", {"since": datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)}),
        ("configs=%7B%22a%22%3A+1%7D", {"configs": {"a": 1}}),
        ("sort=messages", {}),
        ("next=x&seen=y&other=z", {}),
    ],
)
def test_an_address_is_understood(query: str, filters: dict[str, object]) -> None:
    assert asked(query).filters == filters
    assert asked(query).is_clear


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("q=" + "x" * 201, "q"),
        ("q=%00", "q"),
        ("user=" + "x" * 1001, "user"),
        ("user=a%00", "user"),
        ("status=lost", "status"),
        ("time=1h", "time"),
        ("state=asleep", "state"),
        ("since=yesterday", "since"),
        ("since=0001-01-01", "since"),
        ("until=9999-12-31T23:59:59-12:00", "until"),
        ("until=2026-13-01", "until"),
        ("configs={", "configs"),
        ("configs=[1]", "configs"),
        ("configs=1", "configs"),
        ("configs=" + "[" * 2000, "configs"),
        ('configs={"a": NaN}', "configs"),
        ('configs={"a": "\\u0000"}', "configs"),
        ('configs={"a": "\\ud800"}', "configs"),
        ("configs=" + '{"a":' * 150 + "1" + "}" * 150, "configs"),
        ("sort=size", "sort"),
    ],
)
def test_what_makes_no_sense_filters_nothing_and_is_told(query: str, field: str) -> None:
    found = asked(query + "&user=lena" if field != "user" else query)
    assert not found.is_clear
    assert field not in found.filters
    assert found.sort == ""
    assert list(SessionFilterForm(QueryDict(query)).errors) == [field]


def titles(project: Project, query: str) -> set[str]:
    return set(asked(query).of(project).values_list("title", flat=True))


def aged(session: Session, age: timedelta) -> Session:
    """Let a session's last message be so old; its `active_at` is up to a minute behind."""
    last = timezone.now() - age
    Session.objects.filter(pk=session.pk).update(
        last_message_at=last, active_at=last - timedelta(seconds=59), cursor_seq=1, head_seq=1, pending_since=None
    )
    return session


def test_sessions_are_found_by_their_user_and_no_likeness(project: Project) -> None:
    for user in ("lena", "lena2", "LENA"):
        make_session(project, user=user, title=user)
    assert titles(project, "user=lena") == {"lena"}
    assert titles(project, "user=nobody") == set()


def test_sessions_are_found_by_how_their_tasks_stand(project: Project) -> None:
    for title, statuses in {
        "nothing": [],
        "well": ["success", "success"],
        "mixed": ["success", "failed", "running"],
        "open": ["pending"],
        "failed": ["failed"],
    }.items():
        session = make_session(project, title=title)
        for status in statuses:
            make_task(session, status=status)
    risky = make_session(project, title="risky")
    make_task(risky, status="success", risk="not_run")
    assert titles(project, "status=failed") == {"mixed", "failed"}
    assert titles(project, "status=running") == {"mixed"}
    assert titles(project, "status=pending") == {"open"}
    assert titles(project, "status=success") == {"well", "risky"}
    assert titles(project, "status=none") == {"nothing"}
    assert titles(project, "status=risk") == {"risky"}
    assert len(titles(project, "")) == 6


def test_sessions_are_found_by_the_words_of_their_first_request(project: Project) -> None:
    for title in ("Sell the boat", "Buy 100% cotton", "预订去上海的火车票", "a_b"):
        make_session(project, title=title)
    assert titles(project, "q=BOAT") == {"Sell the boat"}
    assert titles(project, "q=上海") == {"预订去上海的火车票"}
    assert titles(project, "q=%25") == {"Buy 100% cotton"}
    assert titles(project, "q=_") == {"a_b"}


def test_sessions_are_found_by_when_something_last_happened(project: Project) -> None:
    for days in (0, 3, 20, 60, 200):
        aged(make_session(project, title=f"{days} days"), timedelta(days=days, minutes=5))
    make_session(project, title="empty")
    assert titles(project, "time=24h") == {"0 days", "empty"}
    assert titles(project, "time=7d") == {"0 days", "3 days", "empty"}
    assert titles(project, "time=30d") == {"0 days", "3 days", "20 days", "empty"}
    assert titles(project, "time=90d") == {"0 days", "3 days", "20 days", "60 days", "empty"}


def test_the_bounds_of_time_are_exact_though_the_index_is_not(project: Project) -> None:
    session = aged(make_session(project, title="it"), timedelta(days=1))
    session.refresh_from_db()
    last = session.last_message_at
    assert last
    just_after = last + timedelta(microseconds=1)

    def at(moment: datetime) -> str:
        return moment.isoformat().replace("+", "%2B")

    assert titles(project, f"since={at(last)}") == {"it"}
    assert titles(project, f"since={at(just_after)}") == set()
    assert titles(project, f"until={at(last)}") == set()
    assert titles(project, f"until={at(just_after)}") == {"it"}


def test_sessions_are_found_by_how_their_extraction_stands(project: Project) -> None:
    long_ago = NOW - timedelta(days=1)
    live = make_session(project, title="live")
    make_message(live)
    aged(make_session(project, title="quiet"), timedelta(hours=1))
    for title, fields in {
        "waits": {"pending_since": long_ago, "head_seq": 1},
        "fails": {"pending_since": NOW, "head_seq": 1, "extraction_error": "no answer"},
        "untracked": {"disable_task_tracking": True},
    }.items():
        make_session(project, title=title, **fields)
    Session.objects.filter(pk=live.pk).update(title="live")
    proposed = make_session(project, title="proposed", head_seq=1, cursor_seq=1)
    Reextraction.objects.create(project=project, session=proposed, extractor="offline", to_seq=1, generation=0)
    for session in Session.objects.filter(title__in=["quiet", "waits"]):
        Reextraction.objects.create(
            project=project, session=session, extractor="offline", to_seq=1, generation=0, status="applied"
        )
    assert titles(project, "state=live") == {"live"}
    assert titles(project, "state=waiting") == {"waits"}
    assert titles(project, "state=failing") == {"fails"}
    assert titles(project, "state=untracked") == {"untracked"}
    assert titles(project, "state=proposed") == {"proposed"}


def test_sessions_are_found_by_what_their_configs_contain(project: Project) -> None:
    make_session(project, title="mail", configs={"channel": "email", "n": {"deep": [1, 2]}})
    make_session(project, title="chat", configs={"channel": "chat"})
    make_session(project, title="none")
    assert titles(project, "configs=" + json.dumps({"channel": "email"})) == {"mail"}
    assert titles(project, "configs=" + json.dumps({"n": {"deep": [2]}})) == {"mail"}
    assert titles(project, "configs=" + json.dumps({"channel": "fax"})) == set()


def test_all_that_is_asked_for_must_hold(project: Project) -> None:
    for user, status in (("lena", "failed"), ("lena", "success"), ("tom", "failed")):
        make_task(make_session(project, user=user, title=f"{user} {status}"), status=status)
    assert titles(project, "user=lena&status=failed&time=24h&q=lena") == {"lena failed"}


def test_another_projects_sessions_are_never_found(project: Project, other_project: Project) -> None:
    make_task(make_session(other_project, user="lena", title="theirs"), status="failed")
    for query in ("", "user=lena", "status=failed", "q=theirs", "time=24h"):
        assert titles(project, query) == set()
        assert set(asked(query).listed(project)) == set()
    assert set(asked("user=lena").of(None)) == set()


def test_what_has_no_index_looks_at_the_sessions_active_last(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for days in range(5):
        aged(make_session(project, title=f"no {days}", user="lena"), timedelta(days=days))

    def listed(query: str) -> set[str]:
        return {session.title[-1] for session in asked(query).listed(project)}

    monkeypatch.setattr("tasks.session_filter.LOOKED_THROUGH", 3)
    for query in ("sort=messages", "sort=failed", "q=no", "q=no&sort=messages"):
        assert listed(query) == {"0", "1", "2"}, query
        assert asked(query).is_bounded
    for query in ("", "sort=created", "user=lena"):
        assert listed(query) == {"0", "1", "2", "3", "4"}
    assert listed("q=no&until=" + (NOW - timedelta(days=1, hours=12)).isoformat().replace("+", "%2B")) == {
        "2",
        "3",
        "4",
    }
    assert titles(project, "q=4") == set()
