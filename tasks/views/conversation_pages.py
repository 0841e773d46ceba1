"""A session as a file, and a session deleted."""

import uuid

from django.core.exceptions import BadRequest
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from sessions.deleting import delete_sessions
from sessions.formats import FORMATS
from sessions.http import PageRequest, Place, project_to_change, see_other
from sessions.material import Links
from sessions.models import AssetUse, Session
from sessions.toasts import say
from tasks.conversation.asked import number
from tasks.exporting.conversation import MARKDOWN, file_name, jsonl, markdown
from tasks.models import Task

TASKS_OFFERED = 100


@vary_on_headers("HX-Request")
@require_safe
def export(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Offer a session as a file: in which format, and of which tasks."""
    place = Place(request)
    session = place.go_to_session(pk)
    context = {"session": session, "tasks": session.tasks.order_by("order")[:TASKS_OFFERED], "formats": sorted(FORMATS)}
    if request.htmx:
        return render(request, "tasks/export.html#form", context)
    return render(request, "tasks/export.html", {**context, "place": place})


@require_safe
def export_file(request: PageRequest, pk: uuid.UUID) -> StreamingHttpResponse:
    """Give the session, or the messages of `?task=`, as a file in `?format=`."""
    session = get_object_or_404(Session.objects.visible_to(request.user).select_related("end_user"), pk=pk)
    format = request.GET.get("format", MARKDOWN)
    orders = [order for text in request.GET.getlist("task") if (order := number(text.lstrip("Tt")))]
    if format == MARKDOWN:
        lines, media_type = markdown(session, tasks=orders), "text/markdown; charset=utf-8"
    elif format in FORMATS:
        lines, media_type = jsonl(session, format, tasks=orders, links=Links(request)), "application/x-ndjson"
    else:
        raise BadRequest("No such format")
    response = StreamingHttpResponse(lines, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, file_name(session, format)) or "attachment"
    return response


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Say what goes with a session, and delete it when that is confirmed."""
    place = Place(request)
    session = place.go_to_session(pk)
    project_to_change(request, session.project_id)
    if request.method == "POST":
        delete_sessions(Session.objects.filter(pk=session.pk))
        say(request, _("The session is deleted, with all that belongs to it."))
        return see_other(reverse("tasks:sessions"))
    context = {
        "session": session,
        "tasks": Task.all_objects.filter(session=session).count(),
        "preferences": session.preferences.count(),
        "events": session.events.count(),
        "runs": session.runs.count(),
        "files": AssetUse.objects.filter(message__session=session).values("asset").distinct().count(),
    }
    if request.htmx:
        return render(request, "tasks/delete-session.html#form", context)
    return render(request, "tasks/delete-session.html", {**context, "place": place})
