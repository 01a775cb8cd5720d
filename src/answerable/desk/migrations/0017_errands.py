"""What came of the worker's errands: when each was tried last, when it succeeded, and why not since."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0016_officers")]

    operations = [
        migrations.CreateModel(
            name="Errand",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("tried_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("error", models.JSONField(null=True)),
            ],
        ),
    ]
