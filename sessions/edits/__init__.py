"""Edit strategies: shorten a page of messages for a prompt, without touching what is stored. No Django here.

    strategies = read_strategies([{"type": "token_limit", "params": {"limit_tokens": 20000}}])
    kept = edit(drafts, strategies, upto=len(drafts) - 1)

A strategy is a class with `TYPE`, `PRIORITY`, `read()` and `apply()`; they run by priority, equal ones as asked for.
A tool call and its results stay or go together, whatever the strategy (`pairs.py`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sessions.edits.drafts import Draft, View
from sessions.edits.pairs import held_groups, identify, link
from sessions.edits.params import BadStrategy, Params
from sessions.edits.shorten import MiddleOut, TokenLimit
from sessions.edits.tools import RemoveToolCallParams, RemoveToolResult

__all__ = ["BadStrategy", "Draft", "Strategy", "edit", "read_strategies"]

type Strategy = RemoveToolResult | RemoveToolCallParams | MiddleOut | TokenLimit

STRATEGIES: dict[str, type[Strategy]] = {
    kind.TYPE: kind for kind in (RemoveToolResult, RemoveToolCallParams, MiddleOut, TokenLimit)
}


def read_strategies(wanted: Iterable[Any]) -> list[Strategy]:
    """Check a list of `{type, params}` and return the strategies in the order they run; raises BadStrategy."""
    found = [_read(item, f"edit_strategies[{number}]") for number, item in enumerate(wanted)]
    return sorted(found, key=lambda strategy: strategy.PRIORITY)


def _read(item: Any, where: str) -> Strategy:
    kind = item.get("type") if isinstance(item, dict) else None
    params = item.get("params") if isinstance(item, dict) else None
    try:
        if not isinstance(kind, str) or kind not in STRATEGIES:
            raise BadStrategy(f"unknown strategy type: {str(kind)[:60]}")
        if params is not None and not isinstance(params, dict):
            raise BadStrategy("params must be an object")
        return STRATEGIES[kind].read(Params(params or {}))
    except BadStrategy as error:
        raise BadStrategy(f"{where}: {error}") from None


def edit[M](drafts: Sequence[Draft[M]], strategies: Sequence[Strategy], *, upto: int) -> list[Draft[M]]:
    """Apply strategies to the drafts up to this index and return what is left, with the later ones untouched."""
    if not strategies or not drafts:
        return list(drafts)
    identify(drafts)
    groups = link(drafts)
    view = View(list(drafts[: upto + 1]), groups[: upto + 1], held_groups(drafts, groups, upto))
    for strategy in strategies:
        strategy.apply(view)
    return [*view.drafts, *drafts[upto + 1 :]]
