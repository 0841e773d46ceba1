"""A proposal in the words of the API."""

from typing import Any

from django.db.models import Sum

from tasks.models import Reextraction
from tasks.reextraction.comparison import Comparison, Row, Sketch
from tasks.reextraction.sketching import preview

Status = Reextraction.Status


def cost_of(proposal: Reextraction) -> dict[str, Any]:
    """Return what the runs of a proposal cost so far: calls, tokens, and dollars where prices are known."""
    sums = proposal.runs.aggregate(
        calls=Sum("calls", default=0),
        input_tokens=Sum("input_tokens", default=0),
        output_tokens=Sum("output_tokens", default=0),
        cost_usd=Sum("cost_usd"),
    )
    return sums | {"cost_usd": float(sums["cost_usd"]) if sums["cost_usd"] is not None else None}


def as_wire(proposal: Reextraction) -> dict[str, Any]:
    """Return how a proposal stands. One query more."""
    return {
        "id": proposal.pk,
        "session_id": proposal.session_id,
        "status": proposal.status,
        "extractor": proposal.extractor,
        "model": proposal.model or None,
        "to_seq": proposal.to_seq,
        "done_seq": proposal.done_seq,
        "error": proposal.error or None,
        "retry_at": proposal.retry_at,
        "created_at": proposal.created_at,
        "finished_at": proposal.finished_at,
    } | cost_of(proposal)


def with_preview(proposal: Reextraction) -> dict[str, Any]:
    """Return how a proposal stands and, once it is ready, what it would change."""
    shown = _preview(preview(proposal)) if proposal.status == Status.READY else None
    return as_wire(proposal) | {"preview": shown}


def _preview(comparison: Comparison) -> dict[str, Any]:
    return {
        "tasks": [_row(row) for row in comparison.rows],
        "preferences_added": comparison.preferences_added,
        "preferences_gone": comparison.preferences_gone,
    }


def _row(row: Row) -> dict[str, Any]:
    differences = [{"field": d.field, "before": d.before, "after": d.after} for d in row.differences]
    return {"kind": row.kind, "now": _task(row.now), "then": _task(row.then), "differences": differences}


def _task(sketch: Sketch | None) -> dict[str, Any] | None:
    if sketch is None:
        return None
    return {
        "description": sketch.description,
        "status": sketch.status,
        "status_basis": sketch.basis or None,
        "situation": sketch.situation or None,
        "risk": sketch.risk or None,
        "messages": sorted(sketch.messages),
        "progresses": sketch.progresses,
    }
