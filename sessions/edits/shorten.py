"""Leave out whole messages until the rest is short enough."""

from dataclasses import dataclass
from itertools import chain
from typing import Any, ClassVar, Self

from sessions.edits.drafts import View
from sessions.edits.params import Params


@dataclass(frozen=True)
class MiddleOut:
    """Leave out from the middle, so that the beginning and the newest messages stay longest."""

    TYPE: ClassVar = "middle_out"
    PRIORITY: ClassVar = 50

    token_reduce_to: int

    @classmethod
    def read(cls, params: Params) -> Self:
        return cls(params.needed_whole("token_reduce_to", strategy=cls.TYPE, exact=True))

    def apply(self, view: View[Any]) -> None:
        while view.tokens > self.token_reduce_to and view.drafts:
            count = len(view.drafts)
            middle = count // 2 if count > 2 else 0
            # From the middle on, first towards the beginning and then towards the end, past what must stay.
            candidates = chain(range(middle, -1, -1), range(middle + 1, count))
            index = next((number for number in candidates if not view.is_held(number)), None)
            if index is None:
                return
            view.remove(index)


@dataclass(frozen=True)
class TokenLimit:
    """Leave out the oldest messages."""

    TYPE: ClassVar = "token_limit"
    PRIORITY: ClassVar = 100

    limit_tokens: int

    @classmethod
    def read(cls, params: Params) -> Self:
        return cls(params.needed_whole("limit_tokens", strategy=cls.TYPE))

    def apply(self, view: View[Any]) -> None:
        index = 0
        while view.tokens > self.limit_tokens and index < len(view.drafts):
            if view.is_held(index):
                index += 1
            else:
                view.remove(index)
