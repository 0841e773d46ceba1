"""Pages about the project itself: connecting an agent, sample conversations, which project, which theme."""

import uuid
from datetime import timedelta

import msgspec
import structlog
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from sessions import samples
from sessions.assets.reading import Stored
from sessions.assets.serving import file_response, inline_response
from sessions.display.parts import ShownPart
from sessions.display.raw import raw_blocks
from sessions.errors import NotFound
from sessions.formats.media import MEDIA, bytes_of
from sessions.forms import ProjectForm, ThemeForm
from sessions.http import PROJECT_KEY, PageRequest, Place, following, project_to_change, see_other
from sessions.models import ApiKey, Asset, Message, Project, Session
from sessions.parts import part_at
from sessions.toasts import say

THEME_COOKIE = "theme"
THEME_AGE = timedelta(days=365)


def api_address(request: HttpRequest) -> str:
    """Return what an SDK needs as `base_url`, on the host that this page was asked from."""
    return request.build_absolute_uri("/api/v1")


@require_safe
def connect(request: PageRequest) -> HttpResponse:
    """Show how an agent sends its conversations here."""
    place = Place(request)
    return render(request, "sessions/connect.html", {"place": place, "api_address": api_address(request)})


@never_cache
@require_POST
def make_key(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Make an API key and show it, this once, inside the snippet."""
    project = project_to_change(request, pk)
    _row, key = ApiKey.issue(project, name=_("made by %(user)s") % {"user": request.user.get_username()})
    template = "sessions/connect.html#snippet" if request.htmx else "sessions/connect.html"
    context = {"place": Place(request, project), "api_address": api_address(request), "api_key": key}
    return render(request, template, context)


@require_POST
def load_samples(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Store the sample conversations as an agent would."""
    count = samples.load(project_to_change(request, pk))
    say(request, _("%(count)d sample conversations are stored; their tasks follow.") % {"count": count})
    return see_other(reverse("tasks:sessions"))


@require_POST
def choose_project(request: PageRequest) -> HttpResponse:
    """Look at another project from now on."""
    form = ProjectForm(request.POST, projects=Project.objects.visible_to(request.user))
    if not form.is_valid():
        raise BadRequest("No such project")
    request.session[PROJECT_KEY] = str(form.cleaned_data["project"].pk)
    return see_other(reverse("tasks:sessions"))


@require_POST
def choose_theme(request: PageRequest) -> HttpResponse:
    """Remember light or dark in a cookie, so that the first paint is right already."""
    form = ThemeForm(request.POST)
    if not form.is_valid():
        raise BadRequest("No such theme")
    response = see_other(following(request, otherwise=reverse("tasks:sessions")))
    response.set_cookie(THEME_COOKIE, form.cleaned_data["theme"], max_age=THEME_AGE, samesite="Lax")
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that something broke, with the number under which the log tells more. Needs no database."""
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    return render(None, "500.html", {"request_id": request_id}, status=500)


@vary_on_headers("HX-Request")
@require_safe
def raw_message(request: PageRequest, pk: uuid.UUID, seq: int) -> HttpResponse:
    """Give one message whole, as it was sent, in plain text that no browser runs; over a page, as it is stored."""
    session = get_object_or_404(Session.objects.visible_to(request.user), pk=pk)
    message = get_object_or_404(Message, session=session, seq=seq)
    item = {"role": message.role, "parts": message.parts, "meta": message.meta, "facts": message.facts}
    if message.blob is not None:
        item["blob"] = message.blob
    if request.htmx:
        stored = {name: value for name, value in item.items() if name != "role"}
        return render(request, "sessions/raw.html", {"message": message, "blocks": raw_blocks(stored)})
    Stored(session.project_id, [message]).put_back(message)
    text = msgspec.json.format(msgspec.json.encode(item), indent=2)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
def inline_file(request: PageRequest, pk: uuid.UUID, seq: int, place: str) -> HttpResponseBase:
    """Give a file that is so small that it stands in a part of its message, to be saved."""
    session = get_object_or_404(Session.objects.visible_to(request.user), pk=pk)
    message = get_object_or_404(Message.objects.only("parts"), session=session, seq=seq)
    part = part_at(message.parts, place)
    data = bytes_of(part) if part and part.type in MEDIA else None
    if part is None or data is None:
        raise Http404("no file at this place")
    return inline_response(data, name=ShownPart(part).name or "file")


@require_safe
def asset(request: PageRequest, pk: uuid.UUID, sha256: str) -> HttpResponseBase:
    """Give a file that a message of the session holds: pictures to be shown, all else to be saved."""
    session = get_object_or_404(Session.objects.visible_to(request.user), pk=pk)
    held = Asset.objects.filter(project=session.project_id, sha256=sha256, uses__message__session=session)
    found = get_object_or_404(held.distinct())
    try:
        return file_response(found, may_be_shown=True)
    except NotFound as error:
        raise Http404(str(error)) from None
