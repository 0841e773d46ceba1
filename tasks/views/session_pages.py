"""One session: its conversation beside its tasks."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from sessions.http import NOTHING_NEW, PageRequest, Place, following, project_to_change, see_other
from sessions.models import Session
from sessions.toasts import say
from tasks.conversation.asked import Asked, number
from tasks.conversation.failures import failed_call
from tasks.conversation.following import Following
from tasks.conversation.stretch import whole_entry
from tasks.flush import ask_for_extraction
from tasks.session_page import SessionPage


def _session(request: PageRequest, pk: uuid.UUID) -> Session:
    return Place(request).go_to_session(pk)


@require_safe
def session_detail(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a stretch of a conversation beside the session's tasks."""
    place = Place(request)
    session = place.go_to_session(pk)
    page = SessionPage(session, Asked.by(request.GET), place.may_change)
    asked = page.asked
    if page.find and page.find.seqs and not (asked.message or asked.first):
        first = page.find.seqs[0]
        return redirect(f"{session.get_absolute_url()}?{page.kept}&message={first}#m{first}")
    return render(request, "tasks/session.html", {"place": place, "page": page})


@require_safe
def session_live(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Answer what changed since `?seen=`: the tasks, new messages, and messages that were answered."""
    place = Place(request)
    try:
        session = place.go_to_session(pk)
    except Http404:
        return _gone(request)
    page = SessionPage(session, Asked.by(request.GET), place.may_change)
    if request.GET.get("seen") == page.version:
        return HttpResponse(status=NOTHING_NEW)
    return _live(request, page)


def _gone(request: PageRequest) -> HttpResponse:
    """Tell a page that its session is no longer there, and let it rest: what was read can still be read on it."""
    if not request.htmx:
        raise Http404("No such session")
    say(request, _("This session is gone: it was deleted, or is no longer yours to see."), level="error")
    return HttpResponse('<div id="follow"></div>')


def _live(request: PageRequest, page: SessionPage) -> HttpResponse:
    return render(request, "tasks/live.html", {"page": page, "following": Following(page)})


@require_safe
def session_messages(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Answer the messages from `?from=`, to be put before or after those that a page shows."""
    session, asked = _session(request, pk), Asked.by(request.GET)
    if not request.htmx:
        return redirect(f"{session.get_absolute_url()}?from={asked.first or 1}")
    page = SessionPage(session, asked)
    return render(request, "tasks/more-messages.html", {"page": page, "stretch": page.read(asked.first, asked.last)})


@require_safe
def session_message(request: PageRequest, pk: uuid.UUID, seq: int) -> HttpResponse:
    """Answer one message with nothing cut, to be put in the place of what a page shows of it."""
    session = _session(request, pk)
    if not request.htmx:
        return redirect("sessions:raw_message", pk=pk, seq=seq)
    entry = whole_entry(session, seq)
    if entry is None:
        raise Http404("No such message")
    return render(request, "sessions/message.html", {"page": SessionPage(session), "entry": entry})


@require_safe
def session_cards(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Answer the tasks around the message that a reader is at, `?near=`."""
    session, asked = _session(request, pk), Asked.by(request.GET)
    if not request.htmx:
        return redirect(f"{session.get_absolute_url()}?message={asked.near or 1}")
    return render(request, "tasks/cards.html", {"page": SessionPage(session, asked)})


@require_safe
def session_turns(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Answer the user's turns around `?turns=`."""
    session = _session(request, pk)
    if not request.htmx:
        return redirect(f"{session.get_absolute_url()}?message={Asked.by(request.GET).turns or 1}")
    return render(request, "tasks/turns.html", {"page": SessionPage(session, Asked.by(request.GET))})


@require_safe
def nearest_failed_call(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Lead to the nearest failed call of a tool `?after=` a message or `?before=` it; say so when there is none."""
    session = _session(request, pk)
    after, before = number(request.GET.get("after")), number(request.GET.get("before"))
    found = failed_call(session, after=after, before=before)
    if not found:
        words = _("No call failed before message #%(n)d.") if before else _("No call failed after message #%(n)d.")
        say(request, words % {"n": before or after}, level="info")
        if request.htmx:
            return HttpResponse(status=NOTHING_NEW)
    seq = found or before or after or 1
    kept = SessionPage(session, Asked.by(request.GET)).kept
    address = f"{session.get_absolute_url()}?{f'{kept}&' if kept else ''}message={seq}#m{seq}"
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


@require_POST
def extract_now(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask for the extraction of what waits, without waiting for the end of the turn; the page follows it."""
    session = _session(request, pk)
    project_to_change(request, session.project_id)
    held = ask_for_extraction(session)
    if not session.waiting_messages:
        say(request, _("Nothing waits: all messages are read. “Extract again” reads them anew."), level="info")
    elif held:
        say(request, _("It cannot be read now: %(why)s") % {"why": held}, level="warning")
    elif not request.htmx:
        say(request, _("What waits is read now; the page of the session follows it."), level="info")
    if request.htmx:
        return _live(request, SessionPage(_session(request, pk), Asked.by(request.POST), may_change=True))
    return see_other(following(request, otherwise=session.get_absolute_url()))
