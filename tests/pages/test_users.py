"""The people agents act for: the list, one of them, and removing a wrong preference."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sessions.models import EndUser, Membership, Project, Session
from tasks.models import Preference
from tests.factories import PHONES, make_session, make_task, store


def listing(page: Client, query: str = "") -> str:
    return page.get(reverse("tasks:users") + query).content.decode()


def look(page: Client, user: EndUser | None) -> str:
    assert user
    response = page.get(reverse("tasks:user", args=[user.pk]))
    assert response.status_code == 200
    return response.content.decode()


def prefer(session: Session, statement: str, **fields: Any) -> Preference:
    values = {"evidence": [1], **fields}
    return Preference.objects.create(
        project_id=session.project_id, session=session, end_user=session.end_user, statement=statement, **values
    )


@pytest.fixture
def session(project: Project) -> Session:
    session = make_session(project, user="lena@example.com")
    store(session, *PHONES)
    session.refresh_from_db()
    return session


def test_a_row_says_how_a_user_fares(page: Client, session: Session) -> None:
    for status in ("success", "success", "success", "failed", "running"):
        make_task(session, status=status)
    make_session(session.project, user="lena@example.com")
    Session.objects.filter(pk=session.pk).update(last_message_at=timezone.now() + timedelta(seconds=1))
    text = listing(page)
    row = re.search(r"<tr>\s*<td class=\"main-cell\">.*?</tr>", text, re.DOTALL)
    assert row
    assert "lena@example.com" in row[0]
    assert "75.0%" in row[0]
    assert re.search(r'data-label="sessions">2<', row[0])
    assert 'title="3 success"' in row[0]
    assert "just now" in row[0]


def test_merged_tasks_do_not_count(page: Client, session: Session) -> None:
    task = make_task(session, status="success")
    make_task(session, status="failed", merged_into=task)
    assert "100.0%" in listing(page)
    assert "100.0%" in look(page, session.end_user)


def test_users_are_found_by_a_part_of_their_identifier(page: Client, project: Project) -> None:
    for name in ("lena@example.com", "jonas@example.com", "100%_sure", "李雷"):
        EndUser.objects.create(project=project, identifier=name)
    for words, found in [
        ("LENA", ["lena@example.com"]),
        ("example", ["jonas@example.com", "lena@example.com"]),
        ("%_s", ["100%_sure"]),
        ("雷", ["李雷"]),
        ("nobody", []),
        ("\0", []),
    ]:
        text = page.get(reverse("tasks:users"), {"q": words}).content.decode()
        assert re.findall(r'class="row-link"[^>]*>([^<]+)<', text) == found, words
    assert "No user has “nobody” in the identifier" in listing(page, "?q=nobody")


def test_pages_of_users_follow_each_other_with_the_words_kept(page: Client, project: Project) -> None:
    names = [f"user {n:03}" for n in range(120)]
    for name in names:
        EndUser.objects.create(project=project, identifier=name)
    EndUser.objects.create(project=project, identifier="somebody else")
    seen, query = [], "?q=user"
    while True:
        text = listing(page, query)
        seen += re.findall(r">(user \d+)<", text)
        following = re.search(r'rel="next"[^>]* href="(\?[^"]+)"', text)
        if not following:
            break
        query = following[1].replace("&amp;", "&")
    assert seen == names[::-1]


def test_no_users_yet_is_told_with_what_to_do(page: Client, project: Project) -> None:
    text = listing(page)
    assert "No users yet" in text
    assert reverse("sessions:connect") in text


def test_nothing_of_another_project_is_shown(page: Client, session: Session, other_project: Project) -> None:
    theirs = make_session(other_project, user="lena@example.com", title="Sell the boat")
    make_task(theirs, status="failed")
    wish = prefer(theirs, "Likes boats")
    assert listing(page).count("lena@example.com</a>") == 1
    assert "boat" not in look(page, session.end_user).lower()
    assert page.get(reverse("tasks:user", args=[theirs.end_user_id])).status_code == 404
    for name in ("tasks:remove_preference", "tasks:put_back_preference"):
        assert page.post(reverse(name, args=[wish.pk])).status_code == 404
    wish.refresh_from_db()
    assert wish.status == "active"


def test_ten_more_users_cost_no_more_queries(
    page: Client, project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (2, 10):
        for i in range(count):
            make_task(make_session(project, user=f"user {count} {i}"))
        with django_assert_num_queries(5):
            listing(page)


def test_more_of_a_user_costs_no_more_queries(page: Client, session: Session) -> None:
    look(page, session.end_user)
    costs = []
    for count in (1, 10):
        for i in range(count):
            more = make_session(session.project, user="lena@example.com")
            last = prefer(more, f"Likes {count} {i}", task=make_task(more))
            prefer(more, f"Liked {count} {i}", status="replaced", replaced_by=last)
        with CaptureQueriesContext(connection) as captured:
            look(page, session.end_user)
        costs.append(len(captured))
    assert costs[0] == costs[1] <= 10


def test_a_preference_leads_to_the_message_that_says_it(page: Client, session: Session) -> None:
    prefer(session, "Answers should be short", evidence=[3], task=make_task(session))
    text = look(page, session.end_user)
    assert "Answers should be short" in text
    assert f'href="{session.get_absolute_url()}?at=3#m3"' in text
    assert "T1" in text


def test_what_a_preference_replaced_stands_under_it(page: Client, session: Session) -> None:
    first, second = prefer(session, "Likes tea"), prefer(session, "Likes coffee")
    third = prefer(session, "Likes water")
    for earlier, later in ((first, second), (second, third)):
        Preference.objects.filter(pk=earlier.pk).update(status="replaced", replaced_by=later)
    gone = prefer(session, "Wants no table", status="withdrawn")
    text = look(page, session.end_user)
    assert "replaced 2 earlier ones" in text
    current, _, rest = text.partition('class="gone"')
    assert current.index("Likes water") < current.index("Likes coffee") < current.index("Likes tea")
    assert gone.statement in rest
    assert "withdrawn by the user" in rest


def test_preferences_that_replace_each_other_come_to_an_end(page: Client, session: Session) -> None:
    one, two = prefer(session, "One"), prefer(session, "Two")
    Preference.objects.filter(pk=one.pk).update(status="replaced", replaced_by=two)
    Preference.objects.filter(pk=two.pk).update(replaced_by=one)
    assert "replaced 1 earlier one" in look(page, session.end_user)


def test_a_wrong_preference_is_removed_and_put_back(page: Client, session: Session) -> None:
    wish = prefer(session, "Lives on the moon")
    response = page.post(reverse("tasks:remove_preference", args=[wish.pk]), follow=True)
    text = response.content.decode()
    assert "Removed: “Lives on the moon”" in text
    assert re.search(r"removed</span>\s*by alice", text)
    wish.refresh_from_db()
    assert wish.status == "withdrawn"
    assert wish.removed_by
    assert wish.removed_at
    text = page.post(reverse("tasks:put_back_preference", args=[wish.pk]), follow=True).content.decode()
    assert "holds again" in text
    wish.refresh_from_db()
    assert (wish.status, wish.removed_by, wish.removed_at) == ("active", None, None)


def test_what_the_user_withdrew_is_not_put_back(page: Client, session: Session) -> None:
    wish = prefer(session, "Likes tea", status="withdrawn")
    page.post(reverse("tasks:put_back_preference", args=[wish.pk]))
    wish.refresh_from_db()
    assert wish.status == "withdrawn"


def test_what_was_replaced_is_not_removed(page: Client, session: Session) -> None:
    wish = prefer(session, "Likes tea", status="replaced")
    page.post(reverse("tasks:remove_preference", args=[wish.pk]))
    wish.refresh_from_db()
    assert (wish.status, wish.removed_at) == ("replaced", None)


def test_a_preference_of_nobody_leads_back_to_its_session(page: Client, project: Project) -> None:
    session = make_session(project)
    wish = prefer(session, "Likes tea")
    response = page.post(reverse("tasks:remove_preference", args=[wish.pk]))
    assert response["Location"] == session.get_absolute_url()


def test_a_viewer_looks_and_does_not_remove(page: Client, session: Session) -> None:
    Membership.objects.update(role=Membership.Role.VIEWER)
    wish = prefer(session, "Likes tea")
    assert "Remove" not in look(page, session.end_user)
    assert page.post(reverse("tasks:remove_preference", args=[wish.pk])).status_code == 403
    wish.refresh_from_db()
    assert wish.status == "active"


def test_the_session_leads_to_its_user(page: Client, session: Session) -> None:
    assert reverse("tasks:user", args=[session.end_user_id]) in page.get(session.get_absolute_url()).content.decode()


def test_many_preferences_are_shown_on_demand(page: Client, session: Session) -> None:
    for n in range(60):
        prefer(session, f"Wish {n} of many")
    text = look(page, session.end_user)
    assert text.count("of many") == 20
    assert "Show 40 more" in text
    address = reverse("tasks:user", args=[session.end_user_id])
    text = page.get(f"{address}?preferences=all").content.decode()
    assert text.count("of many") == 60
    assert "Show 40 more" not in text
