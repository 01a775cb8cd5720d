"""What can a hand in the database do to a case? Every change that a test makes behind the desk's back, by name.

It has the whole database, triggers and all, and not `vault.key`. Each is made inside a transaction that is taken back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection, transaction

from answerable.casefile.assessment import Assessment
from answerable.casefile.decision import Decision, DecisionKind
from answerable.casefile.encoding import digest
from answerable.casefile.route import State
from answerable.casefile.scope import Scope
from answerable.demo.calling import COURT, NUMBER


class _TakenBack(Exception):
    pass


@contextmanager
def taken_back() -> Iterator[None]:
    """Make what is done inside undone, rows and triggers alike. The log must not tick meanwhile: its files would stay."""
    with suppress(_TakenBack), transaction.atomic():
        yield
        raise _TakenBack


def without_triggers() -> None:
    """Take every rule out of the database that keeps rows from being changed."""
    with connection.cursor() as cursor:
        found = cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in found:
            cursor.execute(f'DROP TRIGGER "{name}"')


def _set(case, **columns) -> None:
    from answerable.desk.models import Case

    Case.objects.filter(pk=case.pk).update(**columns)
    case.refresh_from_db()


def no_emergency(case, two) -> None:
    """Let the demand say that nothing is urgent."""
    demand = json.loads(json.dumps(case.demand))
    form = demand["form"]
    if form["form"] == "order":
        form["emergency"]["claimed"] = False
    else:
        form["C"] |= {"deadline": "asap_10d", "emergency": [], "additional": None}
        form["I"]["no_prior_validation"] = False
    _set(case, demand=demand)


def by_a_state(case, two) -> None:
    """Let it look as if it came through a state's own system, under a pack that asks for no call then."""
    demand, assessment = dict(case.demand), dict(case.assessment)
    _set(
        case,
        channel="state system",
        demand=demand | {"arrival": demand["arrival"] | {"channel": "state system"}},
        assessment=assessment | {"call_exempted": True},
    )


def other_target(case, two) -> None:
    """Let the demand have come with another reference, so that whatever was said on the telephone may fit."""
    _set(case, demand=json.loads(json.dumps(case.demand).replace(case.their_reference, "1 Gs 1/01")))


def all_met(case, two) -> None:
    """Let every check of paper and sender be met, and every question of the law answered."""
    met = [each | {"outcome": "met", "question": None, "unsealed": False} for each in case.authenticity]
    findings = [each | {"outcome": "met", "question": None} for each in case.assessment["findings"]]
    _set(case, authenticity=met, assessment=case.assessment | {"findings": findings}, open_questions=0)


def decided(case, two) -> None:
    """Put in a decision that gives all that is asked, with the yes of two people who never gave it."""
    from answerable.desk.models import Approval

    scope = Assessment.model_validate(case.assessment)
    acts = scope.purpose != "data"
    whole, part = (
        (DecisionKind.CARRY_OUT, DecisionKind.CARRY_OUT_IN_PART)
        if acts
        else (DecisionKind.ANSWER, DecisionKind.ANSWER_IN_PART)
    )
    decision = Decision(
        case=case.reference,
        version=1,
        kind=part if scope.kept_back else whole,
        reason="Put in by hand.",
        permitted=Scope() if acts else scope.permitted,
        withheld=scope.kept_back,
        granted=tuple(each.name for each in scope.requested.identifiers) if acts else (),
        demand_sha512=case.paper_id,
        pack=scope.pack,
        prepared_by=two[0].username,
        prepared_at=case.received_at,
    )
    for each in two:
        Approval.objects.create(case=case, by=each, at=case.received_at, statement=decision.statement)
    _set(case, decision=decision.model_dump(mode="json"), state="decided")


def call_put_in(case, two) -> None:
    """Put in a call that confirms everything, with its second person."""
    from answerable.desk.models import Call, SecondedCall

    call = Call.objects.create(case=case, by=two[0], at=case.received_at, listing=COURT, record=_said(case, two))
    SecondedCall.objects.create(call=call, by=two[1], at=case.received_at)


def _said(case, two) -> dict:
    at = case.demand["arrival"]["received_at"]
    form = case.demand["form"]
    reference = form["reference"] if form["form"] == "order" else form["A"]["issuing_file_no"]
    return {
        "outcome": "confirmed", "spoke_to": "The registry", "post": None, "note": "It is all in order.", "by": two[0].username,
        "at": at, "heard": {"case_number": reference, "sought": None, "requester": None}, "seconded_by": None,
        "seconded_at": None, "called": {"authority": "The court", "number": NUMBER, "source": "a page", "confirmed_on": at[:10]},
    }  # fmt: skip


