"""What is known of where a paper comes from, as facts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0007_effects_append_only")]

    operations = [
        migrations.AddField(model_name="case", name="sheet", field=models.JSONField(null=True)),
    ]
