"""The overview: what it counts, what it leads to, and how it renews itself."""

import json
import re
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sessions.local_time import zone_named
from sessions.models import Membership, Project, Session
from tasks.corrections import correct_task
from tasks.models import ExtractionRun, KeptFigures, Task
from tasks.overview.counting import Figures
from tasks.overview.keeping import figures_of, plain
from tasks.overview.memory import Memory, memory
from tasks.overview.spans import span_of
from tests.factories import PHONES, make_session, make_task, store

HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)


def show(page: Client, query: str = "", **headers: str) -> str:
    return page.get(reverse("tasks:overview") + query, headers=headers).content.decode()


def tiles(text: str) -> dict[str, str]:
    """Read the figures of the page by their names."""
    found = re.findall(r"<dt>([^<]+)<.*?<dd class=\"tile-value\">([^<]*)</dd>", text, re.DOTALL)
    return {name.strip(): value.strip() for name, value in found}


def mark(text: str, name: str) -> str:
    """Read what a mark of a picture says."""
    found = re.search(rf'id="{name}" aria-label="([^"]*)"', text)
    assert found
    return found[1]


def make_run(session: Session, seq: int = 1, **fields: Any) -> ExtractionRun:
    now = timezone.now()
    values = {
        "from_seq": seq, "to_seq": seq, "trigger": "flush", "extractor": "llm", "status": "ok",
        "started_at": now, "finished_at": now, "waiting_since": now, **fields,
    }  # fmt: skip
    return ExtractionRun.objects.create(project_id=session.project_id, session=session, **values)


def age(row: Session | Task, by: timedelta) -> None:
    type(row).objects.filter(pk=row.pk).update(created_at=timezone.now() - by)


@pytest.fixture
def session(project: Project) -> Session:
    session = make_session(project, title="Phones")
    store(session, *PHONES)
    Session.objects.filter(pk=session.pk).update(cursor_seq=4, pending_since=None)
    return session


def test_an_empty_project_is_told_how_to_begin(page: Client, project: Project) -> None:
    text = show(page)
    assert "pip install acontext" in text
    assert "Load sample conversations" in text
    assert page.get("/?welcome=1", headers=HTMX).status_code == 204
    make_session(project)
    assert page.get("/?welcome=1", headers=HTMX)["HX-Refresh"] == "true"
    assert "pip install acontext" not in show(page)


def test_figures_of_the_range(page: Client, session: Session) -> None:
    for status in ("success", "success", "success", "failed", "running", "pending"):
        make_task(session, status=status)
    found = tiles(show(page))
    assert found["Success rate"] == "75.0%"
    assert found["Tasks"] == "6"
    assert found["Sessions"] == "1"
    assert found["Messages"] == "4"
    assert found["Turns per session"] == "4.0"
    assert found["Tasks per session"] == "6.0"
    assert "Success 3, Running 1, Pending 1, Failed 1" in mark(show(page), "statuses-6")


def test_only_what_lies_in_the_range_is_counted_and_the_one_before_compared(page: Client, session: Session) -> None:
    for days in (0, 3, 9, 10, 11, 40):
        age(make_task(session, status="success"), days * DAY)
    text = show(page, "?range=7d")
    assert tiles(text)["Tasks"] == "2"
    assert "before: 3" in text
    assert tiles(show(page, "?range=30d"))["Tasks"] == "5"
    assert tiles(show(page, "?range=90d"))["Tasks"] == "6"
    assert tiles(show(page, "?range=24h"))["Tasks"] == "1"
    assert 'href="?range=24h" aria-current="true"' in show(page, "?range=24h")


def test_a_merged_task_is_not_counted(page: Client, session: Session) -> None:
    task = make_task(session, status="success")
    make_task(session, status="failed", merged_into=task)
    assert tiles(show(page))["Tasks"] == "1"
    assert tiles(show(page))["Success rate"] == "100.0%"


