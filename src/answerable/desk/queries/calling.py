"""Whom may we call about a demand, at which number, and what came of the calls so far?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from answerable.authenticate import call_facts
from answerable.authenticate.claiming import claims_of, numbers_of
from answerable.authenticate.directory import NumberAt, numbers_at
from answerable.casefile.call_back import CallBack, call_reasons, is_confirmed
from answerable.casefile.demand import Demand, claims_emergency
from answerable.casefile.directory import DirectoryRecord
from answerable.casefile.evidence import Fact
from answerable.casefile.route import Move, blockers, provable_by_call
from answerable.desk.models import Account, Case, FollowUp
from answerable.desk.moves.casefiles import case_file
from answerable.desk.queries.directory import matching
from answerable.desk.wiring import Desk


@dataclass(frozen=True, slots=True)
class Office:
    """An office that the demand may mean, and its numbers as of the demand's receipt."""

    record: DirectoryRecord
    numbers: tuple[NumberAt, ...]


@dataclass(frozen=True, slots=True)
class CallPage:
    """What the pages on calls show. `demands_own` are the numbers written in the demand: shown struck through, never called."""

    case: Case
    offices: tuple[Office, ...]
    demands_own: tuple[str, ...]
    calls: tuple[CallBack, ...]
    facts: tuple[Fact, ...]
    last: int | None
    waits: tuple[str, ...]
    is_emergency: bool
    is_confirmed: bool
    against_second: tuple[str, ...]
    may_call: bool
    follow_up: FollowUp | None

    @property
    def choices(self) -> Iterator[tuple[str, str]]:
        """Yield the numbers that may be called, as office and number, each with its words."""
        for office in self.offices:
            for each in office.numbers:
                if each.refused is None:
                    label = f", {each.number.label}" if each.number.label else ""
                    yield (
                        f"{office.record.id} {each.number.number}",
                        f"{each.number.number}{label} ({office.record.name})",
                    )

    @property
    def refused(self) -> tuple[tuple[str, str], ...]:
        """The numbers of the directory that may not be called about this demand, each with the reason."""
        return tuple(
            (each.number.number, each.refused) for office in self.offices for each in office.numbers if each.refused
        )

    @property
    def can_second(self) -> bool:
        """Whether this account may confirm the last call."""
        return not self.against_second


def call_page(desk: Desk, case: Case, account: Account) -> CallPage:
    """Return what is known of calls about a case that could be read."""
    file = case_file(case)
    demand: Demand = file.demand
    received = demand.arrival.received_at
    exempted = bool(file.assessment and file.assessment.call_exempted)
    last = case.calls.last()
    return CallPage(
        case=case,
        offices=tuple(Office(record, numbers_at(record, received)) for record in matching(claims_of(demand))[:20]),
        demands_own=numbers_of(demand),
        calls=file.calls,
        facts=call_facts(file.calls, demand, at=desk.now()),
        last=last.pk if last else None,
        waits=call_reasons(file.calls, demand, exempted=exempted, unsealed=provable_by_call(file)),
        is_emergency=claims_emergency(demand.form),
        is_confirmed=is_confirmed(file.calls, demand),
        against_second=blockers(file, Move.SECOND_CALL, actor=account.username, now=desk.now()),
        may_call=not blockers(file, Move.CALL_BACK, actor=account.username, now=desk.now()),
        follow_up=FollowUp.objects.filter(case=case).first(),
    )


def missing_follow_ups(desk: Desk) -> dict[str, int]:
    """Return how many orders in due form are overdue, by the office of the directory that owes them."""
    overdue = FollowUp.objects.filter(received_at=None, due_at__lt=desk.now()).values_list("listing", flat=True)
    counts: dict[str, int] = {}
    for listing in overdue:
        counts[listing] = counts.get(listing, 0) + 1
    return counts
