"""Forms of the pages of tasks."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tasks.extraction.extractors import llm_is_configured
from tasks.models import Task
from tasks.reextraction.proposing import MODEL_LENGTH
from tasks.task_filter import ANY_RISK, IN_ORDER, NOT_SAID, TIMES, UPDATED, USER_LENGTH, WORDS_LENGTH, TaskFilter

ANY = ("", _("any"))


class ReextractForm(forms.Form):
    """By whom a session is to be read again. Only what is configured can be chosen."""

    extractor = forms.ChoiceField(label=_("Read by"), widget=forms.RadioSelect)
    model = forms.CharField(label=_("Model"), max_length=MODEL_LENGTH, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [("llm", _("A language model")), ("offline", _("The offline rules"))]
        extractor, model = self.fields["extractor"], self.fields["model"]
        assert isinstance(extractor, forms.ChoiceField)
        extractor.choices = choices if llm_is_configured() else choices[1:]
        extractor.initial = extractor.choices[0][0]
        model.widget.attrs = {"placeholder": settings.LLM_SIMPLE_MODEL, "autocomplete": "off", "spellcheck": "false"}

    def clean_model(self) -> str:
        """The offline rules have no model; one that was typed before they were chosen is dropped."""
        return str(self.cleaned_data["model"]) if self.cleaned_data.get("extractor") == "llm" else ""


def _said(choices: type[Task.Basis] | type[Task.Risk] | type[Task.Situation]) -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in choices.choices if value]


class TaskFilterForm(forms.Form):
    """The filters of a list of tasks, as `TaskFilter` has read them from the address. It is shown, never validated."""

    q = forms.CharField(label=_("Text"), max_length=WORDS_LENGTH, widget=forms.TextInput({"type": "search"}))
    status = forms.MultipleChoiceField(
        label=_("Status"), choices=Task.Status.choices, widget=forms.CheckboxSelectMultiple
    )
    basis = forms.ChoiceField(label=_("Outcome"))
    risk = forms.ChoiceField(label=_("Risk"))
    user = forms.CharField(label=_("User"), max_length=USER_LENGTH)
    time = forms.ChoiceField(label=_("Created"))
    situation = forms.ChoiceField(label=_("Situation"))
    corrected = forms.ChoiceField(label=_("Corrected"))
    since = forms.DateTimeField(label=_("From"))
    until = forms.DateTimeField(label=_("Until"))
    sort = forms.ChoiceField(label=_("Sort"))
    session = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, asked: TaskFilter, *, in_session: bool = False) -> None:
        initial = {name: getattr(asked, name) for name in self.base_fields}
        super().__init__(initial=initial, auto_id="filter-%s", use_required_attribute=False)
        self.offer("basis", [ANY, *_said(Task.Basis), (NOT_SAID, _("not said"))])
        self.offer("risk", [ANY, (ANY_RISK, _("any risk")), *_said(Task.Risk)])
        self.offer("situation", [ANY, *_said(Task.Situation)])
        self.offer("corrected", [ANY, ("1", _("corrected by hand"))])
        self.offer("time", TIMES)
        orders = [(UPDATED, _("recently updated")), ("", _("newest first"))]
        self.offer("sort", [(IN_ORDER, _("in their order")), *orders[:1]] if in_session else orders[::-1])
        if in_session:
            # The address names the session already.
            del self.fields["session"], self.fields["user"]
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def folded(self) -> list[forms.BoundField]:
        """What few look for; it stands under "More"."""
        names = ("user", "situation", "corrected", "since", "until", "sort")
        return [self[name] for name in names if name in self.fields]

    @property
    def has_folded(self) -> bool:
        """Whether some of that is asked for."""
        return any(field.initial for field in self.folded)
