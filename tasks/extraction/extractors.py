"""Which extractor reads: an LLM when one is configured, else the rules that need none."""

from django.conf import settings

from sessions.models import Project
from tasks.extraction.errors import Misconfigured
from tasks.extraction.offline import OfflineExtractor
from tasks.extraction.operations import Extraction, Extractor
from tasks.extraction.validate import validate
from tasks.extraction.window import Window


class Offline:
    """The offline rules behind the interface of all extractors."""

    name = "offline"
    model = ""
    longest_seconds = 30.0

    def __init__(self) -> None:
        self.rules = OfflineExtractor()
        self.prompt_version = self.rules.prompt_version

    def extract(self, window: Window) -> Extraction:
        return validate(window, self.rules.propose(window))


def llm_is_configured() -> bool:
    return bool(settings.LLM_API_KEY or settings.LLM_BASE_URL)


def extractor_for(project: Project, *, name: str = "", model: str = "") -> Extractor:
    """Return the extractor of a project, or the one of this name and model; raises Misconfigured without an LLM."""
    if name == "offline" or (not name and not llm_is_configured()):
        return Offline()
    if not llm_is_configured():
        raise Misconfigured("no LLM is configured: set LLM_API_KEY or LLM_BASE_URL")
    # Here, because the openai package costs each process 20 MB and a third of a second at its start.
    from tasks.extraction.llm import LLMExtractor

    return LLMExtractor(
        api_key=settings.LLM_API_KEY or "none",
        base_url=settings.LLM_BASE_URL or None,
        model=model or settings.LLM_SIMPLE_MODEL,
        timeout=settings.LLM_RESPONSE_TIMEOUT,
    )
