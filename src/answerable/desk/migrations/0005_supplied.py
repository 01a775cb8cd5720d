"""What was set down beside a paper, and put to an authority, is kept with the case."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0004_calls")]
    operations = [migrations.AddField("case", "supplied", models.JSONField(default=dict))]
