"""What the address of the sessions list asks for. The list, the export and changes of many sessions share it."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.errors import BadRequest
from sessions.json_objects import check_json_object
from sessions.models import Project, Session
from sessions.paging import NEWEST_FIRST, Order
from sessions.users import users_named
from tasks.models import Reextraction
from tasks.overview.attention import FAILING, SET_ASIDE, WAITING, in_trouble
from tasks.reextraction.proposing import OPEN
from tasks.session_state import RECENT
from tasks.task_filter import PRESETS, TIMES, moment_of

ANY = ("", _("any"))
RISK, ALL_WELL, NO_TASKS = "risk", "success", "none"
# `active_at` may be behind the last message by so much.
LAG = timedelta(minutes=1)
BY_ACTIVITY = Order(("active_at", "id"), (datetime, uuid.UUID))
# No index serves words, nor orders that move with each message or task: of the sessions that fit all else, so many that
# were active last are looked through.
LOOKED_THROUGH = 5_000
ORDERS = {
    "": BY_ACTIVITY,
    "created": NEWEST_FIRST,
    "messages": Order(("head_seq", "id"), (int, uuid.UUID)),
    "failed": Order(("failed_tasks", "id"), (int, uuid.UUID)),
}
AMONG_NEWEST = ("messages", "failed")
DEEPEST_CONFIG = 2_000


class MomentField(forms.Field):
    """A date or a moment; one without a time zone is of the zone that the person reads in. In the calendar's reach."""

    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        """Raises ValidationError for what is no moment."""
        if not value:
            return None
        try:
            return moment_of(value.strip())
        except ValueError:
            raise forms.ValidationError(_("This is no date, or none of our time.")) from None

    def prepare_value(self, value: Any) -> Any:
        """Show a moment the way the browser's own field wants it, whatever zone the address names."""
        try:
            moment = self.to_python(value) if isinstance(value, str) else value
        except forms.ValidationError:
            return value
        return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M") if moment else ""


class ConfigsField(forms.CharField):
    """A JSON object that a session's configs must contain."""

    def clean(self, value: Any) -> dict[str, Any]:
        """Raises ValidationError for what is no object, or could not be stored as one."""
        text = super().clean(value)
        if not text:
            return {}
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise forms.ValidationError(_('This is not JSON. Write it like {"channel": "email"}.')) from None
        if not isinstance(found, dict):
            raise forms.ValidationError(_('This is no JSON object. Write it like {"channel": "email"}.'))
        try:
            check_json_object(found, "configs")
        except BadRequest as problem:
            raise forms.ValidationError(str(problem)) from None
        return found


class SessionFilterForm(forms.Form):
    """The filters of the list as people fill them in; each says what is wrong with it."""

    q = forms.CharField(
        label=_("First request"), required=False, max_length=200, widget=forms.TextInput({"type": "search"})
    )
    status = forms.ChoiceField(
        label=_("Tasks"),
        required=False,
        choices=[
            ANY,
            ("failed", _("a failed one")),
            (RISK, _("a success at risk")),
            ("running", _("a running one")),
            ("pending", _("a pending one")),
            (ALL_WELL, _("all succeeded")),
            (NO_TASKS, _("none yet")),
        ],
    )
    user = forms.CharField(
        label=_("User"),
        required=False,
        max_length=1_000,
        widget=forms.TextInput(
            {
                "list": "filter-users",
                "autocomplete": "off",
                "spellcheck": "false",
                "hx-get": reverse_lazy("tasks:session_users"),
                "hx-trigger": "input changed delay:200ms",
                "hx-target": "#filter-users",
                "hx-swap": "innerHTML",
                "hx-sync": "this:queue last",
            }
        ),
    )
    time = forms.ChoiceField(
        label=_("Last activity"),
        required=False,
        choices=TIMES,
    )
    state = forms.ChoiceField(
        label=_("Extraction"),
        required=False,
        choices=[
            ANY,
            ("live", _("live now")),
            (WAITING, _("waiting for long")),
            (FAILING, _("failing")),
            (SET_ASIDE, _("with messages that could not be read")),
            ("proposed", _("read again, to be decided")),
            ("untracked", _("not tracked")),
        ],
    )
    since = MomentField(label=_("From"), required=False)
    until = MomentField(label=_("Until"), required=False)
    configs = ConfigsField(
        label=_("Configs contain"),
        required=False,
        max_length=DEEPEST_CONFIG,
        widget=forms.TextInput({"placeholder": '{"channel": "email"}', "autocomplete": "off", "spellcheck": "false"}),
    )
    sort = forms.ChoiceField(
        label=_("Sort"),
        required=False,
        choices=[
            ("", _("last activity")),
            ("created", _("newest first")),
            ("messages", _("most messages")),
            ("failed", _("most failed tasks")),
        ],
    )

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query, auto_id="filter-%s", use_required_attribute=False)

    @property
    def folded(self) -> list[forms.BoundField]:
        """What few look for; it stands under "More filters"."""
        return [self[name] for name in ("state", "since", "until", "configs")]

    @property
    def has_folded(self) -> bool:
        """Whether some of that is asked for."""
        return any(field.value() for field in self.folded)


