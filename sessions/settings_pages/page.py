"""What all settings pages share: the tabs, and what this person may do."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from sessions.http import MAY_CHANGE, PageRequest, Place
from sessions.models import Membership

INVALID = 422


def settings_page(
    request: PageRequest, tab: str, place: Place, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a tab of the settings of the place's project; there may be none."""
    memberships = Membership.objects.filter(user=request.user, project=place.project)
    role = memberships.values_list("role", flat=True).first() if place.project else ""
    known = {
        "place": place,
        "tab": tab,
        "role": role,
        "may_change": role in MAY_CHANGE,
        "may_own": role == Membership.Role.OWNER,
    }
    template = f"settings/{tab}.html" if place.project else "settings/none.html"
    return render(request, template, {**known, **context}, status=status)
