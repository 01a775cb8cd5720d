"""What was carried out is only ever added to: the database itself refuses a change."""

from django.db import migrations


def _triggers():
    for verb in ("UPDATE", "DELETE"):
        name = f"desk_effect_no_{verb.lower()}"
        yield migrations.RunSQL(
            f"CREATE TRIGGER {name} BEFORE {verb} ON desk_effect"
            " BEGIN SELECT RAISE(ABORT, 'desk_effect is append-only'); END",
            f"DROP TRIGGER {name}",
        )


class Migration(migrations.Migration):
    dependencies = [("desk", "0006_effects_and_notices")]
    operations = list(_triggers())
