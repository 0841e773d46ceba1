"""Deleting a session never reads a table whole: each row that goes finds by an index what refers to it."""

import pytest
from django.db import connection

GOING = (
    "agent_sessions_session", "agent_sessions_message", "agent_sessions_sessionevent", "tasks_task",
    "tasks_extractionrun", "tasks_preference", "tasks_progress", "tasks_taskchange", "tasks_reextraction",
    "tasks_searchentry",
)  # fmt: skip
WITHOUT_INDEX = """
SELECT referring.conrelid::regclass::text, attname
  FROM pg_constraint AS referring
  JOIN pg_attribute ON attrelid = referring.conrelid AND attnum = referring.conkey[1]
 WHERE referring.contype = 'f' AND referring.confrelid = ANY(%s::regclass[])
   AND NOT EXISTS (SELECT 1 FROM pg_index WHERE indrelid = referring.conrelid AND indkey[0] = referring.conkey[1])
"""


@pytest.mark.django_db
def test_what_refers_to_rows_that_go_with_a_session_is_indexed() -> None:
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_INDEX, [list(GOING)])
        assert cursor.fetchall() == []
