"""The LLM extractor: one structured call a window, to any OpenAI-compatible endpoint. Knows no Django.

What an endpoint can do is learnt from its refusals and remembered for the life of the process: a strict JSON schema,
else a tool that must be called, else JSON mode, else plain words; `max_completion_tokens`, else `max_tokens`; a
temperature, else none. What it refuses for the messages' sake teaches nothing.
"""

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

import openai
from openai.types.chat import ChatCompletion
from pydantic import ValidationError

from tasks.extraction.answer import Answer, answer_schema, to_operations
from tasks.extraction.errors import Misconfigured, Unavailable, UnusableAnswer
from tasks.extraction.operations import Extraction, Usage
from tasks.extraction.prompt import PROMPT_VERSION, system_prompt, user_prompt
from tasks.extraction.validate import validate
from tasks.extraction.window import Window

REPAIRS = 2
ANSWER_TOKENS = 4_096
MODES = ("schema", "tool", "required tool", "json", "plain")
TOOL = "record_tasks"
ABOUT_THE_MESSAGES = ("context length", "context_length", "maximum context", "too long", "content filter", "policy")
FENCED = re.compile(r"```(?:json)?\s*(\{.*\})\s*```", re.DOTALL)


@dataclass
class Abilities:
    """What an endpoint was found able to do."""

    mode: str = MODES[0]
    limit_name: str = "max_completion_tokens"
    takes_temperature: bool = True

    def learn(self, refusal: str) -> bool:
        """Do without what a 400 complains of; return whether there is something else to try."""
        refusal = refusal.casefold()
        if any(word in refusal for word in ABOUT_THE_MESSAGES):
            return False
        if self.limit_name == "max_completion_tokens" and "max_completion_tokens" in refusal:
            self.limit_name = "max_tokens"
        elif self.takes_temperature and "temperature" in refusal:
            self.takes_temperature = False
        elif self.mode != MODES[-1]:
            self.mode = MODES[MODES.index(self.mode) + 1]
        else:
            return False
        return True

    def form(self) -> dict[str, Any]:
        """Return the request's fields that ask for an answer of the right form."""
        tool = {"type": "function", "function": {"name": TOOL, "parameters": answer_schema()}}
        match self.mode:
            case "schema":
                schema = {"name": "tasks", "strict": True, "schema": answer_schema()}
                return {"response_format": {"type": "json_schema", "json_schema": schema}}
            case "tool":
                return {"tools": [tool], "tool_choice": {"type": "function", "function": {"name": TOOL}}}
            case "required tool":
                return {"tools": [tool], "tool_choice": "required"}
            case "json":
                return {"response_format": {"type": "json_object"}}
        return {}


KNOWN: dict[tuple[str, str], Abilities] = {}


