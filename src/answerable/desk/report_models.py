"""What does the desk remember of a published report? Rows that are only ever added."""

from django.db import models


class PublishedPeriod(models.Model):
    """One half-year as it was told: report, counting rules, and the root over the rows of its table, append-only.

    The table itself is a file in the folder `reports` (`queries.published.table_place`). `counted` is the list of what was
    counted, with the secret behind the table's salts and order, encrypted.
    """

    period = models.CharField(max_length=7, primary_key=True)
    closed_at = models.DateTimeField()
    counted = models.BinaryField()
    report = models.BinaryField()
    query = models.BinaryField()
    rows = models.PositiveBigIntegerField()
    table_root = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["period"]
