"""Calls to authorities, confirmed by a second person; orders in due form that are owed. A call is only ever added to."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_APPEND_ONLY = ("desk_call", "desk_secondedcall")


def _triggers():
    for table in _APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_no_{verb.lower()}"
            yield migrations.RunSQL(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
                f"DROP TRIGGER {name}",
            )
    yield migrations.RunSQL(
        "CREATE TRIGGER desk_secondedcall_by_another BEFORE INSERT ON desk_secondedcall "
        "WHEN NEW.by_id = (SELECT by_id FROM desk_call WHERE id = NEW.call_id) "
        "BEGIN SELECT RAISE(ABORT, 'a call is confirmed by another person'); END",
        "DROP TRIGGER desk_secondedcall_by_another",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0003_directory"),
    ]

    operations = [
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("listing", models.CharField(db_index=True, max_length=80)),
                ("record", models.JSONField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="calls", to="desk.case"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="follow_up",
                        serialize=False,
                        to="desk.case",
                    ),
                ),
                ("listing", models.CharField(db_index=True, max_length=80)),
                ("due_at", models.DateTimeField(db_index=True)),
                ("received_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=4000)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SecondedCall",
            fields=[
                (
                    "call",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="seconded",
                        serialize=False,
                        to="desk.call",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        *_triggers(),
    ]
