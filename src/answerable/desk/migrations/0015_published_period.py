"""Reports that were published. One is only ever added: the database itself refuses a change."""

from django.db import migrations, models


def _triggers():
    for verb in ("UPDATE", "DELETE"):
        name = f"desk_publishedperiod_no_{verb.lower()}"
        yield migrations.RunSQL(
            f"CREATE TRIGGER {name} BEFORE {verb} ON desk_publishedperiod"
            " BEGIN SELECT RAISE(ABORT, 'desk_publishedperiod is append-only'); END",
            f"DROP TRIGGER {name}",
        )


class Migration(migrations.Migration):
    dependencies = [("desk", "0013_log")]

    operations = [
        migrations.CreateModel(
            name="PublishedPeriod",
            fields=[
                ("period", models.CharField(max_length=7, primary_key=True, serialize=False)),
                ("closed_at", models.DateTimeField()),
                ("counted", models.BinaryField()),
                ("report", models.BinaryField()),
                ("query", models.BinaryField()),
                ("table", models.BinaryField()),
                ("rows", models.PositiveBigIntegerField()),
                ("table_root", models.BinaryField(max_length=32)),
            ],
            options={"ordering": ["period"]},
        ),
        *_triggers(),
    ]
