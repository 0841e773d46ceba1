"""The language and the time zone of a page: chosen by the person, guessed from their browser, and never the API's."""

from datetime import UTC, datetime

import httpx
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from sessions.models import Project, Session
from sessions.templatetags.acontext import ago, clock, exact
from tasks.models import ExtractionRun
from tests.factories import make_message, make_session

pytestmark = pytest.mark.django_db


def test_a_page_speaks_the_language_that_was_chosen(page: Client) -> None:
    assert '<html lang="en"' in page.get("/tasks/").content.decode()
    response = page.post(reverse("language"), {"language": "zh-hans", "next": "/tasks/?status=failed"})
    assert response["Location"] == "/tasks/?status=failed"
    text = page.get("/tasks/").content.decode()
    assert '<html lang="zh-hans"' in text
    assert "任务" in text


def test_a_browser_in_chinese_is_answered_in_chinese_before_anyone_logs_in(client: Client) -> None:
    response = client.get(reverse("login"), headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
    assert "登录" in response.content.decode()
    assert "Accept-Language" in response["Vary"]
    client.post(reverse("language"), {"language": "en"})
    response = client.get(reverse("login"), headers={"Accept-Language": "zh-CN"})
    assert "Log in" in response.content.decode()


def test_the_language_switch_leads_to_no_other_site(page: Client) -> None:
    response = page.post(reverse("language"), {"language": "zh-hans", "next": "https://evil.example/"})
    assert "evil" not in response["Location"]


@pytest.mark.parametrize("language", ["", "xx", "de", "zh-hans\n", "../../etc"])
def test_a_language_that_is_not_there_changes_nothing(page: Client, language: str) -> None:
    page.post(reverse("language"), {"language": language})
    assert '<html lang="en"' in page.get("/tasks/").content.decode()


def test_the_api_speaks_english_to_all(api: httpx.Client) -> None:
    answer = api.get("/session/nothing/messages", headers={"Accept-Language": "zh-CN"})
    assert answer.status_code in {400, 404, 422}
    assert answer.text.isascii()


def test_the_admin_speaks_the_language_too(admin_client: Client) -> None:
    admin_client.post(reverse("language"), {"language": "zh-hans"})
    assert "添加" in admin_client.get("/admin/").content.decode()


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Asia/Shanghai", "2026-03-02 04:30:00 CST"),
        ("America/New_York", "2026-03-01 15:30:00 EST"),
        ("x/y", "20:30:00 UTC"),
    ],
)
def test_moments_are_written_in_the_zone_of_the_person(page: Client, project: Project, zone: str, shown: str) -> None:
    session = make_session(project)
    make_message(session)
    Session.objects.filter(pk=session.pk).update(last_message_at=datetime(2026, 3, 1, 20, 30, tzinfo=UTC))
    page.cookies["tz"] = zone
    assert shown in page.get("/sessions/").content.decode()


def test_a_day_of_the_ledger_is_the_persons_day(page: Client, project: Project) -> None:
    session = make_session(project)
    ExtractionRun.objects.create(
        project=project,
        session=session,
        from_seq=1,
        to_seq=1,
        status="ok",
        extractor="offline",
        trigger="flush",
        started_at=datetime(2026, 3, 1, 20, 30, tzinfo=UTC),
    )
    page.cookies["tz"] = "Asia/Shanghai"
    assert session.get_absolute_url().split("/")[2][:8] not in page.get("/runs/?until=2026-03-01").content.decode()
    assert session.get_absolute_url().split("/")[2][:8] in page.get("/runs/?since=2026-03-02").content.decode()


@pytest.mark.parametrize(
    ("language", "said", "to_the_minute"),
    [("en", "1 Mar 2026", "1 Mar 2026 20:30 UTC"), ("zh-hans", "2026年3月1日", "2026年3月1日 20:30 UTC")],
)
def test_each_language_writes_dates_in_its_way(language: str, said: str, to_the_minute: str) -> None:
    moment = datetime(2026, 3, 1, 20, 30, 15, tzinfo=UTC)
    with translation.override(language):
        assert ago(moment) == said
        assert exact(moment) == to_the_minute
        assert clock(moment) == "20:30:15 UTC"
