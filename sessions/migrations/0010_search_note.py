from django.db import migrations, models

# An index that nobody reads would cost more than the note itself.
DROP = "ALTER TABLE agent_sessions_searchnote DROP CONSTRAINT agent_sessions_searchnote_pkey"


class Migration(migrations.Migration):

    dependencies = [
        ('agent_sessions', '0009_session_lists'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchNote',
            fields=[
                ('session_id', models.UUIDField(primary_key=True, serialize=False)),
                ('first_seq', models.BigIntegerField()),
                ('last_seq', models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(DROP, migrations.RunSQL.noop),
    ]
