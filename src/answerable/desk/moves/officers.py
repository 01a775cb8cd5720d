"""How does the desk come to know an officer: a code by mail that comes back signed, and a supervisor on the telephone?

For an officer whose agency's own sign-on let them in, that stands in place of the code.

Neither needs a password, a text message or a reset by mail. A mailbox alone proves little, so the supervisor is called at a
number of the directory, and again every 90 days.
"""

from __future__ import annotations

import base64
from datetime import timedelta

from django.db import transaction

from answerable.adapters.keys import random_bytes
from answerable.adapters.reading import make_sheet, open_mail
from answerable.authenticate.directory import usable_numbers
from answerable.authenticate.gathered import Evidence
from answerable.casefile.officer import ProvenDomain, Vouching
from answerable.desk.models import Account, DomainProof, Listing, OfficerVouching
from answerable.desk.moves.casefiles import refuse_unless_reviewer
from answerable.desk.moves.directory import as_record
from answerable.desk.moves.evidence import asked
from answerable.desk.moves.papers import keep
from answerable.desk.queries.agencies import agency_of
from answerable.desk.queries.officers import office_of
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused

CODE_GOOD_FOR = timedelta(days=7)


def ask_domain(desk: Desk, account: Account, *, actor: Account, address: str) -> DomainProof:
    """Make a code for an officer's address. Refuses an address whose domain no confirmed record of the directory has."""
    refuse_unless_reviewer(actor)
    _refuse_unless_officer(account)
    listing, agency = _listing_of(address.rpartition("@")[2].lower()), agency_of(account)
    if agency is not None and listing is not None and agency.listing != listing.key:
        raise _refused(
            "The account belongs to the office whose own sign-on let it in, and to no other.",
            "Choose an address of that office.",
        )
    if listing is None:
        raise _refused(
            "The domain of this address stands in no record of the directory that two people confirmed.",
            "Enter the domain in the directory first, from a source that is not the officer.",
        )
    code = base64.b32encode(random_bytes(15)).decode()
    return DomainProof.objects.create(
        account=account, listing=listing.key, address=address, code=code, asked_by=actor, asked_at=desk.now()
    )


def prove_domain(desk: Desk, proof: DomainProof, *, actor: Account, mail: bytes) -> DomainProof:
    """Keep the mail in which the code came back. Refuses one that the domain did not sign, or that came from elsewhere."""
    refuse_unless_reviewer(actor)
    opened = open_mail(mail, sandbox=desk.sandbox, limits=desk.settings.papers.limits)
    at = desk.now()
    evidence = Evidence(original=mail, at=at, records=asked(desk, opened.questions, at=at))
    known = make_sheet(evidence, sandbox=desk.sandbox, limits=desk.settings.papers.limits)
    sender = known.mail.from_address if known.mail else None
    if sender is None:
        raise _refused(
            "No signature of the domain itself holds for this mail."
            if desk.settings.dns
            else "This desk asks no DNS, so no signature of a mail can be checked.",
            "Ask for a mail sent from the official mailbox, saved with all its headers; docs/run/settings.md has `dns`.",
        )
    if sender.casefold() != proof.address.casefold():
        raise _refused("It came from another address than the one the code was sent to.", "Ask for a reply from there.")
    if proof.code not in opened.subject:
        raise _refused("The code is not in its subject.", "Ask for a reply that keeps the subject.")
    paper = keep(desk, mail, media_type="message/rfc822")
    with transaction.atomic():
        proof = DomainProof.objects.select_for_update().get(pk=proof.pk)
        if proof.proved_at is not None or proof.asked_at <= at - CODE_GOOD_FOR:
            raise _refused("The code was used already, or is older than seven days.", "Make a new one.")
        proven = ProvenDomain(
            authority=proof.listing, domain=proof.address.rpartition("@")[2].lower(), mail=known.sheet.paper, at=at
        )
        proof.record, proof.paper, proof.proved_at = proven.model_dump(mode="json"), paper, at
        proof.save()
    return proof


def vouch(desk: Desk, account: Account, *, actor: Account, supervisor: str, post: str, number: str) -> OfficerVouching:
    """Keep that a named supervisor stands for an officer. Refuses a number that is not the office's own and settled one."""
    refuse_unless_reviewer(actor)
    _refuse_unless_officer(account)
    office = office_of(account)
    known = {each.number: each for each in usable_numbers(office, desk.now())} if office else {}
    if number not in known:
        raise _refused(
            "The number is none of the directory that may be called for the office of this account.",
            "Prove the officer's mail domain first, where no agency's sign-on stands in its place; then call a number that"
            " two people confirmed over 30 days ago.",
        )
    said = Vouching(
        authority=office.id, supervisor=supervisor, post=post, number=number, source=known[number].source,
        by=actor.username, at=desk.now(),
    )  # fmt: skip
    return OfficerVouching.objects.create(account=account, by=actor, at=said.at, record=said.model_dump(mode="json"))


def _listing_of(domain: str) -> Listing | None:
    """Return the one confirmed listing that has the domain itself, or None."""
    found = Listing.objects.filter(
        status=Listing.Status.CONFIRMED, handles__kind="domain", handles__value=domain
    ).distinct()
    exact = [each for each in found[:5] if domain in {known.domain for known in as_record(each).domains}]
    return exact[0] if len(exact) == 1 else None


def _refuse_unless_officer(account: Account) -> None:
    if account.role != Account.Role.OFFICER or not account.is_active:
        raise _refused("The account is not that of an officer, or it is closed.", "Choose an officer's account.")


def _refused(why: str, next_step: str) -> MoveRefused:
    return MoveRefused(
        "officers.not-proved", what="This does not prove where the officer belongs.", why=why, next_step=next_step
    )
