"""Forms of the pages of tasks."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tasks.extraction.extractors import llm_is_configured
from tasks.reextraction.proposing import MODEL_LENGTH


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
