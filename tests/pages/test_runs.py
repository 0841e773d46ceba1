"""The ledger of extraction: what was read when and by what, what it cost, and why it failed."""

import re
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sessions.models import Membership, Project, Session
from tasks.extraction.queue import claim_due
from tasks.extraction.run import extract
from tasks.models import ExtractionRun, Progress, Reextraction, Task, TaskChange
from tests.factories import PHONES, make_message, make_session, make_task, store
from tests.fakes import Reply, ScriptedLLM
from tests.tasks.answers import PHONE_TASKS

RUNS = "/runs/"


def make_run(session: Session, seq: int = 1, **fields: Any) -> ExtractionRun:
    values = {"trigger": "flush", "extractor": "llm", "model": "m-1", "status": "ok", "to_seq": seq, **fields}
    return ExtractionRun.objects.create(project=session.project, session=session, from_seq=seq, **values)


def text_of(page: Client, address: str, query: dict[str, Any] | None = None) -> str:
    response = page.get(address, query or {})
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def shown(text: str) -> set[str]:
    """The ids of the runs that a list shows."""
    return set(re.findall(r'class="row-link" href="/runs/([0-9a-f-]{36})/"', text))


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project, title="Trip to Lisbon")


def test_an_empty_ledger_says_what_to_do(page: Client) -> None:
    text = text_of(page, RUNS)
    assert "Nothing was read yet" in text
    assert reverse("sessions:connect") in text


def test_a_person_in_no_project_is_told_so(client: Client, django_user_model: type) -> None:
    client.force_login(django_user_model.objects.create_user("newcomer"))
    assert "No project yet" in text_of(client, RUNS)


def test_the_list_shows_what_each_run_was(page: Client, session: Session) -> None:
    make_run(
        session, 5, to_seq=12, trigger="turn_end", calls=2, input_tokens=1500, cached_tokens=400, output_tokens=100,
        latency_ms=2340, cost_usd=Decimal("0.0123"), status="partial",
    )  # fmt: skip
    text = text_of(page, RUNS)
    for words in (
        "partial",
        "Trip to Lisbon",
        "#5–12",
        "the agent&#x27;s turn ended",
        "m-1",
        "1,600",
        "$0.0123",
        "2.3 s",
    ):
        assert words in text
    assert "1,500 asked, 400 of them cached; 100 answered" in text


def test_the_totals_are_of_what_is_filtered(page: Client, session: Session) -> None:
    make_run(session, 1, calls=1, input_tokens=1000, output_tokens=10, cost_usd=Decimal("1.5"))
    make_run(session, 2, calls=2, input_tokens=2000, output_tokens=20, status="failed", error="no answer")
    figures = re.findall(r"<dt>([^<]+)</dt> <dd>([^<]+)</dd>", text_of(page, RUNS))
    assert figures == [
        ("Runs", "2"), ("Calls", "3"), ("Tokens asked", "3,000"), ("Tokens answered", "30"), ("Cost", "$1.50"),
    ]  # fmt: skip
    assert "1 run without a price" in text_of(page, RUNS)
    assert ("Calls", "2") in re.findall(r"<dt>([^<]+)</dt> <dd>([^<]+)</dd>", text_of(page, RUNS, {"status": "failed"}))


