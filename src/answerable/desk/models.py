"""What does the desk remember? Rows, no logic: `moves` writes them, `queries` reads them.

Records of the case file are stored as their JSON form, so that a decision of March can be read again in October.
"""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from answerable.desk.calling_models import Call, FollowUp, SecondedCall
from answerable.desk.directory_models import (  # the framework looks for every table here
    Feed,
    FeedIssue,
    GovernmentSuffix,
    Handle,
    ImportBatch,
    IncidentStep,
    IssuerSheet,
    Listing,
    Proposal,
    Verdict,
)
from answerable.desk.handover_models import HandedOver
from answerable.desk.log_models import Checkpoint, Epoch, EpochOpened, Event, Leaf, OpenedBundle, OpeningWish, Slot
from answerable.desk.looking_up_models import Brought, ConfirmedFile, LookUp
from answerable.desk.officer_models import (
    AgencyAccount,
    AgencyVisit,
    Confirmation,
    DomainProof,
    OfficerVouching,
    Passkey,
)
from answerable.desk.report_models import PublishedPeriod

__all__ = [
    "Account", "AgencyAccount", "AgencyVisit", "Approval", "Brought", "Call", "Case", "Checkpoint", "Confirmation", "ConfirmedFile", "Delivery",
    "DomainProof", "Epoch", "EpochOpened", "Event", "Feed", "FeedIssue", "FollowUp", "GovernmentSuffix", "HandedOver", "Handle",
    "Heartbeat", "ImportBatch", "IncidentStep", "IssuerSheet", "Job", "Leaf", "Letter", "Listing", "LookUp",
    "OfficerVouching", "OpenedBundle", "OpeningWish", "Paper", "Passkey", "Proposal", "PublishedPeriod", "SecondedCall",
    "SignInLink", "Slot", "Verdict",
]  # fmt: skip


class Account(AbstractBaseUser):
    """Somebody who may sign in. Named account because a person, here, is somebody whose data are asked for."""

    class Role(models.TextChoices):
        REVIEWER = "reviewer"
        OFFICER = "officer"

    username = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=Role)
    authority = models.CharField(max_length=80, blank=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    objects = BaseUserManager()

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper()


class SignInLink(models.Model):
    """A link that signs one account in; only its SHA-256 is kept."""

    account = models.ForeignKey(Account, models.CASCADE)
    token_sha256 = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    uses_left = models.PositiveIntegerField(default=1)


class Paper(models.Model):
    """The bytes of a demand or a letter: encrypted in the papers folder, named by their SHA-512."""

    sha512 = models.CharField(max_length=128, primary_key=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=80)
    kept_at = models.DateTimeField()


class Case(models.Model):
    """Our file on one demand. `key` is the random name the log knows it by; `reference` the one people use."""

    key = models.CharField(max_length=32, unique=True)
    reference = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=20, db_index=True)
    channel = models.CharField(max_length=20)
    paper = models.OneToOneField(Paper, models.PROTECT)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, db_index=True)
    closed_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    sent_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    unreadable = models.JSONField(null=True)
    entered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    demand = models.JSONField(null=True)
    instrument = models.CharField(max_length=60, blank=True)
    authority = models.CharField(max_length=1000, blank=True)
    country = models.CharField(max_length=2, blank=True)
    their_reference = models.CharField(max_length=1000, blank=True)
    identifiers = models.PositiveIntegerField(default=0)
    authenticity = models.JSONField(default=list)
    sheet = models.JSONField(null=True)
    evidence = models.JSONField(null=True)
    answers = models.JSONField(default=list)
    supplied = models.JSONField(default=dict)
    assessment = models.JSONField(null=True)
    is_emergency = models.BooleanField(default=False)
    open_questions = models.PositiveIntegerField(default=0)
    counts = models.JSONField(null=True)
    decision = models.JSONField(null=True)
    notice = models.JSONField(null=True)
    package = models.JSONField(null=True)
    masking_key = models.BinaryField(null=True)
    available_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.reference


class Approval(models.Model):
    """One person's yes to one statement."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="approvals")
    by = models.ForeignKey(Account, models.PROTECT)
    at = models.DateTimeField()
    statement = models.CharField(max_length=128)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "by", "statement"], name="one_yes_a_person")]


class Effect(models.Model):
    """One measure on one item, as a person carried it out and set it down; append-only. `kept_in` names another case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="effects")
    item = models.CharField(max_length=1200)
    measure = models.CharField(max_length=30)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    territory = models.JSONField(default=list)
    by = models.ForeignKey(Account, models.PROTECT)
    note = models.TextField(blank=True)
    statement = models.CharField(max_length=128, blank=True)
    kept_in = models.CharField(max_length=20, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class Notice(models.Model):
    """A notice that is owed to one person, on one decision. `to` is the identifier, empty for whoever posted the items.

    `may_be_sent_from` is empty while silence has no known end; `paper` until that day has come.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="notices")
    to = models.CharField(max_length=600, blank=True)
    statement = models.CharField(max_length=128)
    may_be_sent_from = models.DateTimeField(null=True, db_index=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True)
    written_at = models.DateTimeField(null=True)
    given_at = models.DateTimeField(null=True, db_index=True)
    how = models.CharField(max_length=30, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "to", "statement"], name="one_notice_a_person")]


class Letter(models.Model):
    """A letter of the case, by its kind; one written again is `annex-iii-2`. Some go to the authority and some to counsel:
    `decide.letters` says which."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=30)
    paper = models.ForeignKey(Paper, models.PROTECT)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "kind"], name="one_letter_of_a_kind")]


class Delivery(models.Model):
    """A fetch of a package by the officer, kept as the receipt."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="deliveries")
    by = models.ForeignKey(Account, models.PROTECT)
    at = models.DateTimeField()
    package_sha512 = models.CharField(max_length=128)


class Job(models.Model):
    """Work that follows a move, written in the move's own transaction. `key` makes it happen once."""

    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=120, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True)
    due_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, db_index=True)
    error = models.JSONField(null=True)

    MOST_ATTEMPTS = 8

    @property
    def is_given_up(self) -> bool:
        return self.done_at is None and self.attempts >= self.MOST_ATTEMPTS


class Errand(models.Model):
    """What came of a thing that the worker does beside the cases: when it was tried last, when it succeeded, why not since."""

    COPY, REPORT, HANDED_OVER = "copy", "report", "handed over"

    name = models.CharField(max_length=20, primary_key=True)
    tried_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    error = models.JSONField(null=True)


class Heartbeat(models.Model):
    """When the worker last said that it is there. One row."""

    at = models.DateTimeField()
