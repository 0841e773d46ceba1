"""Copy a session with everything: the conversation, and what was extracted from it."""

import uuid

from django.db import connection, transaction

from sessions.copying import COPIED_MESSAGE, Ids, copy_conversation, copy_rows, lock_to_copy
from sessions.models import Project, Session
from tasks.models import Preference, Progress, Task, TaskChange, TaskMessage

OF_THE_SOURCE = "WHERE old.session_id = %(source)s"
# Orders and numbers are the same in both sessions, so they lead from a row to its copy.
TASK = """
  JOIN tasks_task AS old_task ON old_task.id = old.task_id AND old_task.session_id = %(source)s
  JOIN tasks_task AS task ON task.session_id = %(copy)s AND task."order" = old_task."order"
"""
IN_ORDER = "ORDER BY old.id"

# Once all copies are there, those that were merged name the copy of the one that stayed.
MERGED = """
UPDATE tasks_task AS task
   SET merged_into_id = into_copy.id
  FROM tasks_task AS old
  JOIN tasks_task AS old_into ON old_into.id = old.merged_into_id
  JOIN tasks_task AS into_copy ON into_copy.session_id = %(copy)s AND into_copy."order" = old_into."order"
 WHERE old.session_id = %(source)s AND task.session_id = %(copy)s AND task."order" = old."order"
"""

FRESH_PREFERENCES = """
WITH fresh AS (
  SELECT id, nextval(pg_get_serial_sequence('tasks_preference', 'id')) AS new_id
    FROM (SELECT id FROM tasks_preference WHERE session_id = %(source)s ORDER BY id) AS ordered
)
"""
# A wish may stand without a task, and may be replaced by one of another session, which is not copied.
PREFERENCES = """
  JOIN fresh USING (id)
  LEFT JOIN fresh AS replacement ON replacement.id = old.replaced_by_id
  LEFT JOIN tasks_task AS old_task ON old_task.id = old.task_id
  LEFT JOIN tasks_task AS task ON task.session_id = %(copy)s AND task."order" = old_task."order"
"""


@transaction.atomic
def copy_session(project: Project, session_id: uuid.UUID) -> Session:
    """Copy a session of the project and return the copy; raises NotFound or TooLarge.

    1. Lock the source, so that the copy is of one moment.
    2. Copy the session, its messages and its events.
    3. Copy tasks, then what refers to them: links, progresses, history, preferences.

    Runs are not copied: they happened once and were paid once. What came of them goes on naming them.
    """
    source = lock_to_copy(project, session_id)
    copied = copy_conversation(source)
    _copy_tasks({"source": source.pk, "copy": copied.pk})
    return copied


def _copy_tasks(ids: Ids) -> None:
    changes = {"id": "gen_random_uuid()", "session_id": "%(copy)s", "merged_into_id": "NULL"}
    copy_rows(Task, changes, OF_THE_SOURCE, ids)
    with connection.cursor() as cursor:
        cursor.execute(MERGED, ids)
    copy_rows(TaskMessage, {"task_id": "task.id", "message_id": "message.id"}, TASK + COPIED_MESSAGE + IN_ORDER, ids)
    for model in (Progress, TaskChange):
        copy_rows(model, {"task_id": "task.id"}, TASK + IN_ORDER, ids)
    changes = {
        "id": "fresh.new_id",
        "session_id": "%(copy)s",
        "task_id": "task.id",
        "replaced_by_id": "COALESCE(replacement.new_id, old.replaced_by_id)",
    }
    copy_rows(Preference, changes, PREFERENCES, ids, before=FRESH_PREFERENCES)
