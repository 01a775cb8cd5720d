"""A letter that the machine cannot read is entered by a person, whose name stays with the case."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0008_sheet")]

    operations = [
        migrations.AddField(
            "case",
            "entered_by",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        )
    ]
