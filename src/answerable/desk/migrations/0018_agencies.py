"""Accounts of an agency's own sign-on, and when it let them in."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_APPEND_ONLY = ("desk_agencyaccount", "desk_agencyvisit")


def _triggers():
    for table in _APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_no_{verb.lower()}"
            yield migrations.RunSQL(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
                f"DROP TRIGGER {name}",
            )


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0017_errands"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgencyAccount",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="agency",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("issuer", models.CharField(max_length=500)),
                ("subject", models.CharField(max_length=255)),
                ("listing", models.CharField(max_length=80)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("issuer", "subject"), name="one_account_a_subject"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgencyVisit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="desk.agencyaccount",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        *_triggers(),
    ]
