"""One call of an endpoint: through its gate, timed, and written down whatever comes of it. No Django here."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from tasks.extraction.errors import ExtractionError, Unavailable, UnusableAnswer
from tasks.extraction.llm.abilities import Abilities, Fault
from tasks.extraction.llm.failures import Refused, plain
from tasks.extraction.operations import Usage

LONGEST_BODY_BYTES = 8_000_000
SHORTEST_SECRET = 8
Messages = list[dict[str, str]]
# What no endpoint that works refuses.
HARMLESS: Messages = [
    {"role": "system", "content": "Answer in one word."},
    {"role": "user", "content": "Are you there?"},
]


@dataclass(frozen=True)
class Reply:
    """What a model wrote. Tokens of the cache are part of the input; `problem` is why the text is of no use."""

    text: str
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    is_cut_off: bool = False
    # Whether a text that is not of the form speaks against the way it was asked for.
    tells_of_mode: bool = True
    problem: UnusableAnswer | None = None


class Gate(Protocol):
    """What all processes know of an endpoint, and whether it may be asked now."""

    def abilities(self) -> Abilities: ...

    def remember(self, abilities: Abilities) -> None:
        """Keep what was learnt."""
        ...

    def enter(self) -> None:
        """Wait for the rate limit where that is short; raises Resting when nothing may be asked now."""
        ...

    def answered(self) -> None:
        """The endpoint works, whatever it said."""
        ...

    def failed(self, error: Unavailable) -> None: ...


class Client(Protocol):
    """Speaks a provider's protocol. Raises ExtractionError."""

    def ask(self, messages: Messages, *, tokens: int) -> Reply:
        """Return the reply to messages, with room for so many tokens."""
        ...

    def learn_from(self, fault: Fault | None) -> None:
        """Hear whether the last reply was of the asked form."""
        ...

    def needs_room(self, tokens: int) -> None:
        """Hear that an answer needs a limit of at least so many tokens."""
        ...

    def close(self) -> None: ...


@dataclass
class Line:
    """The way to an endpoint: each call passes its gate and stands in the ledger. `secret` stands in no error."""

    gate: Gate
    usage: Usage
    secret: str = ""

    def call(self, mode: str, send: Callable[[], Reply]) -> Reply:
        """Return the reply of `send`; raises what it raises, and the reply's own problem."""
        self.gate.enter()
        self.usage.calls += 1
        self.usage.mode = mode
        attempt: dict[str, Any] = {"mode": mode}
        self.usage.attempts.append(attempt)
        started = time.monotonic()
        try:
            reply = send()
            self._count(reply, attempt)
            if reply.problem:
                raise reply.problem
        except (ExtractionError, Refused) as error:
            self._hide_secret(error)
            attempt["error"] = f"{type(error).__name__}: {plain(str(error))}"
            if isinstance(error, Unavailable):
                self.gate.failed(error)
            else:
                self.gate.answered()
            raise
        finally:
            attempt["ms"] = round((time.monotonic() - started) * 1_000)
        self.gate.answered()
        return reply

    def answers_at_all(self, mode: str, send: Callable[[], Reply]) -> bool:
        """Whether any answer can be had, to messages that nothing can be wrong with."""
        try:
            self.call(mode, send)
        except Refused:
            return False
        except UnusableAnswer:
            return True
        return True

    def _count(self, reply: Reply, attempt: dict[str, Any]) -> None:
        for name in ("input_tokens", "cached_tokens", "output_tokens"):
            if tokens := getattr(reply, name):
                attempt[name] = tokens
                setattr(self.usage, name, getattr(self.usage, name) + tokens)

    def _hide_secret(self, error: Exception) -> None:
        """Some endpoints quote the key that they refuse; errors are shown and kept."""
        if len(self.secret) >= SHORTEST_SECRET and self.secret in str(error):
            error.args = (str(error).replace(self.secret, "…"), *error.args[1:])


def whole_number(value: object) -> int:
    """Return a count of tokens as told; what is none is 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