def test_the_totals_stop_somewhere_and_say_so(page: Client, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.ledger.totals.MOST", 3)
    for seq in range(1, 6):
        make_run(session, seq, calls=1)
    text = text_of(page, RUNS)
    assert "<dd>3+</dd>" in text
    assert "The sums are of the newest 3 runs" in text


def test_the_address_filters(page: Client, project: Project, session: Session) -> None:
    long_ago = timezone.now() - timedelta(days=3)
    old = make_run(session, 1, started_at=long_ago)
    offline = make_run(session, 2, extractor="offline", model="", trigger="silence")
    failed = make_run(make_session(project), 1, status="failed", error="The key is wrong", model="m-2")
    for query, found in [
        ({}, {old, offline, failed}),
        ({"status": "failed"}, {failed}),
        ({"extractor": "offline"}, {offline}),
        ({"trigger": "silence"}, {offline}),
        ({"model": "m-2"}, {failed}),
        ({"q": "KEY is"}, {failed}),
        ({"session": session.pk}, {old, offline}),
        ({"since": f"{timezone.now():%Y-%m-%d}"}, {offline, failed}),
        ({"until": f"{long_ago:%Y-%m-%d}"}, {old}),
        ({"since": f"{long_ago:%Y-%m-%d}", "until": f"{long_ago:%Y-%m-%d}"}, {old}),
        ({"status": "", "model": ""}, {old, offline, failed}),
    ]:
        assert shown(text_of(page, RUNS, query)) == {str(run.pk) for run in found}, query
    assert "No run is like that" in text_of(page, RUNS, {"model": "m-3"})


def test_a_filter_that_makes_no_sense_is_marked(page: Client, session: Session) -> None:
    run = make_run(session)
    text = text_of(page, RUNS, {"since": "yesterday"})
    assert "Enter a valid date" in text
    assert shown(text) == {str(run.pk)}


def test_pages_keep_the_filter_and_reach_every_run(page: Client, session: Session) -> None:
    same_time = timezone.now()
    made = {str(make_run(session, seq, started_at=same_time).pk) for seq in range(1, 61)}
    make_run(session, 99, model="m-2")
    first = text_of(page, RUNS, {"model": "m-1"})
    following = re.search(r'rel="next" href="(\?[^"]+)"', first)
    assert following
    assert "model=m-1" in following[1]
    second = text_of(page, RUNS + following[1].replace("&amp;", "&"))
    assert (len(shown(first)), len(shown(second))) == (50, 10)
    assert shown(first) | shown(second) == made


def test_failures_are_grouped_and_lead_to_their_runs(page: Client, project: Project, session: Session) -> None:
    slow = {str(make_run(session, seq, status="failed", error=f"no answer within {seq}0 s").pk) for seq in (3, 6)}
    make_run(make_session(project), 1, status="failed", error="the LLM answered 503")
    text = text_of(page, RUNS)
    assert "Why runs failed" in text
    link = re.search(r'class="cause" href="([^"]+)">no answer within … s</a>', text)
    assert link
    narrowed = text_of(page, RUNS + link[1].replace("&amp;", "&"))
    assert shown(narrowed) == slow
    assert "Failed because of" in narrowed


def test_what_another_project_has_is_not_there(page: Client, other_project: Project, session: Session) -> None:
    theirs = make_run(make_session(other_project, title="Their secret plan"), error="secret", status="failed")
    make_run(session)
    assert "secret" not in text_of(page, RUNS)
    assert page.get(reverse("tasks:run", args=[theirs.pk])).status_code == 404
    assert page.get(RUNS, {"like": theirs.pk}).status_code == 404
    assert page.get(RUNS, {"session": theirs.session_id}).status_code == 404
    assert page.get(RUNS, {"session": uuid.uuid4()}).status_code == 404


def test_a_second_reading_and_its_runs_lead_to_each_other(
    page: Client, project: Project, other_project: Project, session: Session
) -> None:
    values = {"extractor": "llm", "model": "m-1", "to_seq": 9, "generation": 0, "status": "ready"}
    proposal = Reextraction.objects.create(project=project, session=session, **values)
    own, usual = make_run(session, 2, trigger="again", reextraction=proposal), make_run(session, 1)
    address = reverse("tasks:reextraction", args=[proposal.pk])
    link = f"/runs/?proposal={proposal.pk}"
    assert f'href="{link}"' in text_of(page, address)
    listed = text_of(page, link)
    assert shown(listed) == {str(own.pk)}
    assert f'href="{address}"' in listed
    one = text_of(page, own.get_absolute_url())
    assert f'href="{address}"' in one
    assert "changes nothing until it is applied" in one
    assert "changes nothing until" not in text_of(page, usual.get_absolute_url())
    theirs = Reextraction.objects.create(project=other_project, session=make_session(other_project), **values)
    assert page.get(RUNS, {"proposal": theirs.pk}).status_code == 404


def test_a_run_of_an_earlier_generation_says_that_it_stands_no_more(page: Client, session: Session) -> None:
    run, failed = make_run(session, 1), make_run(session, 2, status="failed", error="no answer")
    assert "stands no more" not in text_of(page, run.get_absolute_url())
    Session.objects.update(generation=1)
    assert "stands no more" in text_of(page, run.get_absolute_url())
    assert "stands no more" not in text_of(page, failed.get_absolute_url())


def test_ten_more_runs_cost_no_more_queries(
    page: Client, project: Project, session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_run(session, status="failed", error="no answer within 1 s")
    page.get(RUNS)  # the models that are offered are asked for once a minute
    with django_assert_num_queries(7):
        page.get(RUNS)
    for seq in range(10):
        make_run(make_session(project), status="failed", error=f"{'abcdefghij'[seq]} {seq}", model=f"m-{seq}")
    with django_assert_num_queries(7):
        page.get(RUNS)


def test_one_run_shows_what_came_of_it(page: Client, session: Session) -> None:
    task = make_task(session, "Book a room")
    run = make_run(
        session, 3, to_seq=9, calls=2, prompt_version="7", mode="schema", cost_usd=None, status="partial",
        accepted={"status": [{"task": "T1", "status": "success", "basis": "claimed", "evidence": [9]}]},
        rejected=[{"operation": "link", "value": '{"task": "T8", "seqs": [4]}', "problem": "there is no task T8"}],
        attempts=[{"mode": "tool", "latency_ms": 800, "error": "HTTP 400"}, {"mode": "schema", "latency_ms": 900}],
        exchange={"asked": [{"role": "user", "content": "The words asked"}], "answered": ["The words answered"]},
    )  # fmt: skip
    TaskChange.objects.create(task=task, kind="status", before="running", after="success", run=run)
    text = text_of(page, run.get_absolute_url())
    for words in (
        "Run of messages 3–9", "partial", "success, claimed", "there is no task T8", "version 7", "HTTP 400", "900",
        "The words asked", "The words answered", "Book a room", "not known", "An administrator can set a price",
    ):  # fmt: skip
        assert words in text, words
    address = session.get_absolute_url()
    assert f'href="{address}?at=3#m3"' in text
    assert f'href="{address}?at=9#m9"' in text
    assert task.get_absolute_url() in text


def test_an_exchange_that_is_gone_is_said_to_be(page: Client, session: Session, settings: Any) -> None:
    run = make_run(session, calls=1, started_at=timezone.now() - timedelta(days=15))
    settings.LLM_KEEP_EXCHANGES_DAYS = 0
    assert "The words of this exchange were not kept" in text_of(page, run.get_absolute_url())
    settings.LLM_KEEP_EXCHANGES_DAYS = 14
    assert "are kept for 14 days" in text_of(page, run.get_absolute_url())
    settings.LLM_KEEP_EXCHANGES_DAYS = 16
    assert "The words of this exchange were not kept" in text_of(page, run.get_absolute_url())
    rules = make_run(session, 2, extractor="offline", model="")
    assert "no model was asked" in text_of(page, rules.get_absolute_url())


def test_an_administrator_is_led_to_the_prices(page: Client, session: Session) -> None:
    person = Membership.objects.get().user
    person.is_staff = person.is_superuser = True
    person.save()
    text = text_of(page, make_run(session, calls=1).get_absolute_url())
    assert reverse("admin:tasks_modelprice_changelist") in text


def test_more_of_everything_costs_one_run_no_more_queries(
    page: Client, session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run = make_run(session, accepted={"new_tasks": [{"alias": "N1", "description": "A", "request_seq": 1}]})
    with django_assert_num_queries(7):
        page.get(run.get_absolute_url())
    for i in range(10):
        task = make_task(session, f"Part {i}")
        TaskChange.objects.create(task=task, kind="created", after="x", run=run)
        Progress.objects.create(task=task, text="Done", run=run)
    with django_assert_num_queries(7):
        page.get(run.get_absolute_url())


def extract_all() -> None:
    for lease in claim_due(now=timezone.now() + timedelta(hours=1)):
        extract(lease)


def test_a_real_run_names_the_tasks_as_the_session_does(page: Client, session: Session, llm: ScriptedLLM) -> None:
    make_task(session, "An older task")
    store(session, *PHONES)
    llm.will_answer(PHONE_TASKS)
    extract_all()
    run = ExtractionRun.objects.get()
    text = text_of(page, run.get_absolute_url())
    assert re.search(r'<span class="handle">T2</span> <span class="line-text">Research iPhone 15', text)
    for task in Task.objects.filter(session=session, order__gt=1):
        assert task.get_absolute_url() in text
        assert run.get_absolute_url() in text_of(page, task.get_absolute_url())
    assert run.get_absolute_url() in text_of(page, session.get_absolute_url())
    assert f"/runs/?session={session.pk}" in text_of(page, session.get_absolute_url())


def test_a_waiting_session_is_tried_at_once(page: Client, session: Session, llm: ScriptedLLM) -> None:
    store(session, *PHONES)
    llm.will_answer(Reply(status=503, error="busy"))
    extract_all()
    run = ExtractionRun.objects.get()
    session.refresh_from_db()
    assert session.retry_at
    for address in (run.get_absolute_url(), session.get_absolute_url()):
        assert "Try now" in text_of(page, address)
    answer = page.post(reverse("tasks:extract", args=[session.pk]), {"next": run.get_absolute_url()})
    assert (answer.status_code, answer["Location"]) == (303, run.get_absolute_url())
    session.refresh_from_db()
    assert session.retry_at is None
    llm.will_answer(PHONE_TASKS)
    Session.objects.update(lease_until=None)
    extract_all()
    assert "Try now" not in text_of(page, run.get_absolute_url())
    assert Task.objects.filter(session=session).count() == 2


def test_trying_again_leads_to_no_other_host(page: Client, session: Session) -> None:
    make_message(session)
    answer = page.post(reverse("tasks:extract", args=[session.pk]), {"next": "https://evil.example/"})
    assert answer["Location"] == session.get_absolute_url()


def test_what_is_not_understood_is_told_and_filters_nothing(page: Client, project: Project) -> None:
    run = make_run(make_session(project))
    told = text_of(page, RUNS, {"status": "zz", "since": "yesterday<b>", "session": "7", "trigger": "flush"})
    assert "Not understood, and so left out: status=zz, since=yesterday&lt;b&gt;, session=7" in told
    assert shown(told) == {str(run.pk)}
    assert "Not understood" not in text_of(page, RUNS, {"status": "ok", "since": ""})
