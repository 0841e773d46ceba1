"""What strategies work on: messages that may be rewritten or left out, and which of them hang together."""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from sessions.parts import Part
from sessions.tokens import count_parts


@dataclass(slots=True)
class Draft[M]:
    """A message on its way through the strategies: what was stored, and the parts and tokens it has by now."""

    source: M
    parts: list[Part]
    tokens: int
    changed: bool = False

    def rewrite(self, change: Callable[[Part], Part]) -> None:
        """Put each part through a function that returns it changed, or as it is. Stored parts are not touched."""
        parts = [change(part) for part in self.parts]
        if parts != self.parts:
            self.parts, self.tokens, self.changed = parts, count_parts(parts), True


class View[M]:
    """The messages that strategies see. `groups` says who belongs together, `held` which groups must stay."""

    def __init__(self, drafts: list[Draft[M]], groups: Sequence[int], held: Set[int]) -> None:
        self.drafts = drafts
        self.groups = list(groups)
        self.held = held
        self.tokens = sum(draft.tokens for draft in drafts)

    def recount(self) -> None:
        """Sum up again after drafts were rewritten."""
        self.tokens = sum(draft.tokens for draft in self.drafts)

    def is_held(self, index: int) -> bool:
        return self.groups[index] in self.held

    def remove(self, index: int) -> None:
        """Leave out a message, and with it everything it hangs together with."""
        group = self.groups[index]
        if self.groups.count(group) == 1:
            self.tokens -= self.drafts.pop(index).tokens
            del self.groups[index]
            return
        kept = [number for number, other in enumerate(self.groups) if other != group]
        self.drafts = [self.drafts[number] for number in kept]
        self.groups = [self.groups[number] for number in kept]
        self.recount()
