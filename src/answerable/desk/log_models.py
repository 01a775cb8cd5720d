"""What does the desk remember of the public log? Events, the slots they lie in, leaves, openings and signed heads."""

from django.db import models


class Event(models.Model):
    """One thing that happened, append-only. `root` commits to its 32 fields; `seed` is encrypted."""

    serial = models.PositiveBigIntegerField(primary_key=True)
    case = models.ForeignKey("desk.Case", models.PROTECT, related_name="events", db_index=False)
    kind = models.CharField(max_length=30)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    actor_role = models.CharField(max_length=40)
    facts = models.JSONField()
    previous = models.CharField(max_length=64, blank=True)
    root = models.CharField(max_length=64, unique=True)
    seed = models.BinaryField()

    class Meta:
        ordering = ["serial"]
        # What the next event of a case is chained to is found in it at once, however long the case is.
        indexes = [models.Index(fields=["case", "serial"], name="events_of_a_case")]


class Epoch(models.Model):
    """One period of the log: the slot tree behind one public leaf.

    `reserved` slots stay closed for good, and their decoys come from `reserve_seed`, which is never revealed.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    capacity = models.PositiveIntegerField()
    decoy_seed = models.BinaryField()
    reserved = models.PositiveIntegerField(null=True)
    reserve_seed = models.BinaryField(null=True)
    leaf_index = models.PositiveBigIntegerField(unique=True)
    closed_at = models.DateTimeField()


class Slot(models.Model):
    """Where in an epoch an event lies."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True)
    epoch = models.ForeignKey(Epoch, models.PROTECT, related_name="slots")
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["epoch", "position"], name="one_event_a_slot")]


class Leaf(models.Model):
    """A leaf of the public tree, append-only. `hash` is its leaf hash, made when the text was: a flipped bit shows."""

    index = models.PositiveBigIntegerField(primary_key=True)
    content = models.BinaryField()
    hash = models.BinaryField(null=True)


class OpenedBundle(models.Model):
    """One file of what was opened at a tick, append-only."""

    leaf = models.ForeignKey(Leaf, models.PROTECT, related_name="bundles")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["leaf", "number"], name="one_bundle_a_number")]


class OpeningWish(models.Model):
    """An opening that two people want, made at the next tick after the event is in the log. No `positions`: all of it."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="wishes")
    positions = models.JSONField(null=True)
    by = models.ForeignKey("desk.Account", models.PROTECT, related_name="+")
    seconded_by = models.ForeignKey("desk.Account", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, db_index=True)


class EpochOpened(models.Model):
    """An epoch whose decoys were revealed because its longest seal was over, and the leaf in which."""

    epoch = models.OneToOneField(Epoch, models.PROTECT, primary_key=True)
    leaf = models.ForeignKey(Leaf, models.PROTECT)


class Checkpoint(models.Model):
    """A signed tree head. Never smaller than the one before; `cosigned` is the note with the witnesses' lines.

    `witnessed_at` is since when it has as many as the policy asks for, which may be none.
    """

    size = models.PositiveBigIntegerField(primary_key=True)
    text = models.TextField()
    signed_at = models.DateTimeField()
    cosigned = models.TextField(blank=True, default="")
    witnessed_at = models.DateTimeField(null=True)
