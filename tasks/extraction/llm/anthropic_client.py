"""The client of Anthropic's own API: a tool that must be called, and constant rules that the provider caches.

The package `anthropic` is an extra; without it this module cannot be imported. No Django here.
"""

import json
from dataclasses import replace
from functools import partial
from typing import Any

import anthropic
import httpx2

from tasks.extraction.answer import answer_schema
from tasks.extraction.errors import Misconfigured, Unavailable, UnusableAnswer
from tasks.extraction.llm.abilities import PROMISED, Fault
from tasks.extraction.llm.calling import HARMLESS, Gate, Line, Messages, Reply, whole_number
from tasks.extraction.llm.failures import Complaint, Refused
from tasks.extraction.operations import Usage

TOOL = "record_tasks"
CUT_OFF = ("max_tokens", "model_context_window_exceeded")
# In `Abilities` the two ways there are here are called so.
FORCED, WORDED = "tool", "plain"


class AnthropicClient:
    """Asks one model. `timeout` is a call's, in seconds."""

    def __init__(
        self, *, api_key: str, base_url: str | None, model: str, timeout: float, gate: Gate, usage: Usage
    ) -> None:
        self.sdk = anthropic.Anthropic(api_key=api_key, base_url=base_url, timeout=timeout, max_retries=0)
        self.model, self.timeout, self.gate = model, timeout, gate
        self.line = Line(gate, usage, secret=api_key)

    def ask(self, messages: Messages, *, tokens: int) -> Reply:
        """Ask with a tool that must be called; in words where a model does not let itself be made to."""
        known = trying = self.gate.abilities()
        while True:
            mode = FORCED if trying.mode in PROMISED else WORDED
            try:
                reply = self.line.call(mode, partial(self._send, messages, mode, trying.limit(tokens)))
            except Refused as refusal:
                learnt = trying.learn(str(refusal))
                if learnt is None:
                    # Is it these messages, or everything? The one shrinks the window, the other needs a person.
                    if not self.line.answers_at_all(mode, partial(self._send, HARMLESS, mode, trying.limit(tokens))):
                        raise Misconfigured(f"the LLM refuses every request: {refusal}") from refusal
                    raise UnusableAnswer(f"the LLM refused the request: {refusal}") from refusal
                trying = learnt if learnt.mode == trying.mode else replace(trying, mode=WORDED)
            else:
                if trying != known:
                    self.gate.remember(trying)
                return reply

    def learn_from(self, fault: Fault | None) -> None:
        """A tool that must be called keeps its form; there is no better way to ask."""

    def needs_room(self, tokens: int) -> None:
        known = self.gate.abilities()
        if known.smallest_limit < tokens:
            self.gate.remember(replace(known, smallest_limit=tokens))

    def close(self) -> None:
        self.sdk.close()

    def _send(self, messages: Messages, mode: str, limit: int) -> Reply:
        rules, *rest = messages
        options: dict[str, Any] = {}
        text = rules["content"]
        if mode == FORCED:
            options["tools"] = [{"name": TOOL, "description": "Record the tasks.", "input_schema": answer_schema()}]
            options["tool_choice"] = {"type": "tool", "name": TOOL}
        else:
            text += f"\n\nAnswer with one JSON object of this schema:\n{json.dumps(answer_schema())}"
        try:
            message = self.sdk.messages.create(
                model=self.model,
                max_tokens=limit,
                # The cache holds all up to here, the tool included.
                system=[{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}],
                messages=rest,  # type: ignore[arg-type]
                **options,
            )
        except anthropic.APIStatusError as error:
            raise Complaint(error.status_code, error.response.text, error.response.headers).raised() from error
        except (anthropic.APITimeoutError, httpx2.TimeoutException) as error:
            raise Unavailable(f"the LLM did not answer within {self.timeout:g} s") from error
        except (anthropic.APIError, httpx2.HTTPError) as error:
            raise Unavailable(f"the LLM cannot be reached: {error.__cause__ or error}") from error
        except ValueError as error:
            raise Unavailable("the LLM's answer is not JSON") from error
        return _reply(message)


def _reply(message: Any) -> Reply:
    """Read a message; what a proxy sends instead of one need not have its attributes."""
    blocks = getattr(message, "content", None)
    usage = getattr(message, "usage", None)
    if not isinstance(blocks, list) or usage is None:
        raise Unavailable("the LLM's answer is no message")
    called = [block.input for block in blocks if block.type == "tool_use"]
    said = "".join(block.text for block in blocks if block.type == "text")
    read = whole_number(getattr(usage, "cache_read_input_tokens", None))
    written = whole_number(getattr(usage, "cache_creation_input_tokens", None))
    return Reply(
        text=json.dumps(called[0]) if called else said,
        input_tokens=whole_number(usage.input_tokens) + read + written,
        cached_tokens=read,
        output_tokens=whole_number(usage.output_tokens),
        is_cut_off=message.stop_reason in CUT_OFF,
        problem=UnusableAnswer("the model refused") if message.stop_reason == "refusal" else None,
    )