def test_nothing_of_another_project_is_counted(page: Client, session: Session, other_project: Project) -> None:
    make_task(session, status="success")
    before = tiles(show(page))
    theirs = make_session(other_project, extraction_error="No answer")
    store(theirs, *PHONES)
    long_ago = timezone.now() - DAY
    Session.objects.filter(pk=theirs.pk).update(pending_since=long_ago)
    Project.objects.filter(pk=other_project.pk).update(extraction_paused_reason="The LLM refused the key")
    for risk in ("", "not_run"):
        make_task(theirs, status="success" if risk else "failed", risk=risk)
    make_run(theirs, calls=3, input_tokens=100, cost_usd=1, waiting_since=long_ago)
    text = show(page)
    assert tiles(text) == before
    assert "Nothing: no task failed" in text
    assert "refused the key" not in text


def test_days_are_those_of_the_viewers_time_zone(page: Client, session: Session) -> None:
    task = make_task(session, status="success")
    for name in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        zone = zone_named(name)
        midnight = timezone.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        Task.objects.filter(pk=task.pk).update(created_at=midnight - timedelta(seconds=1))
        page.cookies["tz"] = name
        text = show(page)
        assert "Success 1" in mark(text, "statuses-5")
        assert "Success 0" in mark(text, "statuses-6")
        assert name in text


def test_a_day_leads_to_its_tasks(page: Client, session: Session) -> None:
    make_task(session, "Of today", status="success")
    old = make_task(session, "Of last week", status="success")
    age(old, 5 * DAY)
    address = re.search(r'id="statuses-6"[^>]*href="([^"]+)"', show(page))
    assert address
    text = page.get(address[1].replace("&amp;", "&")).content.decode()
    assert "Of today" in text
    assert "Of last week" not in text
    assert "Show all" in text


def test_what_needs_attention_leads_to_the_list_that_shows_it(page: Client, project: Project, session: Session) -> None:
    make_task(session, "It broke", status="failed")
    make_task(session, "Said to be tested", status="success", risk="not_run")
    make_task(session, "All is well", status="success")
    stuck, failing = make_session(project, title="Stuck"), make_session(project, title="Failing")
    for other in (stuck, failing):
        store(other, *PHONES)
    Session.objects.filter(pk=stuck.pk).update(pending_since=timezone.now() - timedelta(hours=2), title="Stuck")
    Session.objects.filter(pk=failing.pk).update(extraction_error="No answer", title="Failing")
    text = show(page)
    found = re.findall(r'class="concern"[^>]*href="([^"]+)".*?<strong>([\d,]+)</strong> ([^<]+)<', text, re.DOTALL)
    lists = {words: (count, page.get(to.replace("&amp;", "&")).content.decode()) for to, count, words in found}
    assert {words: count for words, (count, _) in lists.items()} == {
        "session fails to extract": "1",
        "session waits for long": "1",
        "failed task in 7 days": "1",
        "success at risk in 7 days": "1",
    }
    for words, shown, hidden in [
        ("failed task in 7 days", "It broke", "All is well"),
        ("success at risk in 7 days", "Said to be tested", "All is well"),
        ("session fails to extract", "Failing", "Stuck"),
        ("session waits for long", "Stuck", "Failing"),
    ]:
        assert f">{shown}</a>" in lists[words][1], words
        assert f">{hidden}</a>" not in lists[words][1], words


def test_paused_projects_of_the_viewer_stand_first(page: Client, session: Session, other_project: Project) -> None:
    Membership.objects.create(user=Membership.objects.get().user, project=other_project)
    Project.objects.update(extraction_paused_reason="The LLM refused the key")
    text = show(page)
    assert "Extraction is paused." in text
    assert "Extraction of Theirs is paused." in text
    assert text.count("The LLM refused the key") == 2


def test_the_ledger_is_added_up(page: Client, session: Session) -> None:
    now = timezone.now()
    for seq, seconds in enumerate((2, 4, 30), 1):
        make_run(
            session, seq, calls=2, input_tokens=1_000, cached_tokens=500, output_tokens=100,
            cost_usd=Decimal("0.25"), waiting_since=now - timedelta(seconds=seconds), started_at=now, finished_at=now,
        )  # fmt: skip
    make_run(session, 4, status="failed", waiting_since=now - DAY, calls=1)
    make_run(session, 5, calls=1, cost_usd=None, waiting_since=None)
    text = show(page)
    found = tiles(text)
    assert found["LLM calls"] == "8"
    assert found["Tokens"] == "3,300"
    assert found["Cost"] == "$0.75"
    assert found["Lag p50"] == "4.0 s"
    assert found["Lag p95"] == "30 s"
    assert "2 runs are not priced" in text
    assert "5 runs, 1 failed" in text
    assert "50.0% of the input was cached" in text
    assert "p50 4.0 s, p95 30 s, Runs 5" in mark(text, "lag-6")


