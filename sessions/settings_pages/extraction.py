"""Settings: what counts as success, and when a conversation is read."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from sessions.configs import CRITERIA, CRITERIA_BYTES, patch_project_configs
from sessions.errors import BadRequest
from sessions.http import PageRequest, Place, project_to_change, see_other
from sessions.models import Project
from sessions.project_settings import SETTINGS, Setting
from sessions.settings_pages.page import INVALID, settings_page
from sessions.toasts import say

LABELS = {
    "task_success_criteria": gettext_lazy("A task is a success when"),
    "task_failure_criteria": gettext_lazy("A task has failed when"),
    "project_session_message_buffer_max_turns": gettext_lazy("Buffer, in messages"),
    "project_session_message_buffer_max_overflow": gettext_lazy("Most messages on top of it"),
    "project_session_message_use_previous_messages_turns": gettext_lazy("Earlier messages for context"),
    "default_task_agent_previous_progress_num": gettext_lazy("Progresses shown of each task"),
    "default_task_agent_max_iterations": gettext_lazy("Calls for one reading"),
    "extraction_turn_end_seconds": gettext_lazy("Seconds after a turn's end"),
    "extraction_silence_seconds": gettext_lazy("Seconds of silence inside a turn"),
    "extraction_max_wait_seconds": gettext_lazy("Longest wait, in seconds"),
    "extraction_buffer_tokens": gettext_lazy("Buffer, in tokens"),
    "extraction_daily_tokens": gettext_lazy("Tokens a day"),
    "extraction_daily_usd": gettext_lazy("US dollars a day"),
    "extraction_concurrency": gettext_lazy("Sessions at the same time"),
}
# Where a setting without a value takes it from; the others are named as their setting is.
DEFAULTS = {"project_session_message_buffer_max_turns": "EXTRACTION_BUFFER_MESSAGES"}


class ExtractionForm(forms.Form):
    """The settings that extraction knows, as the API takes them. An empty field means the server's own value."""

    def __init__(self, project: Project, data: Any = None) -> None:
        kept = {name: project.configs.get(name) for name in (*CRITERIA, *SETTINGS)}
        super().__init__(data, initial=kept)
        self.project, self.kept = project, kept
        for name in CRITERIA:
            self.fields[name] = _criteria_field(name)
        for setting in SETTINGS.values():
            self.fields[setting.name] = _number_field(setting)

    @property
    def criteria(self) -> list[forms.BoundField]:
        return [self[name] for name in CRITERIA]

    @property
    def numbers(self) -> list[forms.BoundField]:
        return [self[name] for name in SETTINGS]

    def clean(self) -> dict[str, Any]:
        """Turn what browsers send as line ends into plain ones."""
        for name in CRITERIA:
            self.cleaned_data[name] = self.cleaned_data.get(name, "").replace("\r\n", "\n")
        return self.cleaned_data

    def save(self) -> bool:
        """Store what was changed, by the way the API takes; return whether it was allowed."""
        wanted = {name: None if value in ("", None) else value for name, value in self.cleaned_data.items()}
        changed = {name: value for name, value in wanted.items() if value != self.kept[name]}
        try:
            patch_project_configs(self.project, changed)
        except BadRequest as error:
            self.add_error(*self._placed(str(error)))
            return False
        return True

    def _placed(self, problem: str) -> tuple[str | None, str]:
        """Find the field that a refusal names first, and say the refusal in the words of this page."""
        field = next((name for name in self.fields if problem.startswith(name)), None)
        if field:
            problem = problem.removeprefix(field).strip()
        for name in self.fields:
            problem = problem.replace(name, f"“{self.fields[name].label}”")
        return field, problem


def _criteria_field(name: str) -> forms.CharField:
    return forms.CharField(
        label=LABELS[name],
        required=False,
        widget=forms.Textarea({"rows": 5, "maxlength": CRITERIA_BYTES}),
    )


def _number_field(setting: Setting) -> forms.Field:
    kind, step = (forms.IntegerField, "1") if setting.is_whole else (forms.FloatField, "any")
    usual = getattr(settings, DEFAULTS.get(setting.name, setting.name.upper()), None)
    widget = forms.NumberInput({"step": step, "placeholder": "" if usual is None else f"{usual:g}"})
    label = LABELS.get(setting.name, setting.name)
    return kind(label=label, required=False, help_text=gettext_lazy(setting.meaning), widget=widget)


@require_safe
def extraction(request: PageRequest) -> HttpResponse:
    """Show how this project's conversations are judged and when they are read."""
    place = Place(request)
    form = ExtractionForm(place.project) if place.project else None
    return settings_page(request, "extraction", place, {"form": form, "limit": CRITERIA_BYTES})


@require_POST
def save_extraction(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Change them."""
    project = project_to_change(request, pk)
    form = ExtractionForm(project, request.POST)
    if form.is_valid() and form.save():
        say(request, _("Saved. The next reading goes by it."))
        return see_other(reverse("sessions:settings"))
    context = {"form": form, "limit": CRITERIA_BYTES}
    return settings_page(request, "extraction", Place(request, project), context, status=INVALID)
