"""Which runs a person asks to see. The address holds all of it."""

import uuid
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from time import monotonic
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models import Project, Session
from tasks.ledger.causes import cause_of, with_cause_of
from tasks.models import ExtractionRun, Reextraction
from tasks.task_filter import problem_words

# The models that can be chosen are those of the newest runs: all of them would cost a walk through the table.
MODELS_AMONG, MODELS_KEPT_SECONDS = 1_000, 60
ANY = ("", _("any"))
EXTRACTORS = [("llm", _("language model")), ("offline", _("built-in rules"))]
DATE = {"type": "date"}


class RunFilterForm(forms.Form):
    """The filters of the list. Some come by links: the runs of a session, of a proposal, those that failed alike."""

    status = forms.ChoiceField(label=_("Status"), required=False, choices=[ANY, *ExtractionRun.Status.choices])
    trigger = forms.ChoiceField(label=_("Trigger"), required=False, choices=[ANY, *ExtractionRun.Trigger.choices])
    extractor = forms.ChoiceField(label=_("Extractor"), required=False, choices=[ANY, *EXTRACTORS])
    model = forms.CharField(label=_("Model"), required=False, max_length=200)
    q = forms.CharField(
        label=_("Error text"), required=False, max_length=200, widget=forms.TextInput({"type": "search"})
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(DATE))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(DATE))
    session = forms.UUIDField(required=False, widget=forms.HiddenInput)
    like = forms.UUIDField(required=False, widget=forms.HiddenInput)
    proposal = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, query: QueryDict, *, models: list[str]) -> None:
        super().__init__(query, auto_id="filter-%s", use_required_attribute=False)
        self.fields["model"].widget = forms.Select(choices=[ANY, *((name, name) for name in models)])


def models_offered(project: Project | None, chosen: str) -> list[str]:
    """Return the models of the newest runs, and the one that is chosen. They seldom change: one query a minute."""
    names = _models_of(project.pk, int(monotonic() // MODELS_KEPT_SECONDS)) if project else frozenset[str]()
    return sorted(names | {chosen} - {""})


@lru_cache(maxsize=256)
def _models_of(project_id: uuid.UUID, _when: int) -> frozenset[str]:
    runs = ExtractionRun.objects.filter(project=project_id).order_by("-started_at")
    return frozenset(runs.values_list("model", flat=True)[:MODELS_AMONG]) - {""}


class RunsAsked:
    """The runs of a project that the address asks for. What cannot be understood filters nothing and is marked."""

    def __init__(self, project: Project | None, query: QueryDict) -> None:
        self.project = project
        self.all = ExtractionRun.objects.filter(project=project)
        self.form = RunFilterForm(query, models=models_offered(project, query.get("model", "")))
        self.form.is_valid()
        self.asked: dict[str, Any] = {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def problem(self) -> str:
        """What of the address was not understood, in words, or nothing."""
        return problem_words({name: self.form.data.get(name, "") for name in self.form.errors})

    @cached_property
    def session(self) -> Session | None:
        """The session whose runs are asked for; 404 when the project has none like it."""
        pk: uuid.UUID | None = self.asked.get("session")
        return get_object_or_404(Session, project=self.project, pk=pk) if pk else None

    @cached_property
    def example(self) -> ExtractionRun | None:
        """The run whose cause of failure is asked for; 404 when the project has none like it."""
        pk: uuid.UUID | None = self.asked.get("like")
        return get_object_or_404(self.all, pk=pk) if pk else None

    @cached_property
    def proposal(self) -> Reextraction | None:
        """The proposal whose runs are asked for; 404 when the project has none like it."""
        pk: uuid.UUID | None = self.asked.get("proposal")
        proposals = Reextraction.objects.filter(project=self.project).select_related("session").defer("steps")
        return get_object_or_404(proposals, pk=pk) if pk else None

    @cached_property
    def cause(self) -> str:
        return cause_of(self.example) if self.example else ""

    @cached_property
    def runs(self) -> "QuerySet[ExtractionRun]":
        runs = self.all
        for name in ("status", "trigger", "extractor", "model"):
            if name in self.asked:
                runs = runs.filter(**{name: self.asked[name]})
        if words := self.asked.get("q"):
            # Only what failed has an error; to say so lets an index find the few among many.
            runs = runs.filter(status=ExtractionRun.Status.FAILED, error__icontains=words)
        if since := self.asked.get("since"):
            runs = runs.filter(started_at__gte=_begin(since))
        if until := self.asked.get("until"):
            runs = runs.filter(started_at__lt=_begin(until + timedelta(days=1)))
        if self.session:
            runs = runs.filter(session=self.session)
        if self.proposal:
            runs = runs.filter(reextraction=self.proposal)
        return with_cause_of(runs, self.example) if self.example else runs


def _begin(day: date) -> datetime:
    """Return when a day begins where the person is."""
    return datetime.combine(day, time.min, timezone.get_current_timezone())
