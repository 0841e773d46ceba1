"""Measure the sweep for due sessions beside 100,000 sessions, with few and with many waiting, of few and many projects.

make bench-sweep     Times are the statement's, client and server: the best and the median of 15, because other work on
the machine only ever adds to them. Nothing stays leased in between.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ |= {
    "ACONTEXT_DATA_DIR": tempfile.mkdtemp(prefix="acontext-bench-"),
    "SECRET_KEY": "bench" * 10,
    "DJANGO_SETTINGS_MODULE": "acontext_site.settings",
    "ACONTEXT_UNSAFE_FAST": "1",
    "LOG_LEVEL": "ERROR",
}
SESSIONS = 100_000
# Which of the sessions wait, since when (seconds), and whether each has been silent long enough to be due.
CASES = (
    ("nothing waits", 0, 0),
    ("100 wait, 10 due", 100, 10),
    ("20,000 wait, none due", 20_000, 0),
    ("20,000 wait, all due", 20_000, 20_000),
    ("100,000 wait, none due", 100_000, 0),
    ("100,000 wait, 10 due", 100_000, 10),
    ("100,000 wait, all due", 100_000, 100_000),
)
FILL = """
INSERT INTO agent_sessions_session (id, project_id, title, disable_task_tracking, created_at, updated_at, head_seq,
  cursor_seq, pending_tokens, turn_ended, flush_seq, attempts, extraction_error, generation, step_seconds, lease_to_seq,
  last_message_at)
SELECT gen_random_uuid(), p.id, 'A session', false, now(), now(), 12, 10, 0, false, 0, 0, '', 0, 3, 0, now()
  FROM generate_series(0, %(sessions)s - 1) AS n
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM agent_sessions_project) AS p
    ON p.n = mod(n.n, %(projects)s)
"""
WAIT = """
UPDATE agent_sessions_session AS s
   SET pending_since = now() - chosen.n * interval '1 ms', lease_until = NULL, lease_token = NULL,
       last_message_at = CASE WHEN chosen.n %% GREATEST(%(waiting)s / GREATEST(%(due)s, 1), 1) = 0
                              AND %(due)s > 0 THEN now() - interval '1 hour' ELSE now() + interval '1 hour' END
  FROM (SELECT id, row_number() OVER (ORDER BY md5(id::text)) AS n FROM agent_sessions_session) AS chosen
 WHERE chosen.id = s.id AND chosen.n <= %(waiting)s
"""


def main() -> None:
    from acontext_site import embedded

    embedded.ensure_configured()
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from sessions.models import Project, Session

    print("| projects | of 100,000 sessions | best, ms | median, ms | leased |\n|---|---|---|---|---|")
    for projects in (1, 100, 10_000):
        Project.objects.all().delete()
        rows = [
            Project(name=f"p{n}", configs={"extraction_silence_seconds": 30} if n % 10 == 0 else {})
            for n in range(projects)
        ]
        Project.objects.bulk_create(rows)
        with connection.cursor() as cursor:
            cursor.execute(FILL, {"sessions": SESSIONS, "projects": projects})
            cursor.execute("VACUUM ANALYZE agent_sessions_session")
            for label, waiting, due in CASES:
                Session.objects.update(pending_since=None)
                cursor.execute(WAIT, {"waiting": waiting, "due": due})
                cursor.execute("VACUUM ANALYZE agent_sessions_session")
                best, median, leased = sweep()
                print(f"| {projects:,} | {label} | {best:.1f} | {median:.1f} | {leased} |", flush=True)


def sweep() -> tuple[float, float, int]:
    """Return the best and the median time, and how many sessions one sweep leases."""
    from sessions.models import Session
    from tasks.extraction.queue import claim_due

    times, leased = [], 0
    for _ in range(15):
        started = time.perf_counter()
        leased = len(claim_due())
        times.append((time.perf_counter() - started) * 1000)
        Session.objects.filter(lease_until__isnull=False).update(lease_token=None, lease_until=None)
    return min(times), statistics.median(times), leased


if __name__ == "__main__":
    main()
