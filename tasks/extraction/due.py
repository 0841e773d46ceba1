"""When a session is due: the rule for one session in Python, and the same rule in SQL for all of them at once."""

from datetime import datetime, timedelta
from typing import Any

from sessions import project_settings as names
from sessions.models import Session
from sessions.project_settings import SETTINGS
from tasks.extraction.limits import Limits, server_defaults
from tasks.models import ExtractionRun

Trigger = ExtractionRun.Trigger


def reason_of(session: Session, limits: Limits, now: datetime) -> str | None:
    """Return why this session should be read now, whoever is at work on it; None when it should not be."""
    if session.pending_since is None or session.disable_task_tracking:
        return None
    if session.retry_at is not None and session.retry_at > now:
        return None
    if session.flush_seq > session.cursor_seq:
        return Trigger.FLUSH
    if session.head_seq - session.cursor_seq >= limits.buffer_messages:
        return Trigger.FULL
    if session.pending_tokens >= limits.buffer_tokens:
        return Trigger.FULL
    if session.pending_since <= now - timedelta(seconds=limits.max_wait_seconds):
        return Trigger.OLD
    if session.last_message_at is None:
        return None
    if session.turn_ended and session.last_message_at <= now - timedelta(seconds=limits.turn_end_seconds):
        return Trigger.TURN_END
    # An agent whose steps take long is silent for long without having stopped.
    patience = max(limits.silence_seconds, min(2 * session.step_seconds, limits.max_wait_seconds))
    if session.last_message_at <= now - timedelta(seconds=patience):
        return Trigger.SILENCE
    return None


# Of a session `s` and its project's `limits`.
REASON = """
  s.pending_since IS NOT NULL AND NOT s.disable_task_tracking AND (s.retry_at IS NULL OR s.retry_at <= %(now)s)
  AND (s.flush_seq > s.cursor_seq
       OR s.head_seq - s.cursor_seq >= limits.buffer_messages
       OR s.pending_tokens >= limits.buffer_tokens
       OR s.pending_since <= limits.old_before
       OR s.turn_ended AND s.last_message_at <= limits.ended_before
       OR s.last_message_at <= limits.silent_before
          AND s.last_message_at <= %(now)s - LEAST(2 * s.step_seconds, limits.max_wait_seconds) * interval '1 s')
"""


def _in_sql(name: str) -> str:
    """Read a setting out of `configs` of project `p`. Nothing that is stored there can make the statement fail."""
    setting = SETTINGS[name]
    value = f"(p.configs->>'{name}')::numeric"
    fits = f"{value} BETWEEN {setting.low} AND {setting.high}" + (f" AND {value} %% 1 = 0" if setting.is_whole else "")
    stored = f"CASE WHEN {fits} THEN {value}::float8 ELSE %({name})s END"
    return f"CASE WHEN jsonb_typeof(p.configs->'{name}') = 'number' THEN {stored} ELSE %({name})s END"


# One row for each project `p`; the server's defaults are parameters under the settings' names.
LIMITS = f"""
SELECT own.*,
       %(now)s - own.turn_end_seconds * interval '1 s' AS ended_before,
       %(now)s - own.silence_seconds * interval '1 s' AS silent_before,
       %(now)s - own.max_wait_seconds * interval '1 s' AS old_before
  FROM (SELECT {_in_sql(names.BUFFER_MESSAGES)} AS buffer_messages,
               {_in_sql(names.BUFFER_TOKENS)} AS buffer_tokens,
               {_in_sql(names.TURN_END_SECONDS)} AS turn_end_seconds,
               {_in_sql(names.SILENCE_SECONDS)} AS silence_seconds,
               {_in_sql(names.MAX_WAIT_SECONDS)} AS max_wait_seconds,
               {_in_sql(names.CONCURRENCY)} AS concurrency) AS own
"""  # noqa: S608 (constants)


def parameters(now: datetime) -> dict[str, Any]:
    """What `REASON` and `LIMITS` need to know."""
    return {"now": now, **{name: float(value) for name, value in server_defaults().items()}}
