"""The people that agents act for: a list, and one of them with their preferences."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sessions.http import PageRequest, Place, following, project_to_change, see_other
from sessions.models import EndUser
from sessions.paging import list_page
from sessions.toasts import say
from tasks.corrections import put_back_preference, remove_preference
from tasks.models import Preference
from tasks.user_page import UserPage
from tasks.user_rows import rows_of_users, users_like


@require_safe
def user_list(request: PageRequest) -> HttpResponse:
    """List a project's users, newest first, or those that `?q=` finds."""
    place = Place(request)
    words = request.GET.get("q", "").strip()
    page = list_page(users_like(place.project, words), request.GET)
    context = {"place": place, "page": page, "rows": rows_of_users(page.rows), "words": words}
    return render(request, "tasks/users.html", context)


@require_safe
def user_detail(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Show one user: sessions, how their tasks went, what they prefer."""
    place = Place(request)
    user = place.go_to(EndUser.objects.filter(project__in=place.projects, pk=pk).first())
    context = {"place": place, "page": UserPage(user, request.GET), "may_change": place.may_change}
    return render(request, "tasks/user.html", context)


def _preference(request: PageRequest, pk: int) -> Preference:
    """Return a preference that this person may change; 404 when they may not see it, 403 when they may only look."""
    preference = get_object_or_404(Preference.objects.filter(project__memberships__user=request.user), pk=pk)
    project_to_change(request, preference.project_id)
    return preference


def _back(request: PageRequest, preference: Preference) -> HttpResponse:
    if preference.end_user_id is None:
        return see_other(following(request, preference.session.get_absolute_url()))
    return see_other(following(request, reverse("tasks:user", args=[preference.end_user_id]) + "#preferences"))


@require_POST
def remove(request: PageRequest, pk: int) -> HttpResponse:
    """Take out a preference that is wrong."""
    preference = remove_preference(_preference(request, pk), person=request.user)
    words = _("Removed: “%(wish)s”. Extraction does not say it again.") % {"wish": preference}
    say(request, words, undo=reverse("tasks:put_back_preference", args=[preference.pk]))
    return _back(request, preference)


@require_POST
def put_back(request: PageRequest, pk: int) -> HttpResponse:
    """Let a removed preference hold again."""
    preference = put_back_preference(_preference(request, pk))
    words = _("“%(wish)s” holds again.") % {"wish": preference}
    say(request, words, undo=reverse("tasks:remove_preference", args=[preference.pk]))
    return _back(request, preference)
