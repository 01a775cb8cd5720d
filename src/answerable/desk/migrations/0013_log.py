"""Leaf hashes beside the leaves, openings, reserved slots and the lines of witnesses."""

import hashlib

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_KEPT = ("desk_openedbundle", "desk_epochopened")


def _triggers(table):
    for verb in ("UPDATE", "DELETE"):
        name = f"{table}_no_{verb.lower()}"
        yield migrations.RunSQL(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
            f"DROP TRIGGER {name}",
        )


def _hash_leaves(apps, _):
    for leaf in apps.get_model("desk", "Leaf").objects.all():
        leaf.hash = hashlib.sha256(b"\x00" + bytes(leaf.content)).digest()
        leaf.save(update_fields=["hash"])
    # Until now no policy asked for witnesses.
    apps.get_model("desk", "Checkpoint").objects.update(witnessed_at=models.F("signed_at"))


class Migration(migrations.Migration):
    dependencies = [("desk", "0012_look_ups")]

    operations = [
        migrations.AddField("checkpoint", "cosigned", models.TextField(blank=True, default="")),
        migrations.AddField("checkpoint", "witnessed_at", models.DateTimeField(null=True)),
        migrations.AddField("epoch", "reserve_seed", models.BinaryField(null=True)),
        migrations.AddField("epoch", "reserved", models.PositiveIntegerField(null=True)),
        migrations.AddField("leaf", "hash", models.BinaryField(null=True)),
        # The one time that leaves are touched: what they hash to is written beside them.
        migrations.RunSQL("DROP TRIGGER desk_leaf_no_update", migrations.RunSQL.noop),
        migrations.RunPython(_hash_leaves, migrations.RunPython.noop),
        next(_triggers("desk_leaf")),
        migrations.CreateModel(
            name="EpochOpened",
            fields=[
                (
                    "epoch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to="desk.epoch"
                    ),
                ),
                ("leaf", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="desk.leaf")),
            ],
        ),
        migrations.CreateModel(
            name="OpeningWish",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("positions", models.JSONField(null=True)),
                ("at", models.DateTimeField()),
                ("done_at", models.DateTimeField(db_index=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="wishes", to="desk.event"
                    ),
                ),
                (
                    "seconded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OpenedBundle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                (
                    "leaf",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bundles", to="desk.leaf"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [models.UniqueConstraint(fields=("leaf", "number"), name="one_bundle_a_number")],
            },
        ),
        *(trigger for table in _KEPT for trigger in _triggers(table)),
    ]
