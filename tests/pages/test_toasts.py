"""Toasts: what a page tells after something was done, and the way back."""

import re
from collections.abc import Callable

import pytest
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import reverse
from django_htmx.middleware import HtmxMiddleware

from sessions.models import Project
from sessions.toasts import say, toasts_beside_fragments
from tasks.models import Preference
from tests.factories import make_session

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/tasks/?status=failed"}


@pytest.fixture
def wish(project: Project) -> Preference:
    session = make_session(project, user="lena")
    return Preference.objects.create(
        project=project, session=session, end_user=session.end_user, statement="Short <answers>", evidence=[1]
    )


def answer_of(view: Callable[[HttpRequest], HttpResponseBase], **headers: str) -> HttpResponseBase:
    """Send a request through the middleware that matters here."""
    chain = SessionMiddleware(MessageMiddleware(HtmxMiddleware(toasts_beside_fragments(view))))  # type: ignore[arg-type]
    return chain(RequestFactory(headers=headers).get("/fragment/"))  # type: ignore[return-value]


def test_a_removed_preference_is_undone_from_where_one_is(page: Client, wish: Preference) -> None:
    remove = reverse("tasks:remove_preference", args=[wish.pk])
    text = page.post(remove, {"next": "/runs/?page=2"}, follow=True).content.decode()
    assert "Removed: “Short &lt;answers&gt;”" in text
    undo = re.search(
        r'action="([^"]*put-back/)">.*?name="next" value="([^"]*)">\s*<button class="toast-undo">', text, re.S
    )
    assert undo
    assert undo.groups() == (reverse("tasks:put_back_preference", args=[wish.pk]), "/runs/?page=2")
    response = page.post(undo[1], {"next": undo[2]})
    assert response["Location"] == "/runs/?page=2"
    wish.refresh_from_db()
    assert wish.status == "active"


def test_the_way_back_leads_to_no_other_site(page: Client, wish: Preference) -> None:
    response = page.post(reverse("tasks:remove_preference", args=[wish.pk]), {"next": "https://evil.example/"})
    assert response["Location"].startswith("/users/")


def test_a_toast_is_shown_once(page: Client, wish: Preference) -> None:
    page.post(reverse("tasks:remove_preference", args=[wish.pk]))
    assert len(re.findall('class="toast" data-level="success"', page.get("/tasks/").content.decode())) == 1
    assert 'class="toast" data-level="success"' not in page.get("/tasks/").content.decode()


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "tasks/"])
def test_an_undo_stays_on_this_site(address: str) -> None:
    with pytest.raises(ValueError, match="a path of this site"):
        say(HttpRequest(), "Gone", undo=address)


def test_a_fragment_carries_what_its_own_request_said() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        say(request, "3 tasks <b> are changed", undo="/undo/7/")
        return HttpResponse("<p>rows</p>")

    text = answer_of(view, **HTMX).content.decode()  # type: ignore[attr-defined]
    assert text.startswith("<p>rows</p>")
    assert 'hx-swap-oob="beforeend"' in text
    assert "3 tasks &lt;b&gt; are changed" in text
    # The undo returns to the page that the person looks at, not to the fragment.
    assert 'name="next" value="/tasks/?status=failed"' in text
    assert "csrfmiddlewaretoken" in text


def test_an_empty_answer_becomes_a_toast_alone() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        say(request, "Saved", level="info")
        return HttpResponse(status=204)

    response = answer_of(view, **HTMX)
    assert (response.status_code, response["HX-Reswap"]) == (200, "none")
    assert "Saved" in response.content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse("a page", headers={"HX-Redirect": "/tasks/"}),
        HttpResponse("a page", headers={"HX-Refresh": "true"}),
        HttpResponse("a,b", content_type="text/csv"),
        HttpResponse(status=303, headers={"Location": "/tasks/"}),
    ],
)
def test_where_no_fragment_is_swapped_the_toast_waits_for_the_next_page(answer: HttpResponse) -> None:
    before = answer.content

    def view(request: HttpRequest) -> HttpResponse:
        say(request, "Saved")
        return answer

    response = answer_of(view, **HTMX)
    assert response.content == before  # type: ignore[attr-defined]
    assert "messages" in response.cookies


def test_a_stream_is_left_alone() -> None:
    def view(request: HttpRequest) -> StreamingHttpResponse:
        say(request, "Saved")
        return StreamingHttpResponse(iter(["a"]), content_type="text/html")

    assert b"".join(answer_of(view, **HTMX)) == b"a"  # type: ignore[call-overload]


def test_a_fragment_that_polls_takes_no_toast_away(page: Client, wish: Preference) -> None:
    page.post(reverse("tasks:remove_preference", args=[wish.pk]))
    session = wish.session
    assert (
        'class="toast"' not in page.get(reverse("tasks:session_live", args=[session.pk]), headers=HTMX).content.decode()
    )
    assert 'class="toast" data-level="success"' in page.get("/tasks/").content.decode()


@pytest.mark.parametrize(("level", "stays"), [("success", False), ("info", False), ("warning", False), ("error", True)])
def test_an_error_stays_until_it_is_dismissed(level: str, stays: bool) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        say(request, "Said", level=level)  # type: ignore[arg-type]
        return HttpResponse("")

    text = answer_of(view, **HTMX).content.decode()  # type: ignore[attr-defined]
    assert ("data-stays" in text) is stays
