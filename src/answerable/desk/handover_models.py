"""What an access point handed over, and what became of it."""

from django.db import models


class HandedOver(models.Model):
    """One message's folder. It became a case, or was set aside with the reason until something of it changes (`print`).

    `record` and `metadata` say how it came, `payloads` are the SHA-512 of what it carried beside the demand.
    """

    place = models.CharField(max_length=600, primary_key=True)
    print = models.CharField(max_length=64)
    seen_at = models.DateTimeField()
    message_id = models.CharField(max_length=255, null=True, unique=True)
    case = models.ForeignKey("desk.Case", models.PROTECT, null=True, related_name="handed_over")
    record = models.JSONField(null=True)
    metadata = models.ForeignKey("desk.Paper", models.PROTECT, null=True, related_name="+")
    payloads = models.JSONField(default=list)
    error = models.JSONField(null=True)

    class Meta:
        ordering = ["seen_at", "place"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(case__isnull=True) | models.Q(message_id__isnull=False), name="taken_in_by_its_id"
            )
        ]
