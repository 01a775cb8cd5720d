"""What people look up where no machine can ask: tasks, files, and a second person's yes. Files are only ever added to."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_APPEND_ONLY = ("desk_brought", "desk_confirmedfile")
_PROTECT = django.db.models.deletion.PROTECT


def _triggers():
    for table in _APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_no_{verb.lower()}"
            yield migrations.RunSQL(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
                f"DROP TRIGGER {name}",
            )
    yield migrations.RunSQL(
        "CREATE TRIGGER desk_confirmedfile_by_another BEFORE INSERT ON desk_confirmedfile "
        "WHEN NEW.by_id = (SELECT by_id FROM desk_brought WHERE id = NEW.brought_id) "
        "BEGIN SELECT RAISE(ABORT, 'a file is confirmed by another person'); END",
        "DROP TRIGGER desk_confirmedfile_by_another",
    )


def _somebody():
    return models.ForeignKey(on_delete=_PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)


def _number():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("desk", "0010_masking_key")]

    operations = [
        migrations.CreateModel(
            name="LookUp",
            fields=[
                ("id", _number()),
                ("statement", models.CharField(max_length=128)),
                ("store", models.CharField(max_length=63)),
                ("table", models.CharField(max_length=63)),
                ("task", models.JSONField()),
                ("asked_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(db_index=True, null=True)),
                ("case", models.ForeignKey(on_delete=_PROTECT, related_name="look_ups", to="desk.case")),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.AddConstraint(
            model_name="lookup",
            constraint=models.UniqueConstraint(fields=["case", "statement", "store", "table"], name="one_task_a_table"),
        ),
        migrations.CreateModel(
            name="Brought",
            fields=[
                ("id", _number()),
                ("rows", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("by", _somebody()),
                ("look_up", models.ForeignKey(on_delete=_PROTECT, related_name="brought", to="desk.lookup")),
                ("paper", models.ForeignKey(on_delete=_PROTECT, related_name="+", to="desk.paper")),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.CreateModel(
            name="ConfirmedFile",
            fields=[
                (
                    "brought",
                    models.OneToOneField(
                        on_delete=_PROTECT,
                        primary_key=True,
                        related_name="confirmed",
                        serialize=False,
                        to="desk.brought",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by", _somebody()),
            ],
        ),
        *_triggers(),
    ]