@dataclass
class LLMExtractor:
    """Asks a model. `timeout` is one call's, in seconds."""

    api_key: str
    base_url: str | None
    model: str
    timeout: float
    name: str = "llm"
    prompt_version: str = PROMPT_VERSION
    usage: Usage = field(default_factory=Usage)

    def __post_init__(self) -> None:
        # The session's own backoff retries; a client that did so too would outlive the lease.
        self.client = openai.OpenAI(api_key=self.api_key, base_url=self.base_url, timeout=self.timeout, max_retries=0)
        self.abilities = KNOWN.setdefault((self.base_url or "", self.model), Abilities())

    @property
    def longest_seconds(self) -> float:
        return self.timeout * (1 + REPAIRS + len(MODES)) + 30

    def extract(self, window: Window) -> Extraction:
        """Ask once, and at most twice more with what was wrong; then keep what is right. Raises ExtractionError."""
        messages: list[dict[str, str]] = [
            {"role": "system", "content": system_prompt()},
            {"role": "user", "content": user_prompt(window)},
        ]
        best: Extraction | None = None
        for attempt in range(1 + REPAIRS):
            text = self._ask(messages)
            problems: list[str] = []
            try:
                extraction = validate(window, to_operations(parse_answer(text), window))
            except ValueError as error:
                problems = [str(error)[:1_000]]
            else:
                if best is None or len(extraction.rejected) < len(best.rejected):
                    best = extraction
                problems = [f"{refused['value']}: {refused['problem']}" for refused in extraction.rejected]
            if not problems or attempt == REPAIRS:
                break
            listed = "\n".join(f"{number}. {problem}" for number, problem in enumerate(problems[:20], start=1))
            messages += [
                {"role": "assistant", "content": text},
                {"role": "user", "content": f"These are wrong:\n{listed}\nAnswer again, whole and corrected."},
            ]
        if best is None:
            raise UnusableAnswer(f"the model's answer is not of the asked form: {problems[0]}")
        best.usage = self.usage
        return best

    def _ask(self, messages: list[dict[str, str]]) -> str:
        before = replace(self.abilities)
        while True:
            try:
                completion = self._call(messages)
            except openai.BadRequestError as error:
                if not self.abilities.learn(str(error)):
                    vars(self.abilities).update(vars(before))
                    raise UnusableAnswer(f"the LLM refused the request: {error}") from error
            else:
                return self._text_of(completion)

    def _call(self, messages: list[dict[str, str]]) -> ChatCompletion:
        options: dict[str, Any] = {self.abilities.limit_name: ANSWER_TOKENS}
        if self.abilities.takes_temperature:
            options["temperature"] = 0
        options |= self.abilities.form()
        if self.abilities.mode in ("json", "plain"):
            form = f"\n\nAnswer with one JSON object of this schema:\n{json.dumps(answer_schema())}"
            messages = [{**messages[0], "content": messages[0]["content"] + form}, *messages[1:]]
        self.usage.calls += 1
        try:
            completion: ChatCompletion = self.client.chat.completions.create(
                model=self.model,
                messages=messages,  # type: ignore[arg-type]
                **options,
            )
        except openai.BadRequestError:
            raise
        except (openai.AuthenticationError, openai.PermissionDeniedError, openai.NotFoundError) as error:
            raise Misconfigured(f"the LLM refuses this key, model or address: {error}") from error
        except openai.RateLimitError as error:
            raise Unavailable(f"the LLM's rate limit is reached: {error}", retry_after=retry_after(error)) from error
        except openai.APITimeoutError as error:
            raise Unavailable(f"the LLM did not answer within {self.timeout:g} s") from error
        except openai.APIStatusError as error:
            raise Unavailable(f"the LLM answered {error.status_code}", retry_after=retry_after(error)) from error
        except openai.APIError as error:
            raise Unavailable(f"the LLM cannot be reached: {error}") from error
        except ValueError as error:
            raise Unavailable(f"the LLM's answer is not JSON: {error}") from error
        return completion

    def _text_of(self, completion: ChatCompletion) -> str:
        if usage := getattr(completion, "usage", None):
            details = usage.prompt_tokens_details
            self.usage.input_tokens += usage.prompt_tokens or 0
            self.usage.output_tokens += usage.completion_tokens or 0
            self.usage.cached_tokens += (details.cached_tokens or 0) if details else 0
        choices = getattr(completion, "choices", None)
        if not choices:
            raise Unavailable("the LLM answered without a choice")
        if choices[0].finish_reason == "length":
            raise UnusableAnswer("the model's answer was cut off")
        if choices[0].message.refusal:
            raise UnusableAnswer(f"the model refused: {choices[0].message.refusal}")
        called = [call.function.arguments for call in choices[0].message.tool_calls or [] if call.type == "function"]
        # Some endpoints put the call into the text instead; `parse_answer` finds it there.
        return called[0] if called else choices[0].message.content or ""


def parse_answer(text: str) -> Answer:
    """Read an answer, also out of a fence or out of prose around it; raises ValueError."""
    fenced = FENCED.search(text)
    body = fenced.group(1) if fenced else text[text.find("{") : text.rfind("}") + 1]
    try:
        return Answer.model_validate_json(body)
    except ValidationError as error:
        said = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        raise ValueError(f"not the asked JSON: {said}") from None


def retry_after(error: openai.APIStatusError) -> float | None:
    """Return the seconds that the provider asks to wait, if it does."""
    try:
        return float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
