"""Ask a model about a window, tell it what was wrong, and keep what is right. Knows no protocol and no Django."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

from tasks.extraction.answer import to_operations
from tasks.extraction.errors import ExtractionError, UnusableAnswer
from tasks.extraction.llm.abilities import Fault
from tasks.extraction.llm.calling import Client, Messages, Reply
from tasks.extraction.llm.parsing import NoJSON, begun_answer, parse_answer, repeats_itself, without_thoughts
from tasks.extraction.operations import Extraction, Keep, Usage, keep_nothing
from tasks.extraction.prompt import PROMPT_VERSION, system_prompt, user_prompt
from tasks.extraction.validate import validate
from tasks.extraction.window import Window

REPAIRS = 2
SMALLEST_LIMIT = 4_096
# A task for each message, in full, is the most that an answer may have to hold.
TOKENS_A_MESSAGE = 160
# Reasoning that took the whole limit gets this much more, once.
MORE_ROOM, MOST_ROOM = 4, 32_768
TOLD_PROBLEMS = 20
# Of an answer that was wrong, so much goes back to the model.
LONGEST_QUOTE = 20_000


@dataclass
class LLMExtractor:
    """Asks a model. `timeout` is one call's, in seconds; `connect` makes the client that writes into a ledger."""

    model: str
    timeout: float
    connect: Callable[[Usage, Keep], Client]
    # The most that an answer may take; 0 leaves it to the window's size.
    answer_tokens: int = 0
    name: str = "llm"
    prompt_version: str = PROMPT_VERSION
    usage: Usage = field(default_factory=Usage)

    @property
    def longest_seconds(self) -> float:
        return self.timeout

    def extract(self, window: Window, keep: Keep = keep_nothing) -> Extraction:
        """Ask once, and at most twice more with what was wrong; then keep what is right. Raises ExtractionError."""
        with closing(self.connect(self.usage, keep)) as client:
            best = self._converse(client, window)
        best.usage = self.usage
        return best

    def _converse(self, client: Client, window: Window) -> Extraction:
        """Return the best of what the model answers. Raises ExtractionError when that is nothing."""
        messages: Messages = [
            {"role": "system", "content": system_prompt()},
            {"role": "user", "content": user_prompt(window)},
        ]
        for message in messages:
            self.usage.asked(message)
        best: Extraction | None = None
        problems: list[str] = []
        most = min(1 + REPAIRS, window.calls)
        for attempt in range(1, most + 1):
            try:
                text = self._ask(client, messages, window)
            except ExtractionError:
                # What is right already is not thrown away because a second opinion cannot be had.
                if best is None:
                    raise
                break
            extraction, problems = self._read(client, text, window)
            if extraction and (best is None or len(extraction.rejected) < len(best.rejected)):
                best = extraction
            if not problems or attempt == most:
                break
            messages = self._again(messages, text, problems)
        if best is None:
            raise UnusableAnswer(f"the model's answer is not of the asked form: {problems[0]}")
        return best

    def _ask(self, client: Client, messages: Messages, window: Window) -> str:
        """Return the model's text. An answer whose room went into reasoning is asked for again with more.

        Of one that says the same on and on, as small models do, what came before is taken.
        """
        tokens = self.answer_tokens or max(SMALLEST_LIMIT, TOKENS_A_MESSAGE * len(window.messages))
        reply = client.ask(messages, tokens=tokens)
        if reply.is_cut_off and _is_all_thought(reply):
            more = min(MORE_ROOM * max(tokens, reply.output_tokens), MOST_ROOM)
            self.usage.problems(["the room for the answer went into reasoning"])
            reply = client.ask(messages, tokens=more)
            if not _is_all_thought(reply):
                client.needs_room(more)
        self.usage.answered(reply.text)
        if reply.is_cut_off:
            self.usage.problems(["the answer was cut off"])
            begun = begun_answer(reply.text) if repeats_itself(reply.text) else ""
            if not begun:
                raise UnusableAnswer("the model's answer was cut off")
            return begun
        return reply.text

    def _read(self, client: Client, text: str, window: Window) -> tuple[Extraction | None, list[str]]:
        """Return what a text asks for, checked, and what is wrong with it."""
        fault: Fault | None = None
        extraction = None
        try:
            answer = parse_answer(text)
        except ValueError as error:
            fault = "no JSON" if isinstance(error, NoJSON) else "wrong form"
            problems = [str(error)[:1_000]]
        else:
            extraction = validate(window, to_operations(answer, window))
            problems = [f"{refused['value']}: {refused['problem']}" for refused in extraction.rejected]
        client.learn_from(fault)
        self.usage.problems(problems)
        return extraction, problems

    def _again(self, messages: Messages, text: str, problems: list[str]) -> Messages:
        """Return the messages that ask for a better answer. Users and model take turns: some templates insist."""
        listed = "\n".join(f"{number}. {problem}" for number, problem in enumerate(problems[:TOLD_PROBLEMS], start=1))
        said = f"These are wrong:\n{listed}\nAnswer again, whole and corrected."
        self.usage.asked({"role": "user", "content": said})
        quoted = without_thoughts(text).strip()[:LONGEST_QUOTE]
        if quoted:
            return [*messages, {"role": "assistant", "content": quoted}, {"role": "user", "content": said}]
        *before, last = messages
        return [*before, {**last, "content": f"{last['content']}\n\n{said}"}]


def _is_all_thought(reply: Reply) -> bool:
    return not without_thoughts(reply.text).strip()
