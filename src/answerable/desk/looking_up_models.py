"""What does the desk remember of what people look up where no machine can ask? Files are only ever added to."""

from django.db import models


class LookUp(models.Model):
    """One table that a decision needs and only a person can look into. `task` says what the file must hold.

    `statement` is the decision it belongs to; `closed_at` when a file was confirmed, or the decision sent back.
    """

    case = models.ForeignKey("desk.Case", models.PROTECT, related_name="look_ups")
    statement = models.CharField(max_length=128)
    store = models.CharField(max_length=63)
    table = models.CharField(max_length=63)
    task = models.JSONField()
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "statement", "store", "table"], name="one_task_a_table")]


class Brought(models.Model):
    """One file that a person brought, append-only; the last one of a look-up counts."""

    look_up = models.ForeignKey(LookUp, models.PROTECT, related_name="brought")
    paper = models.ForeignKey("desk.Paper", models.PROTECT, related_name="+")
    rows = models.PositiveIntegerField()
    by = models.ForeignKey("desk.Account", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class ConfirmedFile(models.Model):
    """The second person's yes to one file, append-only. The database refuses the yes of whoever brought it."""

    brought = models.OneToOneField(Brought, models.PROTECT, primary_key=True, related_name="confirmed")
    by = models.ForeignKey("desk.Account", models.PROTECT, related_name="+")
    at = models.DateTimeField()
