"""The directory of authorities, edited by two people; incidents; feeds of cautions. What was said is only ever added to."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_APPEND_ONLY = ("desk_proposal", "desk_verdict", "desk_incidentstep", "desk_feedissue", "desk_importbatch")


def _triggers():
    for table in _APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_no_{verb.lower()}"
            yield migrations.RunSQL(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
                f"DROP TRIGGER {name}",
            )
    yield migrations.RunSQL(
        "CREATE TRIGGER desk_verdict_by_another BEFORE INSERT ON desk_verdict WHEN NEW.outcome = 'confirmed' "
        "AND NEW.by_id = (SELECT by_id FROM desk_proposal WHERE id = NEW.proposal_id) "
        "BEGIN SELECT RAISE(ABORT, 'an edit takes two people'); END",
        "DROP TRIGGER desk_verdict_by_another",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Feed",
            fields=[
                ("publisher", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("note", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("expires_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="FeedIssue",
            fields=[
                ("number", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
                ("counts", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="IssuerSheet",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="issuer_sheet",
                        serialize=False,
                        to="desk.case",
                    ),
                ),
                ("facts", models.JSONField()),
                ("trace", models.JSONField()),
                ("digest", models.CharField(blank=True, db_index=True, max_length=64)),
                ("sender", models.CharField(db_index=True, max_length=500)),
                ("listing", models.CharField(blank=True, db_index=True, max_length=80)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(db_index=True, max_length=80)),
                ("base", models.PositiveIntegerField()),
                ("draft", models.JSONField()),
                ("reason", models.CharField(max_length=4000)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="GovernmentSuffix",
            fields=[
                ("suffix", models.CharField(max_length=253, primary_key=True, serialize=False)),
                ("label", models.CharField(max_length=80)),
                ("cctld", models.CharField(max_length=63)),
                ("note", models.CharField(max_length=200)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="desk.importbatch"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IncidentStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "word",
                    models.CharField(
                        choices=[("suspected", "Suspected"), ("forged", "Forged"), ("cleared", "Cleared")],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(max_length=4000)),
                ("shown_by", models.CharField(max_length=20)),
                ("listing", models.CharField(blank=True, max_length=80)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="incident_steps", to="desk.case"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                ("key", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("record", models.JSONField()),
                ("name", models.CharField(max_length=400)),
                ("country", models.CharField(db_index=True, max_length=2)),
                ("kind", models.CharField(max_length=20)),
                (
                    "status",
                    models.CharField(
                        choices=[("candidate", "Candidate"), ("confirmed", "Confirmed"), ("retired", "Retired")],
                        db_index=True,
                        max_length=20,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("search", models.TextField()),
                ("changed_at", models.DateTimeField()),
                (
                    "batch",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="desk.importbatch"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Handle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("value", models.CharField(max_length=400)),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="handles", to="desk.listing"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Verdict",
            fields=[
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="desk.proposal",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("confirmed", "Confirmed"), ("declined", "Declined"), ("withdrawn", "Withdrawn")],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=4000)),
                ("version", models.PositiveIntegerField(null=True)),
                ("record", models.JSONField(null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(fields=["name", "key"], name="listing_by_name"),
        ),
        migrations.AddIndex(
            model_name="handle",
            index=models.Index(fields=["kind", "value"], name="handle_by_value"),
        ),
        migrations.AddField(
            model_name="verdict",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        *_triggers(),
    ]
