"""What strategies work on: messages that may be rewritten or left out, and which of them hang together."""

from bisect import bisect_left
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from sessions.parts import Part
from sessions.tokens import count_parts


class Tool(NamedTuple):
    """Which call a part is or answers, and of which tool; both empty for a part that is neither, or does not say."""

    call_id: str
    name: str


@dataclass(slots=True)
class Draft[M]:
    """A message on its way through the strategies: what was stored (`MessageLike`), and its parts and tokens by now."""

    source: M
    parts: list[Part]
    tokens: int
    changed: bool = False
    tools: list[Tool] = field(default_factory=list)

    def rewrite(self, change: Callable[[Part, Tool], Part]) -> None:
        """Put each part through a function that returns it changed, or as it is. Stored parts are not touched."""
        parts = [change(part, tool) for part, tool in zip(self.parts, self.tools, strict=True)]
        if parts != self.parts:
            self.parts, self.tokens, self.changed = parts, count_parts(parts), True


class View[M]:
    """The messages that strategies see. `groups` says who belongs together, `held` which groups must stay."""

    def __init__(self, drafts: list[Draft[M]], groups: Sequence[int], held: Set[int]) -> None:
        self.drafts = drafts
        self.groups = list(groups)
        self.held = held
        self.tokens = sum(draft.tokens for draft in drafts)
        self._numbers = list(range(len(drafts)))
        self._members: dict[int, list[int]] = {}
        for number, group in enumerate(groups):
            self._members.setdefault(group, []).append(number)

    def recount(self) -> None:
        """Sum up again after drafts were rewritten."""
        self.tokens = sum(draft.tokens for draft in self.drafts)

    def is_held(self, index: int) -> bool:
        return self.groups[index] in self.held

    def remove(self, index: int) -> None:
        """Leave out a message, and with it everything it hangs together with."""
        for number in self._members[self.groups[index]]:
            at = bisect_left(self._numbers, number)
            self.tokens -= self.drafts[at].tokens
            del self.drafts[at], self.groups[at], self._numbers[at]