@dataclass(frozen=True)
class SessionFilter:
    """The filters of the sessions list; all that are given must hold. Times are those of a session's last activity.

    `is_clear` is False when something of the address was not understood: it then filters nothing, which is well for
    looking and not for changing what was found.
    """

    q: str = ""
    status: str = ""
    user: str = ""
    time: str = ""
    state: str = ""
    since: datetime | None = None
    until: datetime | None = None
    configs: Mapping[str, Any] | None = None
    sort: str = ""
    is_clear: bool = True

    @classmethod
    def asked_for(cls, query: QueryDict) -> "SessionFilter":
        return cls.of_form(SessionFilterForm(query))

    @classmethod
    def of_form(cls, form: SessionFilterForm) -> "SessionFilter":
        """Take what the form understands of an address."""
        is_clear = form.is_valid()
        return cls(**{name: value for name, value in form.cleaned_data.items() if value}, is_clear=is_clear)

    @property
    def order(self) -> Order:
        return ORDERS[self.sort]

    @cached_property
    def filters(self) -> dict[str, Any]:
        """What is asked for, by its key, without the order."""
        names = [each.name for each in fields(self) if each.name not in ("sort", "is_clear")]
        return {name: value for name in names if (value := getattr(self, name))}

    def of(self, project: Project | None) -> QuerySet[Session]:
        """Select the project's sessions that fit, in no order; words are looked for in those active last."""
        sessions: QuerySet[Session] = Session.objects.filter(self._wanted(), project=project)
        if self.user:
            # By its id, so that the planner knows how many there are.
            named = users_named(project, self.user).first() if project else None
            sessions = sessions.filter(end_user=named) if named else sessions.none()
        sessions = in_trouble(sessions, self.state)
        return active_last(sessions).filter(title__icontains=self.q) if self.q else sessions

    def listed(self, project: Project | None) -> QuerySet[Session]:
        """Select those that a list sorts: some orders only know the sessions that were active last."""
        found = self.of(project)
        return active_last(found) if self.sort in AMONG_NEWEST and not self.q else found

    def newer(self, project: Project | None) -> QuerySet[Session]:
        """Select those that fit, to be looked for above a page's first: these are among those active last anyway."""
        found = replace(self, q="").of(project)
        return found.filter(title__icontains=self.q) if self.q else found

    @property
    def is_bounded(self) -> bool:
        """Whether only those that were active last are looked through."""
        return bool(self.q) or self.sort in AMONG_NEWEST

    def _wanted(self) -> Q:
        wanted = STATUSES[self.status]
        if self.state == "live":
            wanted &= _active_since(timezone.now() - RECENT) & Q(last_message_at__isnull=False)
        elif self.state == "untracked":
            wanted &= Q(disable_task_tracking=True)
        elif self.state == "proposed":
            wanted &= Q(Exists(Reextraction.objects.filter(session=OuterRef("pk"), status__in=OPEN)))
        if self.time:
            wanted &= _active_since(timezone.now() - PRESETS[self.time])
        if self.since:
            wanted &= _active_since(self.since)
        if self.until:
            wanted &= Q(active_at__lt=self.until) & (Q(last_message_at=None) | Q(last_message_at__lt=self.until))
        if self.configs:
            wanted &= Q(configs__contains=self.configs)
        return wanted


def active_last(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Keep `LOOKED_THROUGH` of the sessions. One query asks where they end, so that the planner can reckon with it."""
    newest = sessions.order_by("-active_at", "-id").values_list("active_at", flat=True)
    end = next(iter(newest[LOOKED_THROUGH - 1 : LOOKED_THROUGH]), None)
    return sessions if end is None else sessions.filter(active_at__gte=end)


def _active_since(moment: datetime) -> Q:
    """The index finds them nearly, the exact time decides."""
    return Q(active_at__gte=moment - LAG) & (
        Q(last_message_at__gte=moment) | Q(last_message_at=None, active_at__gte=moment)
    )


_NONE_OPEN_OR_FAILED = Q(failed_tasks=0, running_tasks=0, pending_tasks=0)
STATUSES = {
    "": Q(),
    "failed": Q(failed_tasks__gt=0),
    RISK: Q(risky_tasks__gt=0),
    "running": Q(running_tasks__gt=0),
    "pending": Q(pending_tasks__gt=0),
    ALL_WELL: _NONE_OPEN_OR_FAILED & Q(success_tasks__gt=0),
    NO_TASKS: _NONE_OPEN_OR_FAILED & Q(success_tasks=0),
}
