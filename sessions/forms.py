"""Forms of the pages: each validates one action."""

from typing import TYPE_CHECKING

from django import forms
from django.db.models import QuerySet

from sessions.models import Project

if TYPE_CHECKING:
    ProjectChoiceField = forms.ModelChoiceField[Project]
else:
    ProjectChoiceField = forms.ModelChoiceField


class ProjectForm(forms.Form):
    """Names one of the projects that a person may see."""

    project = ProjectChoiceField(queryset=Project.objects.none())

    def __init__(self, *args: object, projects: QuerySet[Project], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["project"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = projects


class ThemeForm(forms.Form):
    """Light, dark, or as the system has it."""

    theme = forms.ChoiceField(choices=[(name, name) for name in ("light", "dark", "system")])
