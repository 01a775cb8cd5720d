"""What must be in the directory, and what is said on the telephone, for the demo's emergency? Its people are made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from answerable.casefile.call_back import CallOutcome, Conversation, Heard, is_confirmed
from answerable.casefile.demand import claims_emergency
from answerable.casefile.directory import Number

if TYPE_CHECKING:
    from answerable.desk.models import Account, Case
    from answerable.desk.wiring import Desk

COURT = "de-musterstadt-court"
NUMBER = "+49305550100"
# A number serves a call-back only after a month: the demo's two people entered it before the demands came.
_EARLIER = timedelta(days=90)


def enter_court(machine: Desk, two: list[Account]) -> None:
    """Have two people confirm the demo's court with its telephone number, as of three months ago, once."""
    from answerable.desk.moves import directory
    from answerable.desk.queries.directory import find_listing

    listing = find_listing(COURT)
    found = directory.as_record(listing)
    if listing is None or found is None or found.is_confirmed:
        return
    then = replace(machine, now=lambda: machine.now() - _EARLIER)
    number = Number(
        number=NUMBER,
        label="switchboard",
        source="the court's own page",
        added_at=then.now(),
        added_by="whoever proposes it",
    )
    draft = found.model_copy(update={"numbers": (number,)})
    proposal = directory.propose(
        then, actor=two[0], draft=draft, base=listing.version, reason="Read from the court's own page and called once."
    )
    directory.confirm(then, proposal, actor=two[1])


def call_court(machine: Desk, case: Case, two: list[Account], *, seconded: bool = True) -> None:
    """Have the first person call the court about an emergency and the second confirm it, where nobody has yet."""
    from answerable.desk.moves import calling
    from answerable.desk.moves.casefiles import case_file
    from answerable.desk.queries.directory import find_listing

    file, court = case_file(case), find_listing(COURT)
    if (
        court is None
        or file.demand is None
        or not claims_emergency(file.demand.form)
        or is_confirmed(file.calls, file.demand)
    ):
        return
    said = Conversation(
        outcome=CallOutcome.CONFIRMED,
        spoke_to="The registry",
        post="registrar on duty",
        heard=Heard(case_number=file.demand.head.reference),
        note="The registrar named the case number and the account without being told.",
    )
    call = calling.call_back(machine, case, actor=two[0], listing=court, number=NUMBER, conversation=said)
    if seconded:
        calling.second_call(machine, case, actor=two[1], call=call.pk)
