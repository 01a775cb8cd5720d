"""What does the desk remember of calls to authorities? Rows that are only ever added to."""

from django.db import models


class Call(models.Model):
    """One call to an authority about a case, append-only. `record` is what the caller set down."""

    case = models.ForeignKey("desk.Case", models.PROTECT, related_name="calls")
    by = models.ForeignKey("desk.Account", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    listing = models.CharField(max_length=80, db_index=True)
    record = models.JSONField()

    class Meta:
        ordering = ["pk"]


class SecondedCall(models.Model):
    """The second person's yes to one call, append-only. The database refuses the caller's own."""

    call = models.OneToOneField(Call, models.PROTECT, primary_key=True, related_name="seconded")
    by = models.ForeignKey("desk.Account", models.PROTECT, related_name="+")
    at = models.DateTimeField()


class FollowUp(models.Model):
    """The order in due form that an authority owes after an emergency was answered."""

    case = models.OneToOneField("desk.Case", models.PROTECT, primary_key=True, related_name="follow_up")
    listing = models.CharField(max_length=80, db_index=True)
    due_at = models.DateTimeField(db_index=True)
    received_at = models.DateTimeField(null=True)
    by = models.ForeignKey("desk.Account", models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=4000, blank=True)
