"""What does the desk remember of authorities? Listings as they stand; beneath them proposals and verdicts, append-only."""

from django.db import models


class ImportBatch(models.Model):
    """One import of a list: which file by its SHA-256, and what it brought."""

    kind = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    counts = models.JSONField()


class Listing(models.Model):
    """One authority as it stands now. `version` counts the edits that two people made; 0 is a candidate of an import."""

    class Status(models.TextChoices):
        CANDIDATE = "candidate"
        CONFIRMED = "confirmed"
        RETIRED = "retired"

    key = models.CharField(max_length=80, primary_key=True)
    record = models.JSONField()
    name = models.CharField(max_length=400)
    country = models.CharField(max_length=2, db_index=True)
    kind = models.CharField(max_length=20)
    status = models.CharField(max_length=20, choices=Status, db_index=True)
    version = models.PositiveIntegerField(default=0)
    search = models.TextField()
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["name", "key"], name="listing_by_name")]


class Handle(models.Model):
    """By what a listing is found: a name in normal form, a mail domain, an organisation identifier, a certificate."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="handles")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=400)

    class Meta:
        indexes = [models.Index(fields=["kind", "value"], name="handle_by_value")]


class Proposal(models.Model):
    """What one person proposes that a listing should say, append-only. `base` is the version it was written on."""

    key = models.CharField(max_length=80, db_index=True)
    base = models.PositiveIntegerField()
    draft = models.JSONField()
    reason = models.CharField(max_length=4000)
    by = models.ForeignKey("desk.Account", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class Verdict(models.Model):
    """What another person said to a proposal, append-only. `record` is what came into force, None where nothing did."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    proposal = models.OneToOneField(Proposal, models.PROTECT, primary_key=True)
    outcome = models.CharField(max_length=20, choices=Outcome)
    by = models.ForeignKey("desk.Account", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=4000, blank=True)
    version = models.PositiveIntegerField(null=True)
    record = models.JSONField(null=True)


class GovernmentSuffix(models.Model):
    """A suffix below which a government may register: a candidate from a list, proof of nothing."""

    suffix = models.CharField(max_length=253, primary_key=True)
    label = models.CharField(max_length=80)
    cctld = models.CharField(max_length=63)
    note = models.CharField(max_length=200)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="+")


class IncidentStep(models.Model):
    """One person's word on whether a demand is forged, append-only: the last one counts."""

    class Word(models.TextChoices):
        SUSPECTED = "suspected"
        FORGED = "forged"
        CLEARED = "cleared"

    case = models.ForeignKey("desk.Case", models.PROTECT, related_name="incident_steps")
    word = models.CharField(max_length=20, choices=Word)
    by = models.ForeignKey("desk.Account", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=4000)
    shown_by = models.CharField(max_length=20)
    listing = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["pk"]


class IssuerSheet(models.Model):
    """Facts about issuer, coherence and history of a case, and the trace of its text, by which later ones are compared."""

    case = models.OneToOneField("desk.Case", models.PROTECT, primary_key=True, related_name="issuer_sheet")
    facts = models.JSONField()
    trace = models.JSONField()
    digest = models.CharField(max_length=64, blank=True, db_index=True)
    sender = models.CharField(max_length=500, db_index=True)
    listing = models.CharField(max_length=80, blank=True, db_index=True)
    at = models.DateTimeField()


class Feed(models.Model):
    """The newest feed of cautions of one publisher, as it was signed."""

    publisher = models.CharField(max_length=200, primary_key=True)
    number = models.PositiveIntegerField()
    note = models.TextField()
    sha256 = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField()


class FeedIssue(models.Model):
    """A feed that we published, append-only."""

    number = models.PositiveIntegerField(primary_key=True)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
