"""Triggers that keep each session's counts of tasks, whoever changes a task and by whatever path (ADR 0008)."""

from django.db import migrations

# A change of many tasks is one statement for all of their sessions; a session whose counts stay is not touched.
ADD_UP = """
UPDATE agent_sessions_session AS session
   SET success_tasks = session.success_tasks + change.success,
       running_tasks = session.running_tasks + change.running,
       pending_tasks = session.pending_tasks + change.pending,
       failed_tasks = session.failed_tasks + change.failed,
       risky_tasks = session.risky_tasks + change.risky
  FROM (SELECT session_id,
               COALESCE(sum(n) FILTER (WHERE status = 'success'), 0) AS success,
               COALESCE(sum(n) FILTER (WHERE status = 'running'), 0) AS running,
               COALESCE(sum(n) FILTER (WHERE status = 'pending'), 0) AS pending,
               COALESCE(sum(n) FILTER (WHERE status = 'failed'), 0) AS failed,
               COALESCE(sum(n) FILTER (WHERE status = 'success' AND risk <> ''), 0) AS risky
          FROM ({counted}) AS counted
         GROUP BY session_id) AS change
 WHERE session.id = change.session_id
   AND (change.success, change.running, change.pending, change.failed, change.risky) <> (0, 0, 0, 0, 0)
"""
COUNTED = "SELECT session_id, status, risk, {n} AS n FROM {rows} WHERE merged_into_id IS NULL"
THERE, GONE = COUNTED.format(n=1, rows="there"), COUNTED.format(n=-1, rows="gone")
TRIGGERS = {
    "insert": (THERE, "NEW TABLE AS there"),
    "update": (f"{THERE} UNION ALL {GONE}", "NEW TABLE AS there OLD TABLE AS gone"),
    "delete": (GONE, "OLD TABLE AS gone"),
}


def trigger_on(event: str) -> migrations.RunSQL:
    counted, tables = TRIGGERS[event]
    name = f"tasks_count_{event}"
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN {ADD_UP.format(counted=counted)}; RETURN NULL; END $$;
        CREATE TRIGGER {name} AFTER {event} ON tasks_task REFERENCING {tables}
          FOR EACH STATEMENT EXECUTE FUNCTION {name}();
        """,
        f"DROP TRIGGER {name} ON tasks_task; DROP FUNCTION {name}();",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('agent_sessions', '0009_session_lists'),
        ('tasks', '0009_working_through_tasks'),
    ]

    operations = [
        migrations.RunSQL(
            ADD_UP.format(counted=COUNTED.format(n=1, rows="tasks_task")),
            "UPDATE agent_sessions_session SET success_tasks = 0, running_tasks = 0, pending_tasks = 0,"
            " failed_tasks = 0, risky_tasks = 0",
        ),
        *map(trigger_on, TRIGGERS),
    ]
