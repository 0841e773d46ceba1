"""What is checked before anything starts: that the LLM's settings can work."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from tasks.endpoints import is_web_address
from tasks.extraction.extractors import ANTHROPIC_MISSING, HOW_TO_INSTALL, NO_WEB_ADDRESS, anthropic_is_installed


@register("llm")
def llm_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Say what is wrong with the LLM's settings, before the first message waits for it."""
    found: list[CheckMessage] = []
    if settings.LLM_SDK == "anthropic" and not anthropic_is_installed():
        found.append(Error(ANTHROPIC_MISSING, hint=HOW_TO_INSTALL, id="tasks.E001"))
    if settings.LLM_BASE_URL and not is_web_address(settings.LLM_BASE_URL):
        found.append(Error(NO_WEB_ADDRESS, hint="such as https://api.openai.com/v1, or unset", id="tasks.E002"))
    return found
