"""One small reading with the configured LLM, by the very way that extraction takes, for a person to look at."""

import time
from typing import Any

import structlog

from sessions.models import Project
from sessions.parts import Part
from tasks.extraction.errors import ExtractionError
from tasks.extraction.extractors import extractor_for
from tasks.extraction.window import Window, WindowMessage

log = structlog.get_logger(__name__)
ERROR_LENGTH = 2_000
SMALL_TALK = Window(
    messages=(
        WindowMessage(1, "user", (Part(type="text", text="What is “good morning” in French?"),)),
        WindowMessage(2, "assistant", (Part(type="text", text="“Bonjour”."),)),
    )
)


def try_llm(project: Project) -> dict[str, Any]:
    """Ask the project's extractor and return what came of it, as plain JSON: an answer or an error, time and tokens.

    Takes as long as the extractor does. Call it outside of any transaction.
    """
    extractor = extractor_for(project)
    started = time.monotonic()
    outcome: dict[str, Any] = {"model": extractor.model, "error": ""}
    try:
        extraction = extractor.extract(SMALL_TALK)
    except ExtractionError as error:
        outcome["error"] = str(error)[:ERROR_LENGTH]
    except Exception as error:
        log.exception("llm_trial.fault")
        outcome["error"] = f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
    else:
        outcome["accepted"] = extraction.accepted.model_dump(mode="json", exclude_defaults=True)
        outcome["rejected"] = extraction.rejected
        usage = extraction.usage
        outcome |= {
            "calls": usage.calls,
            "input_tokens": usage.input_tokens,
            "cached_tokens": usage.cached_tokens,
            "output_tokens": usage.output_tokens,
        }
    outcome["ms"] = round((time.monotonic() - started) * 1_000)
    return outcome
