"""What do the calls to the authority show? Section I of the evidence sheet."""

from __future__ import annotations

import hashlib
from datetime import datetime

from answerable.casefile.call_back import Agreement, CallBack, CallOutcome, agreement
from answerable.casefile.demand import Demand
from answerable.casefile.encoding import canonical
from answerable.casefile.evidence import Fact, Result

_METHOD = "a person's call, call-back 1"
_VOLUNTEERED = (
    ("I3", "case_number", "It named the case by itself", "that the case is a lawful one"),
    ("I4", "sought", "It named by itself whom it asks about", "that this person has done anything"),
    ("I5", "requester", "It named by itself who asks", "that this officer may ask"),
)


def call_facts(calls: tuple[CallBack, ...], demand: Demand, *, at: datetime) -> tuple[Fact, ...]:
    """Return section I: one set of facts for each call, or the one fact that nobody called."""
    if not calls:
        return (_nobody_called(at),)
    return tuple(fact for number, call in enumerate(calls, start=1) for fact in _facts(call, demand, f"call {number}"))


def _nobody_called(at: datetime) -> Fact:
    return Fact(
        code="I1",
        title="The authority was called at a number of the directory",
        result=Result.ABSENT,
        found="Nobody has called the authority.",
        method=_METHOD,
        at=at,
        not_shown="anything about the demand",
    )


def _facts(call: CallBack, demand: Demand, subject: str) -> tuple[Fact, ...]:
    raw = hashlib.sha256(canonical(call)).hexdigest()

    def fact(code: str, title: str, result: Result, *, found: str, not_shown: str) -> Fact:
        return Fact(
            code=code, title=title, subject=subject, result=result, found=found,
            method=_METHOD, at=call.at, raw=raw, not_shown=not_shown,
        )  # fmt: skip

    reached = call.outcome is not CallOutcome.NOT_REACHED
    called = fact(
        "I1",
        "The authority was called at a number of the directory",
        Result.CONFIRMED if reached else Result.NOT_CHECKED,
        found=f"{call.called.number}: {call.called.source}, confirmed {call.called.confirmed_on:%d %B %Y}."
        + ("" if reached else " Nobody was reached."),
        not_shown="who answered, beyond what they said",
    )
    if not reached:
        return (called,)
    whose = fact(
        "I2",
        "It says that the demand is its own",
        Result.CONFIRMED if call.outcome is CallOutcome.CONFIRMED else Result.CONTRADICTED,
        found=f"The person reached ({call.post or 'post not given'}) said that it is"
        f"{'' if call.outcome is CallOutcome.CONFIRMED else ' not'} theirs.",
        not_shown="that the demand is lawful",
    )
    second = fact(
        "I6",
        "A second person of the desk confirms the call",
        Result.CONFIRMED if call.is_seconded else Result.ABSENT,
        found="Two people of the desk stand for this call."
        if call.is_seconded
        else "Only the caller stands for it so far.",
        not_shown="that either of them heard rightly",
    )
    compared = agreement(call.heard, demand)
    named = (
        fact(code, title, _result(compared, field), found=_words(compared, field), not_shown=not_shown)
        for code, field, title, not_shown in _VOLUNTEERED
    )
    return (called, whose, *named, second)


def _result(compared: Agreement, field: str) -> Result:
    agrees = getattr(compared, field)
    return Result.ABSENT if agrees is None else Result.CONFIRMED if agrees else Result.CONTRADICTED


def _words(compared: Agreement, field: str) -> str:
    return {
        Result.CONFIRMED: "What was heard is what the demand says.",
        Result.CONTRADICTED: "What was heard is not what the demand says.",
        Result.ABSENT: "Nothing was named, or the demand has nothing to compare it with.",
    }[_result(compared, field)]
