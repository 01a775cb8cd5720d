"""What may a letter look at, in which language is it written, and what stands at the head of each?"""

from __future__ import annotations

from typing import Any

from answerable.casefile.answer import Package
from answerable.casefile.assessment import Assessment, NoticeBy, NoticeRule
from answerable.casefile.decision import Decision
from answerable.casefile.demand import Demand
from answerable.casefile.effect import Effect, Measure
from answerable.casefile.encoding import Record
from answerable.casefile.finding import Finding, Outcome
from answerable.casefile.order import Item, Order
from answerable.casefile.parties import Provider
from answerable.casefile.scope import Moment
from answerable.casefile.supplied import Supplied
from answerable.law.pack import Pack
from answerable.law.register import pack_of, title_of

# Each has a table of sentences beside the templates.
LANGUAGES: tuple[str, ...] = ("en", "de", "fr")
MOST_LINES = 60


class Done(Record):
    """One item as a letter tells of it: what was done with it, when, where, until when a copy is kept; never by whom."""

    item: str
    measure: Measure
    at: Moment
    until: Moment | None = None
    territory: tuple[str, ...] = ()


class Left(Record):
    """One item that stays as it is, with the reason that was set down."""

    item: str
    reason: str


class Matter(Record):
    """Everything a letter may look at. `effects` are those of this decision; `notice` is None where nobody is to be told.

    `own` are law packs of one's own; `supplied` is what was set down beside the paper.
    """

    decision: Decision
    demand: Demand
    provider: Provider
    assessment: Assessment
    notice: NoticeRule | None = None
    package: Package | None = None
    effects: tuple[Effect, ...] = ()
    supplied: Supplied = Supplied()
    at: Moment
    own: tuple[Pack, ...] = ()

    @property
    def order(self) -> Order | None:
        """The paper, where it is not a European certificate."""
        return self.demand.form if isinstance(self.demand.form, Order) else None

    @property
    def items(self) -> tuple[Item, ...]:
        """The pieces of content it is about."""
        return self.order.items if self.order else ()

    @property
    def done(self) -> tuple[Done, ...]:
        """What was done with each item."""
        return tuple(
            Done(item=each.item, measure=each.measure, at=each.at, until=each.until, territory=each.territory)
            for each in self.effects
            if each.measure is not Measure.UNCHANGED
        )

    @property
    def left(self) -> tuple[Left, ...]:
        """What stays as it is: items that were granted and could not be carried out, then those that were not granted."""
        unchanged = {each.item: each.note for each in self.effects if each.measure is Measure.UNCHANGED}
        acted = {each.item for each in self.done}
        named = dict.fromkeys(item.name for item in self.items if item.name)
        others = [name for name in named if name not in acted and name not in unchanged]
        return (
            *(Left(item=item, reason=note) for item, note in unchanged.items()),
            *(Left(item=item, reason="") for item in others),
        )

    @property
    def is_silent(self) -> bool:
        """Whether the person may not, or not yet, be told by the provider. Without a rule nobody is told."""
        rule = self.notice
        if rule is None or rule.told_by is not NoticeBy.PROVIDER:
            return True
        return rule.silent_since is not None and (rule.silent_until is None or self.at < rule.silent_until)


class Ground(Record):
    """A test that stands against the demand, or one that is open, as a line of a letter."""

    rule: str
    title: str
    outcome: Outcome
    fact: str
    citation: str
    question: str | None = None


class Letter(Record):
    """The head that all letters share. `instrument` is what the law calls the demand; `law` names pack and version."""

    letter: str
    language: str
    provider: Provider
    instrument: str
    to: str
    their_reference: str
    our_reference: str
    received: Moment
    at: Moment
    law: str
    reviewed_by: str | None


def letter_language(demand: Demand, provider: Provider, own: tuple[Pack, ...] = ()) -> str:
    """Return the demand's language if its law has letters in it, else the provider's first that it has, else English."""
    pack = pack_of(demand.instrument, own)
    has = [each for each in (pack.title.languages if pack else ()) if each in LANGUAGES]
    return next((each for each in (demand.form.language, *provider.languages) if each in has), "en")


def head(matter: Matter, letter: str) -> dict[str, Any]:
    """Return the fields of the head of a letter to the sender of the demand."""
    demand, assessment = matter.demand, matter.assessment
    return {
        "letter": letter,
        "language": letter_language(demand, matter.provider, matter.own),
        "provider": matter.provider,
        "instrument": title_of(demand.instrument, matter.own) or demand.instrument,
        "to": demand.head.send_to or "",
        "their_reference": demand.head.reference or "",
        "our_reference": matter.decision.case,
        "received": demand.arrival.received_at,
        "at": matter.at,
        "law": assessment.pack,
        "reviewed_by": assessment.reviewed_by,
    }


def ground(finding: Finding) -> Ground:
    """Return a finding as a line of a letter."""
    return Ground(
        rule=finding.rule,
        title=finding.title,
        outcome=finding.outcome,
        fact=finding.fact,
        citation=finding.citation,
        question=finding.question,
    )


def grounds(assessment: Assessment) -> tuple[Ground, ...]:
    """Return every test that is not met, and every open one that holds data back."""
    against = (each for each in assessment.findings if each.outcome is Outcome.NOT_MET or each.withholds_now)
    return tuple(ground(each) for each in against)


def asks(assessment: Assessment) -> tuple[Ground, ...]:
    """Return every finding that is unclear, or came out as not met, and that asks something."""
    return tuple(
        ground(each) for each in assessment.findings if each.outcome is not Outcome.MET and each.question is not None
    )


def missing(assessment: Assessment) -> tuple[Ground, ...]:
    """Return every test that is not met and leaves nothing to ask: it says itself what is missing or wrong."""
    return tuple(
        ground(each) for each in assessment.findings if each.outcome is Outcome.NOT_MET and each.question is None
    )
