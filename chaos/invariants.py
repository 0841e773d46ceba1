"""What must hold when it is calm again. Each check returns what breaks it, with the session to look at."""

from collections import Counter
from typing import Any

from chaos.talks import Talk
from chaos.world import World


def violations(world: World, talks: list[Talk]) -> list[str]:
    """Check every session against its talk, and the tables as a whole."""
    found = [f"paused: {reason}" for (reason,) in world.sql(PAUSED)]
    for name, statement in TABLES.items():
        found += [f"{name}: {row}" for row in world.sql(statement)]
    for talk in talks:
        found += [f"session {talk.session_id}, talk {talk.number}: {what}" for what in _of_session(world, talk)]
    return found


PAUSED = "SELECT extraction_paused_reason FROM agent_sessions_project WHERE extraction_paused_reason <> ''"
# Statements that must find nothing.
TABLES = {
    # A worker that dies between COMMIT and release leaves its token, which means nothing once the lease is over.
    "a lease, a retry or a wait that stays": """
        SELECT id, lease_token, lease_until, retry_at, pending_since, pending_tokens, attempts, window_limit,
               extraction_error, head_seq, cursor_seq
          FROM agent_sessions_session
         WHERE lease_until > now() OR retry_at IS NOT NULL OR pending_since IS NOT NULL OR pending_tokens <> 0
            OR attempts <> 0 OR window_limit IS NOT NULL OR extraction_error <> '' OR cursor_seq <> head_seq""",
    "a task twice in a session": """
        SELECT session_id, description, count(*) FROM tasks_task GROUP BY 1, 2 HAVING count(*) > 1""",
    "a progress twice in a task": """
        SELECT task_id, text, count(*) FROM tasks_progress GROUP BY 1, 2 HAVING count(*) > 1""",
    "a preference twice": """
        SELECT COALESCE(end_user_id, session_id), statement, count(*) FROM tasks_preference
         GROUP BY 1, 2 HAVING count(*) > 1""",
    "a task with other than one beginning": """
        SELECT t.id, count(c.id) FROM tasks_task t LEFT JOIN tasks_taskchange c ON c.task_id = t.id
           AND c.kind = 'created' GROUP BY 1 HAVING count(c.id) <> 1""",
    "a change of status that does not follow from the one before": """
        SELECT * FROM (
          SELECT task_id, id, before, after, lag(after, 1, 'pending') OVER (PARTITION BY task_id ORDER BY id) AS earlier
            FROM tasks_taskchange WHERE kind = 'status'
        ) chain WHERE before <> earlier OR before = after""",
    "a status that the history does not tell": """
        SELECT t.id, t.status, told.after FROM tasks_task t JOIN LATERAL (SELECT after FROM tasks_taskchange
           WHERE task_id = t.id AND kind = 'status' ORDER BY id DESC LIMIT 1) told ON told.after <> t.status""",
    "a change, progress or preference without its run": """
        SELECT 'change', id FROM tasks_taskchange WHERE run_id IS NULL
         UNION ALL SELECT 'progress', id FROM tasks_progress WHERE run_id IS NULL
         UNION ALL SELECT 'preference', id FROM tasks_preference WHERE run_id IS NULL""",
    "a row of a run that failed": """
        SELECT c.id, r.id FROM tasks_taskchange c JOIN tasks_extractionrun r ON r.id = c.run_id AND r.status = 'failed'
        """,
    "evidence that does not exist": """
        SELECT claim.session_id, claim.seq FROM (
          SELECT session_id, unnest(evidence) AS seq FROM tasks_task
          UNION SELECT session_id, unnest(evidence) FROM tasks_preference
          UNION SELECT t.session_id, unnest(p.evidence) FROM tasks_progress p JOIN tasks_task t ON t.id = p.task_id
          UNION SELECT t.session_id, unnest(c.evidence) FROM tasks_taskchange c JOIN tasks_task t ON t.id = c.task_id
        ) claim LEFT JOIN agent_sessions_message m ON m.session_id = claim.session_id AND m.seq = claim.seq
         WHERE m.id IS NULL""",
}


def _of_session(world: World, talk: Talk) -> list[str]:
    found: list[str] = []

    def same(what: str, is_now: Any, must_be: Any) -> None:
        if is_now != must_be:
            found.append(f"{what}: is {is_now!r}, must be {must_be!r}")

    messages = world.sql(
        "SELECT seq, id::text, parts::json -> 0 ->> 'text', extraction FROM agent_sessions_message"
        " WHERE session_id = %s ORDER BY seq",
        talk.session_id,
    )
    count = len(talk.blobs)
    same("numbers of messages", [row[0] for row in messages], list(range(1, count + 1)))
    same("messages", [row[2] for row in messages], talk.texts)
    same("acknowledged ids", [row[1] for row in messages], [talk.acknowledged[n] for n in range(1, count + 1)])
    same("messages given up", [row[0] for row in messages if row[3]], talk.poisoned)

    runs = world.sql(
        "SELECT from_seq, to_seq FROM tasks_extractionrun WHERE session_id = %s AND status <> 'failed'"
        " AND reextraction_id IS NULL",
        talk.session_id,
    )
    read = Counter(seq for first, last in runs for seq in range(first, last + 1))
    same("how often each message was read", read, Counter(n for n in range(1, count + 1) if n not in talk.poisoned))

    tasks = world.sql(
        'SELECT id::text, "order", description, status FROM tasks_task WHERE session_id = %s ORDER BY "order"',
        talk.session_id,
    )
    same("tasks", [(row[1], row[2], row[3]) for row in tasks], _tasks_of(talk))
    for (task_id, _, description, _), expected in zip(tasks, talk.tasks, strict=False):
        links = world.sql(
            "SELECT m.seq, l.role FROM tasks_taskmessage l JOIN agent_sessions_message m ON m.id = l.message_id"
            " WHERE l.task_id = %s ORDER BY m.seq",
            task_id,
        )
        same(f"messages of {description!r}", [row[0] for row in links], sorted(expected.messages))
        same(f"request of {description!r}", [n for n, role in links if role == "request"], expected.messages[:1])
        steps = world.sql("SELECT text FROM tasks_progress WHERE task_id = %s ORDER BY id", task_id)
        same(f"progress of {description!r}", [row[0] for row in steps], expected.progress)
    wishes = world.sql("SELECT statement FROM tasks_preference WHERE session_id = %s ORDER BY id", talk.session_id)
    same("preferences", sorted(row[0] for row in wishes), sorted(talk.preferences))
    return found


def _tasks_of(talk: Talk) -> list[tuple[int, str, str]]:
    return [(order, task.description, "success") for order, task in enumerate(talk.tasks, start=1)]


def fingerprint(world: World) -> list[Any]:
    """Return the state of all that extraction writes, to see that a late delivery changes nothing.

    A lease says who may work, not what came of it: one that a dead worker left behind is given back by a late delivery.
    """
    tables = (
        "tasks_task",
        "tasks_taskmessage",
        "tasks_progress",
        "tasks_preference",
        "tasks_taskchange",
        "tasks_extractionrun",
        "agent_sessions_session",
        "agent_sessions_message",
    )
    row = "(to_jsonb(t) - 'lease_token' - 'lease_until' - 'lease_to_seq')::text"
    digest = f"SELECT count(*), md5(string_agg(md5({row}), '' ORDER BY md5({row}))) FROM {{}} t"
    return [(table, world.sql(digest.format(table))) for table in tables]
