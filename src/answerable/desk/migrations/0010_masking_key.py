"""The key of a package's tokens, sealed in the vault, so that a wider order can be answered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0009_entered")]

    operations = [
        migrations.AddField(model_name="case", name="masking_key", field=models.BinaryField(null=True)),
    ]