def test_a_cost_that_nobody_knows_is_said_to_be_unknown(page: Client, session: Session) -> None:
    make_run(session, calls=1, input_tokens=10)
    assert tiles(show(page))["Cost"] == "unknown"


def test_rules_cost_nothing(page: Client, session: Session) -> None:
    make_run(session, extractor="offline")
    text = show(page)
    assert tiles(text)["Cost"] == "$0.00"
    assert "no LLM was asked" in text


def test_the_lag_now_is_that_of_the_oldest_unread_message(page: Client, session: Session) -> None:
    assert tiles(show(page))["Lag now"] == "none"
    Session.objects.filter(pk=session.pk).update(cursor_seq=0, pending_since=timezone.now() - timedelta(seconds=95))
    text = show(page)
    assert tiles(text)["Lag now"].startswith("1 min")
    assert "1 session waits" in text


def test_the_page_renews_itself_when_something_changed(page: Client, session: Session) -> None:
    address = re.search(r'hx-get="([^"]+)" hx-trigger="every 30s"', show(page))
    assert address
    renew = address[1].replace("&amp;", "&")
    assert page.get(renew, headers=HTMX).status_code == 204
    make_task(session, status="failed")
    text = page.get(renew, headers=HTMX).content.decode()
    assert text.lstrip().startswith('<div id="overview"')
    assert "failed task in 7 days" in text
    assert "hx-trigger" in text


def test_the_page_looks_more_often_while_sessions_wait(page: Client, project: Project) -> None:
    store(make_session(project), *PHONES)
    assert 'hx-trigger="every 5s"' in show(page)


def test_the_page_stops_by_itself(page: Client, session: Session) -> None:
    address = re.search(r'hx-get="([^"]+)"', show(page))
    assert address
    for until in ("1", "", "x", "٣"):
        renew = re.sub(r"until=\d+", f"until={until}", address[1].replace("&amp;", "&"))
        text = page.get(renew, headers=HTMX).content.decode()
        assert 'id="overview"' in text
        assert "hx-trigger" not in text
        assert "load it again" in text


