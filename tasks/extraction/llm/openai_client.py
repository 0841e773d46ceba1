"""The client of OpenAI and of all that speak its protocol. What an endpoint cannot do is learnt and remembered.

The SDK sends; the body is read here, because back ends answer with much that its types do not foresee. No Django.
"""

import json
import time
from dataclasses import replace
from functools import partial
from typing import Any

import httpx2
import openai

from tasks.extraction.answer import answer_schema
from tasks.extraction.errors import Misconfigured, Unavailable, UnusableAnswer
from tasks.extraction.llm.abilities import PROMISED, Abilities, Fault
from tasks.extraction.llm.calling import HARMLESS, LONGEST_BODY_BYTES, Gate, Line, Messages, Reply
from tasks.extraction.llm.completion import read_completion
from tasks.extraction.llm.failures import Complaint, Refused, TooLong
from tasks.extraction.operations import Usage

TOOL = "record_tasks"
SMALLEST_ROOM = 512


class OpenAIClient:
    """Asks one model at one address. `timeout` is a whole call's, in seconds."""

    def __init__(
        self, *, api_key: str, base_url: str | None, model: str, timeout: float, gate: Gate, usage: Usage
    ) -> None:
        # The session's own backoff retries; a client that did so too would outlive the lease.
        self.sdk = openai.OpenAI(api_key=api_key, base_url=base_url, timeout=timeout, max_retries=0)
        self.model, self.timeout, self.gate = model, timeout, gate
        self.line = Line(gate, usage, secret=api_key)
        self.asked = Abilities()
        self.tells_of_mode = True

    def ask(self, messages: Messages, *, tokens: int) -> Reply:
        """Ask as the endpoint is known to want it, and once more for each thing it is found unable to do."""
        known = trying = self.gate.abilities()
        room = 0
        while True:
            limit = room or trying.limit(tokens)
            try:
                reply = self.line.call(trying.mode, partial(self._send, messages, trying, limit))
            except TooLong as error:
                # With a small context the answer's limit may be what does not fit.
                if room or error.room < SMALLEST_ROOM or error.room >= limit:
                    raise
                room = error.room
            except Refused as refusal:
                learnt = trying.learn(str(refusal))
                if learnt is None:
                    # Is it these messages, or everything? The one shrinks the window, the other needs a person.
                    if not self.line.answers_at_all(trying.mode, partial(self._send, HARMLESS, trying, limit)):
                        raise Misconfigured(f"the LLM refuses every request: {refusal}") from refusal
                    raise UnusableAnswer(f"the LLM refused the request: {refusal}") from refusal
                trying = learnt
            else:
                if trying != known:
                    self.gate.remember(trying)
                self.asked, self.tells_of_mode = trying, reply.tells_of_mode
                return reply

    def learn_from(self, fault: Fault | None) -> None:
        """Step down from a way of asking that keeps bringing answers of no form."""
        if self.tells_of_mode and (learnt := self.asked.after(fault)) != self.asked:
            self.gate.remember(learnt)

    def needs_room(self, tokens: int) -> None:
        known = self.gate.abilities()
        if known.smallest_limit < tokens:
            self.gate.remember(replace(known, smallest_limit=tokens))

    def close(self) -> None:
        self.sdk.close()

    def _send(self, messages: Messages, way: Abilities, limit: int) -> Reply:
        deadline = time.monotonic() + self.timeout
        body = bytearray()
        try:
            with self.sdk.chat.completions.with_streaming_response.create(
                model=self.model,
                messages=_worded(messages, way),  # type: ignore[arg-type]
                **_options(way, limit),
            ) as response:
                for chunk in response.iter_bytes():
                    body += chunk
                    # A time-out of the SDK is one between two bytes; some endpoints drip.
                    if time.monotonic() > deadline or len(body) > LONGEST_BODY_BYTES:
                        raise Unavailable(f"the LLM did not end its answer within {self.timeout:g} s")
        except openai.APIStatusError as error:
            complaint = Complaint(error.status_code, error.response.text, error.response.headers)
            if (written := complaint.failed_generation) is not None:
                return Reply(written, tells_of_mode=False)
            raise complaint.raised() from error
        except (openai.APITimeoutError, httpx2.TimeoutException) as error:
            raise Unavailable(f"the LLM did not answer within {self.timeout:g} s") from error
        except (openai.APIError, httpx2.HTTPError) as error:
            raise Unavailable(f"the LLM cannot be reached: {error.__cause__ or error}") from error
        return read_completion(bytes(body))


def _options(way: Abilities, limit: int) -> dict[str, Any]:
    """Return the request's fields beside model and messages."""
    options: dict[str, Any] = {way.limit_name: limit} if way.limit_name else {}
    if way.takes_temperature:
        options["temperature"] = 0
    if way.streams:
        options |= {"stream": True, "stream_options": {"include_usage": True}}
    tool = {"type": "function", "function": {"name": TOOL, "parameters": answer_schema()}}
    match way.mode:
        case "schema":
            schema = {"name": "tasks", "strict": True, "schema": answer_schema()}
            return options | {"response_format": {"type": "json_schema", "json_schema": schema}}
        case "tool":
            return options | {"tools": [tool], "tool_choice": {"type": "function", "function": {"name": TOOL}}}
        case "required tool":
            return options | {"tools": [tool], "tool_choice": "required"}
        case "json":
            return options | {"response_format": {"type": "json_object"}}
    return options


def _worded(messages: Messages, way: Abilities) -> Messages:
    """Say in words what this way of asking cannot say otherwise. The first message is the system's."""
    rules, *rest = messages
    if way.mode not in PROMISED:
        form = f"\n\nAnswer with one JSON object of this schema:\n{json.dumps(answer_schema())}"
        rules = {**rules, "content": rules["content"] + form}
    if way.takes_system:
        return [rules, *rest]
    return [{**rest[0], "content": f"{rules['content']}\n\n{rest[0]['content']}"}, *rest[1:]]
