"""What do text, mail and seal of a demand say? Read by others from the bytes; compared here."""

from __future__ import annotations

from pydantic import Field

from answerable.authenticate.coherence.repeats import Trace, trace
from answerable.casefile.demand import Demand
from answerable.casefile.encoding import Record
from answerable.casefile.order import Order


class Mail(Record):
    """The head of the mail that brought the demand: the name and address of its From, and where answers would go."""

    from_name: str | None = None
    from_address: str | None = None
    reply_to: tuple[str, ...] = ()


class Seal(Record):
    """Whose a verified seal is: the organisation its certificate names, with identifier and fingerprint."""

    organisation: str | None = None
    organisation_identifier: str | None = None
    fingerprint: str | None = None
    country: str | None = None


class Papers(Record):
    """What goes with a demand: its text, the head of its mail, its seal, and from whom it is said to be, normalised."""

    text: str = ""
    sender: str = ""
    trace: Trace = Field(default_factory=Trace)
    mail: Mail | None = None
    seal: Seal | None = None


def papers_of(demand: Demand, *, sender: str, mail: Mail | None = None, seal: Seal | None = None) -> Papers:
    """Return the papers of a demand: its own words, without reference, dates and file numbers, and who sent it."""
    text = words_of(demand)
    return Papers(text=text, sender=sender, trace=trace(text), mail=mail, seal=seal)


def words_of(demand: Demand) -> str:
    """Return what the demand says in its own words."""
    form = demand.form
    if isinstance(form, Order):
        own = (form.legal_basis, form.offence, form.reasons, form.redress, form.secrecy.reason, form.emergency.facts)
        asked = (f"{line.kind} {line.value} {' '.join(line.boxes)}" for line in form.asked[:200])
        return form.text or " ".join(filter(None, (*own, *form.attestations, *asked)))
    said = (form.C.additional, form.E.additional, form.F.additional, form.G.offence, form.G.other)
    named = (f"{line.kind} {line.value} {' '.join(line.boxes)}" for line in form.E.evidence[:200])
    return " ".join(filter(None, (*said, *named)))