@pytest.mark.parametrize("key", ["24h", "7d", "90d"])
def test_more_rows_and_longer_ranges_cost_no_more_queries(
    page: Client,
    session: Session,
    key: str,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    # A first look also reads what is kept, lets go of what is old, and keeps what it counted.
    with django_assert_num_queries(14):
        show(page, f"?range={key}")
    for i in range(2):
        make_task(session, status="success")
        make_run(session, i + 1)
        with django_assert_num_queries(12):
            show(page, f"?range={key}")
    for i in range(10):
        age(make_task(make_session(session.project, user=f"user {i}"), status="failed"), i * DAY)
        make_run(session, i + 10, started_at=timezone.now() - i * DAY)
    with django_assert_max_num_queries(14):
        show(page, f"?range={key}")


def test_what_is_remembered_is_counted_again_before_long(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.overview.memory.AGAIN_AFTER_SECONDS", 0)
    task = make_task(session, status="success")
    age(task, 40 * DAY)
    span = span_of("90d", timezone.now(), zone_named("UTC"))
    assert sum(each.success for each in memory.figures(session.project, span)[0]) == 1
    task.delete()
    seen = [sum(each.success for each in memory.figures(session.project, span)[0]) for _ in range(50)]
    assert seen[-1] == 0


def counts(session: Session, key: str = "90d") -> tuple[int, int]:
    """What an overview says of successes and failures, in a process that has just started."""
    span = span_of(key, timezone.now(), zone_named("UTC"))
    total = Figures.total(Memory().figures(session.project, span)[0])
    return total.success, total.failed


def test_a_new_process_counts_no_day_that_another_has_counted(session: Session) -> None:
    age(make_task(session, status="success", updated_at=timezone.now() - 40 * DAY), 40 * DAY)
    assert counts(session) == (1, 0)
    kept = KeptFigures.objects.filter(project=session.project)
    assert kept.count() > 150
    kept.filter(figures__success=1).update(figures={"success": 7, "cost": "0", "lags": []})
    assert counts(session) == (7, 0)


def test_a_second_look_keeps_nothing_when_nothing_changed(
    session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    age(make_task(session, status="success", updated_at=timezone.now() - 40 * DAY), 40 * DAY)
    counts(session)
    own = Memory()
    span = span_of("90d", timezone.now(), zone_named("UTC"))
    for queries in (5, 4, 4):
        with django_assert_num_queries(queries):
            own.figures(session.project, span)


def test_a_correction_shows_at_once_however_old_the_task(session: Session) -> None:
    task = make_task(session, status="success")
    age(task, 40 * DAY)
    own = Memory()
    span = span_of("90d", timezone.now(), zone_named("UTC"))
    assert Figures.total(own.figures(session.project, span)[0]).success == 1
    correct_task(task, status="failed", description=None, reason="", api_key=None)
    assert Figures.total(own.figures(session.project, span)[0]).failed == 1
    assert counts(session) == (0, 1)
    # And where a shorter range was looked at in between.
    correct_task(Task.objects.get(pk=task.pk), status="success", description=None, reason="", api_key=None)
    own.figures(session.project, span_of("7d", timezone.now(), zone_named("UTC")))
    assert Figures.total(own.figures(session.project, span)[0]).success == 1


def test_what_is_kept_goes_with_time_and_with_the_project(session: Session) -> None:
    now = timezone.now()
    for key in ("24h", "90d"):
        Memory().figures(session.project, span_of(key, now, zone_named("UTC")))
    hours = KeptFigures.objects.filter(stop__lte=F("start") + timedelta(hours=1))
    assert hours.exists()
    later = now + 5 * DAY
    Memory().figures(session.project, span_of("90d", later, zone_named("UTC")))
    assert not hours.exists()
    oldest = KeptFigures.objects.order_by("start").first()
    assert oldest
    assert oldest.start > later - 195 * DAY
    session.project.delete()
    assert not KeptFigures.objects.exists()


def test_figures_come_back_as_they_were_kept() -> None:
    figures = Figures(success=3, messages=9, cost=Decimal("0.00012345"), lags=Counter({12: 4, 100: 1}))
    assert figures_of(json.loads(json.dumps(plain(figures)))) == figures


def test_the_last_day_is_never_remembered(session: Session) -> None:
    span = span_of("30d", timezone.now(), zone_named("UTC"))
    memory.figures(session.project, span)
    make_task(session, status="success")
    assert memory.figures(session.project, span)[0][-1].success == 1


@pytest.fixture
def _german(settings: Any) -> None:
    settings.LANGUAGE_CODE = "de"


@pytest.mark.usefixtures("_german")
def test_pictures_are_drawn_in_every_language(page: Client, session: Session) -> None:
    for status in ("success", "success", "failed"):
        make_task(session, status=status)
    text = show(page)
    assert tiles(text)["Success rate"] == "66,7%"
    svg = "".join(re.findall(r"<svg class=\"chart.*?</svg>\s*</div>", text, re.DOTALL))
    numbers = re.findall(r' (?:x|y|x1|x2|y1|y2|cx|cy|width|height|d|viewBox)="([^"]*)"', svg)
    assert numbers
    assert not [number for number in numbers if "," in number]


def test_the_newest_failures_stand_there_with_their_cause(page: Client, session: Session) -> None:
    old = make_task(session, status="failed", description="Move the old numbers", reason="The export was empty")
    age(old, 3 * DAY)
    for n in range(5):
        make_task(session, status="failed", description=f"Move number {n}", reason=f"Carrier {n} refused", evidence=[4])
    make_task(session, status="success", description="Order a phone")
    text = show(page, "?range=7d").partition("failures-title")[2].partition("extraction-title")[0]
    assert [n for n in range(5) if f"Carrier {n} refused" in text] == [0, 1, 2, 3, 4]
    assert "Move the old numbers" not in text
    assert "Order a phone" not in text
    assert "#m4" in text
    Task.objects.filter(description__startswith="Move number").delete()
    assert "The export was empty" in show(page, "?range=7d")
    assert "failures-title" not in show(page, "?range=24h")