def call_told(case, two) -> None:
    """Put in a call, and the events that would tell of it, with the seed of another event."""
    from answerable.desk.models import Event
    from answerable.desk.moves.casefiles import calls_of

    call_put_in(case, two)
    call = calls_of(case)[-1]
    alone = call.model_copy(update={"seconded_by": None, "seconded_at": None})
    for kind, record in (("called back", alone), ("call seconded", call)):
        last = Event.objects.order_by("serial").last()
        before = case.events.order_by("serial").last()
        Event.objects.create(
            serial=last.serial + 1, case=case, kind=kind, at=case.received_at, actor=two[0].username, actor_role="reviewer",
            facts={"decision": "confirmed", "record_sha512": digest(record)}, previous=before.root,
            root=digest(f"{last.serial} {kind}")[:64], seed=before.seed,
        )  # fmt: skip


def facts_fitted(case, two) -> None:
    """Let the events that tell of demand and calls say whatever the rows say now."""
    for event in case.events.filter(kind__in=("received", "entered by a person", "assessed", "decided")):
        said = {"record_sha512": digest(case.demand), "emergency": "yes" if case.is_emergency else "no"}
        event.facts |= {name: said[name] for name in said if name in event.facts}
        event.save()


def no_events(case, two) -> None:
    """Take away that anything was ever said about calls or a forgery."""
    from answerable.desk.models import Slot

    kinds = ("called back", "call seconded", "suspected", "found forged", "cleared of suspicion")
    Slot.objects.filter(event__case=case, event__kind__in=kinds).delete()
    case.events.filter(kind__in=kinds).delete()


def calls_gone(case, two) -> None:
    """Take away every call."""
    from answerable.desk.models import Call, SecondedCall

    SecondedCall.objects.filter(call__case=case).delete()
    Call.objects.filter(case=case).delete()


def sealed(case, two) -> None:
    """Let it look as if a package lay there, to be fetched for a month."""
    package = {
        "case": case.reference, "name": f"{case.reference}.tar.age", "size": 1, "sha512": "0" * 128, "manifest_sha512": "0" * 128,
        "encryption": "age", "recipient": "age1", "records": 1, "flagged": 0, "absent": [],
        "sealed_at": case.demand["arrival"]["received_at"],
    }  # fmt: skip
    _set(case, package=case.package or package, available_until=case.received_at.replace(year=2100), state="available")


def told_of_sealing(case, two) -> None:
    """Move another event of the case to say that a package was sealed."""
    event = case.events.order_by("serial").first()
    case.events.filter(pk=event.pk).update(kind="sealed", facts=event.facts | {"package_sha512": "0" * 128})


def jobs_due(case, two) -> None:
    """Let every kind of work be due on the case."""
    from answerable.desk.effects import EFFECTS
    from answerable.desk.models import Job

    for kind in EFFECTS:
        Job.objects.update_or_create(
            key=f"{kind} {case.key}",
            defaults={
                "kind": kind,
                "case": case,
                "due_at": case.received_at,
                "done_at": None,
                "attempts": 0,
                "error": None,
            },
        )


def another_sender(case, two) -> None:
    """Let it have been sent by another officer."""
    from answerable.desk.models import Account

    _set(case, sent_by=Account.objects.get(username="otto"))


def flags_swapped(case, two) -> None:
    """Let the row say that it is no emergency, or that it is one."""
    _set(case, is_emergency=not case.is_emergency, open_questions=0)


def _state(state: State) -> Callable:
    def hand(case, two) -> None:
        _set(case, state=state.value)

    hand.__name__ = f"state {state.value}"
    return hand


HANDS: tuple[Callable, ...] = (
    no_emergency, by_a_state, other_target, all_met, decided, call_put_in, call_told, facts_fitted, no_events, calls_gone,
    sealed, told_of_sealing, jobs_due, another_sender, flags_swapped, *map(_state, State),
)  # fmt: skip


def meddle(hand: Callable, case, two) -> None:
    """Let a hand do its work; what the database itself still refuses is left."""
    case.refresh_from_db()
    with suppress(DatabaseError), transaction.atomic():
        hand(case, two)
