"""What does the desk remember of accounts: passkeys, demands confirmed with one, mail domains, agencies, supervisors? Words are only added to."""

from django.db import models


class Passkey(models.Model):
    """The public half of a passkey. `counter` is the last one seen; `ended_at` is when it was taken out of use."""

    account = models.ForeignKey("desk.Account", models.PROTECT, related_name="passkeys")
    credential = models.CharField(max_length=1500, unique=True)
    record = models.JSONField()
    label = models.CharField(max_length=80)
    counter = models.PositiveBigIntegerField(default=0)
    registered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("desk.Account", models.PROTECT, null=True, related_name="+")
    why_ended = models.CharField(max_length=4000, blank=True)

    class Meta:
        ordering = ["pk"]


class Confirmation(models.Model):
    """An officer's passkey answered for exactly the bytes of one demand, append-only. `record` is the answer as it came."""

    case = models.OneToOneField("desk.Case", models.PROTECT, primary_key=True, related_name="confirmation")
    passkey = models.ForeignKey(Passkey, models.PROTECT, related_name="confirmations")
    at = models.DateTimeField()
    record = models.JSONField()


class DomainProof(models.Model):
    """A code that was sent to an officer's address at a listed domain, and the signed mail in which it came back."""

    account = models.ForeignKey("desk.Account", models.PROTECT, related_name="domain_proofs")
    listing = models.CharField(max_length=80, db_index=True)
    address = models.CharField(max_length=320)
    code = models.CharField(max_length=40)
    asked_by = models.ForeignKey("desk.Account", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    record = models.JSONField(null=True)
    paper = models.ForeignKey("desk.Paper", models.PROTECT, null=True, related_name="+")
    proved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]


class AgencyAccount(models.Model):
    """Whose account at an agency's sign-on this is: `issuer` and `subject` for good, and the listing it was pinned to; append-only."""

    account = models.OneToOneField("desk.Account", models.PROTECT, primary_key=True, related_name="agency")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)
    listing = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="one_account_a_subject")]


class AgencyVisit(models.Model):
    """An agency's sign-on let an officer in; append-only."""

    account = models.ForeignKey(AgencyAccount, models.PROTECT, related_name="visits")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class OfficerVouching(models.Model):
    """A supervisor, called at a number of the directory, said that an officer is theirs; append-only."""

    account = models.ForeignKey("desk.Account", models.PROTECT, related_name="vouchings")
    by = models.ForeignKey("desk.Account", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    record = models.JSONField()

    class Meta:
        ordering = ["pk"]
