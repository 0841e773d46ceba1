"""Empty old tool calls and tool results, and keep the messages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import msgspec

from sessions.edits.drafts import Tool, View
from sessions.edits.params import Params
from sessions.parts import Kind, Part
from sessions.tokens import count_text

RECENT = 3
# What a result holds beside its text, and would still fill the prompt.
RESULT_CONTENT = ("parts", "content")


@dataclass(frozen=True)
class RemoveToolResult:
    """Replace the text of all but the newest tool results by a placeholder."""

    TYPE: ClassVar = "remove_tool_result"
    PRIORITY: ClassVar = 1

    keep_recent: int
    placeholder: str
    keep_tools: frozenset[str]
    gt_token: int | None

    @classmethod
    def read(cls, params: Params) -> Self:
        return cls(
            keep_recent=params.whole("keep_recent_n_tool_results", default=RECENT, least=0) or 0,
            placeholder=params.text("tool_result_placeholder", default="Done"),
            keep_tools=params.names("keep_tools"),
            gt_token=params.whole("gt_token", default=None, least=1),
        )

    def apply(self, view: View[Any]) -> None:
        def counts(part: Part, tool: Tool) -> bool:
            return part.type == Kind.TOOL_RESULT and tool.name not in self.keep_tools

        def empty(part: Part) -> Part:
            if self.gt_token is not None and count_text(part.text or "") <= self.gt_token:
                return part
            meta = {key: value for key, value in (part.meta or {}).items() if key not in RESULT_CONTENT}
            return Part(part.type, self.placeholder, meta=meta or None)

        _rewrite_older(view, counts, empty, keep=self.keep_recent)


@dataclass(frozen=True)
class RemoveToolCallParams:
    """Replace the arguments of all but the newest tool calls by `{}`."""

    TYPE: ClassVar = "remove_tool_call_params"
    PRIORITY: ClassVar = 2

    keep_recent: int
    keep_tools: frozenset[str]
    gt_token: int | None

    @classmethod
    def read(cls, params: Params) -> Self:
        return cls(
            keep_recent=params.whole("keep_recent_n_tool_calls", default=RECENT, least=0) or 0,
            keep_tools=params.names("keep_tools"),
            gt_token=params.whole("gt_token", default=None, least=1),
        )

    def apply(self, view: View[Any]) -> None:
        def counts(part: Part, tool: Tool) -> bool:
            return part.type == Kind.TOOL_CALL and tool.name not in self.keep_tools

        def empty(part: Part) -> Part:
            if self.gt_token is not None and not self._is_large(part):
                return part
            return msgspec.structs.replace(part, meta={**(part.meta or {}), "arguments": "{}"})

        _rewrite_older(view, counts, empty, keep=self.keep_recent)

    def _is_large(self, part: Part) -> bool:
        return part.get("arguments") is not None and count_text(part.arguments_text) > (self.gt_token or 0)


def _rewrite_older(
    view: View[Any], counts: Callable[[Part, Tool], bool], empty: Callable[[Part], Part], *, keep: int
) -> None:
    """Empty the parts that count, but for the last `keep` of them."""
    both = (pair for draft in view.drafts for pair in zip(draft.parts, draft.tools, strict=True))
    left = sum(counts(*pair) for pair in both) - keep

    def change(part: Part, tool: Tool) -> Part:
        nonlocal left
        if not counts(part, tool):
            return part
        left -= 1
        return empty(part) if left >= 0 else part

    for draft in view.drafts:
        draft.rewrite(change)
    view.recount()
