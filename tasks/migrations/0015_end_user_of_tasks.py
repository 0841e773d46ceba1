"""Keep the session's user with each task, by triggers, so that a user's tasks are found by an index (ADR 0008)."""

import django.db.models.deletion
from django.db import migrations, models

ON_A_NEW_TASK = """
CREATE FUNCTION tasks_take_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT end_user_id INTO NEW.end_user_id FROM agent_sessions_session WHERE id = NEW.session_id;
  RETURN NEW;
END $$;
CREATE TRIGGER tasks_take_user BEFORE INSERT ON tasks_task
  FOR EACH ROW WHEN (NEW.end_user_id IS NULL) EXECUTE FUNCTION tasks_take_user();
"""
ON_ANOTHER_USER = """
CREATE FUNCTION tasks_follow_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE tasks_task SET end_user_id = NEW.end_user_id WHERE session_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER tasks_follow_user AFTER UPDATE OF end_user_id ON agent_sessions_session
  FOR EACH ROW WHEN (OLD.end_user_id IS DISTINCT FROM NEW.end_user_id) EXECUTE FUNCTION tasks_follow_user();
"""
THOSE_THERE = """
UPDATE tasks_task SET end_user_id = session.end_user_id
  FROM agent_sessions_session AS session
 WHERE session.id = session_id AND session.end_user_id IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agent_sessions', '0010_search_note'),
        ('tasks', '0014_deletion_by_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='task',
            name='end_user',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DB_CASCADE, related_name='tasks', to='agent_sessions.enduser'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(models.F('end_user'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('end_user__isnull', False)), name='task_user_newest'),
        ),
        migrations.RunSQL(
            ON_A_NEW_TASK, "DROP TRIGGER tasks_take_user ON tasks_task; DROP FUNCTION tasks_take_user();"
        ),
        migrations.RunSQL(
            ON_ANOTHER_USER,
            "DROP TRIGGER tasks_follow_user ON agent_sessions_session; DROP FUNCTION tasks_follow_user();",
        ),
        migrations.RunSQL(THOSE_THERE, migrations.RunSQL.noop),
    ]
