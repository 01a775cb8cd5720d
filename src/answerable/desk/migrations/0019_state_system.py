"""What an access point handed over, and what became of it."""

import django.db.models.deletion
from django.db import migrations, models


def _triggers():
    """What was taken in is never changed or taken out; what was set aside may become a case."""
    for verb in ("UPDATE", "DELETE"):
        name = f"desk_handedover_no_{verb.lower()}"
        yield migrations.RunSQL(
            f"CREATE TRIGGER {name} BEFORE {verb} ON desk_handedover WHEN OLD.case_id IS NOT NULL"
            " BEGIN SELECT RAISE(ABORT, 'what was handed over stays as it was taken in'); END",
            f"DROP TRIGGER {name}",
        )


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0018_agencies"),
    ]

    operations = [
        migrations.CreateModel(
            name="HandedOver",
            fields=[
                ("place", models.CharField(max_length=600, primary_key=True, serialize=False)),
                ("print", models.CharField(max_length=64)),
                ("seen_at", models.DateTimeField()),
                ("message_id", models.CharField(max_length=255, null=True, unique=True)),
                ("record", models.JSONField(null=True)),
                ("payloads", models.JSONField(default=list)),
                ("error", models.JSONField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handed_over",
                        to="desk.case",
                    ),
                ),
                (
                    "metadata",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="desk.paper",
                    ),
                ),
            ],
            options={
                "ordering": ["seen_at", "place"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("case__isnull", True), ("message_id__isnull", False), _connector="OR"),
                        name="taken_in_by_its_id",
                    ),
                ],
            },
        ),
        *_triggers(),
    ]
