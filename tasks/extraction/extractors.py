"""Which extractor reads: an LLM when one is configured, else the rules that need none."""

from functools import partial
from importlib.util import find_spec
from typing import Any

from django.conf import settings

from sessions.models import Project
from tasks.endpoints import EndpointGate, is_web_address
from tasks.extraction.errors import Misconfigured
from tasks.extraction.llm.calling import Client
from tasks.extraction.llm.dialogue import LLMExtractor
from tasks.extraction.offline import OfflineExtractor
from tasks.extraction.operations import Extraction, Extractor, Keep, Usage, keep_nothing
from tasks.extraction.validate import validate
from tasks.extraction.window import Window

ANTHROPIC_MISSING = "LLM_SDK=anthropic needs the package anthropic"
NO_WEB_ADDRESS = "LLM_BASE_URL is not an http or https address"
HOW_TO_INSTALL = "install it with .venv/bin/pip install 'anthropic>=2', or take LLM_SDK=openai"


class Offline:
    """The offline rules behind the interface of all extractors."""

    name = "offline"
    model = ""
    longest_seconds = 30.0

    def __init__(self) -> None:
        self.rules = OfflineExtractor()
        self.prompt_version = self.rules.prompt_version
        self.usage = Usage()

    def extract(self, window: Window, keep: Keep = keep_nothing) -> Extraction:
        return validate(window, self.rules.propose(window))


def llm_is_configured() -> bool:
    return bool(settings.LLM_API_KEY or settings.LLM_BASE_URL)


def extractor_for(project: Project, *, name: str = "", model: str = "") -> Extractor:
    """Return the extractor of a project for one window, or the one of this name and model.

    Raises Misconfigured when an LLM is asked for and none is configured.
    """
    if name == "offline" or (not name and not llm_is_configured()):
        return Offline()
    if not llm_is_configured():
        raise Misconfigured("no LLM is configured: set LLM_API_KEY or LLM_BASE_URL")
    model = model or settings.LLM_SIMPLE_MODEL
    return LLMExtractor(
        model=model,
        timeout=settings.LLM_RESPONSE_TIMEOUT,
        connect=partial(_connect, model),
        answer_tokens=settings.LLM_ANSWER_TOKENS,
    )


def _connect(model: str, usage: Usage, keep: Keep) -> Client:
    """Return a client of the configured endpoint. Raises Misconfigured when there can be none."""
    if settings.LLM_BASE_URL and not is_web_address(settings.LLM_BASE_URL):
        raise Misconfigured(NO_WEB_ADDRESS)
    timeout = settings.LLM_RESPONSE_TIMEOUT
    address: dict[str, Any] = {
        "api_key": settings.LLM_API_KEY or "none",
        "base_url": settings.LLM_BASE_URL or None,
        "model": model,
        "timeout": timeout,
    }
    gate = EndpointGate(settings.LLM_BASE_URL, model, timeout=timeout, keep=keep)
    # Imported here, because an SDK costs each process 20 MB and a third of a second at its start.
    if settings.LLM_SDK == "anthropic":
        if not anthropic_is_installed():
            raise Misconfigured(f"{ANTHROPIC_MISSING}: {HOW_TO_INSTALL}")
        from tasks.extraction.llm.anthropic_client import AnthropicClient

        return AnthropicClient(**address, gate=gate, usage=usage)
    from tasks.extraction.llm.openai_client import OpenAIClient

    return OpenAIClient(**address, gate=gate, usage=usage)


def anthropic_is_installed() -> bool:
    return find_spec("anthropic") is not None
