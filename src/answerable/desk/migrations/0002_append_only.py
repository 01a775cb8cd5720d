"""Events, leaves and slots are only ever added: the database itself refuses a change."""

from django.db import migrations

_TABLES = ("desk_event", "desk_leaf", "desk_slot", "desk_approval")


def _triggers():
    for table in _TABLES:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_no_{verb.lower()}"
            yield migrations.RunSQL(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
                f"DROP TRIGGER {name}",
            )


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_initial")]
    operations = list(_triggers())
