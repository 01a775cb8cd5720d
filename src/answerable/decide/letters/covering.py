"""What goes with an answer? The letter that says what leaves, what does not, and on which ground."""

from __future__ import annotations

from answerable.casefile.answer import Package
from answerable.casefile.assessment import Assessment
from answerable.casefile.categories import CATEGORIES
from answerable.casefile.decision import Decision, DecisionKind
from answerable.casefile.demand import Demand
from answerable.casefile.encoding import Record
from answerable.casefile.parties import Provider
from answerable.casefile.scope import Moment
from answerable.decide.letters.matter import MOST_LINES, letter_language
from answerable.law.pack import Pack


class Part(Record):
    """A part of what was asked, as a line of a letter. `category` is its code, `what` its English name."""

    category: str
    what: str
    ground: str
    citation: str


class CoveringLetter(Record):
    """The content of the covering letter. `answered` are codes of categories."""

    letter: str = "covering-letter"
    language: str
    provider: Provider
    to: str
    their_reference: str
    our_reference: str
    received: Moment
    decided: Moment
    decision: str
    reason: str
    answered: tuple[str, ...]
    withheld: tuple[Part, ...]
    more_withheld: int
    with_annex_iii: bool
    package_sha512: str | None
    records: int | None
    law: str
    reviewed_by: str | None


def covering_letter(
    *,
    decision: Decision,
    demand: Demand,
    provider: Provider,
    assessment: Assessment,
    package: Package | None,
    own: tuple[Pack, ...] = (),
) -> CoveringLetter:
    """Return what the covering letter says: what is answered, what is not, and on which ground."""
    head, parts = demand.head, withheld_parts(decision)
    return CoveringLetter(
        language=letter_language(demand, provider, own),
        provider=provider,
        to=head.send_to or "",
        their_reference=head.reference or "",
        our_reference=decision.case,
        received=demand.arrival.received_at,
        decided=decision.prepared_at,
        decision=decision.kind.value,
        reason=decision.reason,
        answered=tuple(dict.fromkeys(item.category for item in decision.permitted.items)),
        withheld=parts[:MOST_LINES],
        more_withheld=max(0, len(parts) - MOST_LINES),
        with_annex_iii=decision.kind is not DecisionKind.ANSWER
        and any(way.form == "annex-iii" for way in assessment.ways),
        package_sha512=package.sha512 if package else None,
        records=package.records if package else None,
        law=assessment.pack,
        reviewed_by=assessment.reviewed_by,
    )


def withheld_parts(decision: Decision) -> tuple[Part, ...]:
    """Return what does not leave, by category and ground, each once."""
    lines = ((part.item.category, part.ground, part.citation) for part in decision.withheld)
    return tuple(
        Part(category=category, what=CATEGORIES[category].label, ground=ground, citation=citation)
        for category, ground, citation in dict.fromkeys(lines)
    )
