"""What an endpoint can do, learnt from what it refuses and from what it answers. No Django here."""

import re
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self

# Best first: a strict JSON schema, a tool that must be called, the same said in other words, JSON mode, plain words.
MODES = ("schema", "tool", "required tool", "json", "plain")
# Modes in which the endpoint promises the form of the answer.
PROMISED = MODES[:3]
# So many answers in a row that are not of the form are not chance.
CHANCES = 2
Fault = Literal["no JSON", "wrong form"]

LARGEST_LIMIT = re.compile(
    r"(?:at most|up to|less than or equal to|<=|>|maximum (?:value )?(?:is|of)|range of max_tokens is \[1,)"
    r"\s*(\d{3,6})\b"
)


@dataclass(frozen=True)
class Abilities:
    """How to ask an endpoint. Each step of `learn` does without one thing, so that learning ends."""

    mode: str = MODES[0]
    limit_name: str = "max_completion_tokens"
    largest_limit: int = 0
    smallest_limit: int = 0
    takes_temperature: bool = True
    takes_system: bool = True
    streams: bool = False
    faults: int = 0

    @classmethod
    def of(cls, stored: object) -> Self:
        """Read what was stored; what is not of the right type, or unknown, is as if never learnt."""
        known = stored if isinstance(stored, dict) else {}
        untaught = cls()
        good = {
            one.name: known[one.name]
            for one in fields(cls)
            if type(known.get(one.name)) is type(getattr(untaught, one.name))
        }
        found = cls(**good)
        return found if found.mode in MODES else replace(found, mode=MODES[0])

    def stored(self) -> dict[str, Any]:
        """Return what differs from an endpoint that can do everything."""
        untaught = asdict(type(self)())
        return {name: value for name, value in asdict(self).items() if value != untaught[name]}

    def limit(self, tokens: int) -> int:
        """Return the answer's limit for an answer that should have room for so many tokens."""
        tokens = max(tokens, self.smallest_limit)
        return min(tokens, self.largest_limit) if self.largest_limit else tokens

    def learn(self, refusal: str) -> Self | None:
        """Do without what a refusal complains of; None when nothing else is left to try."""
        refusal = refusal.casefold()
        about_limit = "max_tokens" in refusal or "max_completion_tokens" in refusal
        if about_limit and not self.largest_limit and (most := LARGEST_LIMIT.search(refusal)):
            return replace(self, largest_limit=int(most.group(1)))
        if self.limit_name == "max_completion_tokens" and "max_completion_tokens" in refusal:
            return replace(self, limit_name="max_tokens")
        if self.limit_name == "max_tokens" and "max_tokens" in refusal:
            return replace(self, limit_name="")
        if self.takes_temperature and "temperature" in refusal:
            return replace(self, takes_temperature=False)
        if self.takes_system and re.search(r"system (role|prompt|message)|'system'|developer instruction", refusal):
            return replace(self, takes_system=False)
        if not self.streams and re.search(r"\bstream(ing)?\b", refusal):
            return replace(self, streams=True)
        if self.mode != MODES[-1]:
            return replace(self, mode=MODES[MODES.index(self.mode) + 1], faults=0)
        return None

    def after(self, fault: Fault | None) -> Self:
        """Return what an answer teaches: in a row of such as are not of the form, ask in words instead.

        When plain words bring no JSON either it is the model that cannot, and the best mode is tried again.
        """
        counts = fault == "no JSON" or (fault == "wrong form" and self.mode in PROMISED)
        if not counts:
            return replace(self, faults=0)
        if self.faults + 1 < CHANCES:
            return replace(self, faults=self.faults + 1)
        return replace(self, faults=0, mode={"json": "plain", "plain": MODES[0]}.get(self.mode, "json"))
