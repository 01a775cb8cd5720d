"""Which office does a demand say it is from, and by what? What it proves, and what it only writes."""

from __future__ import annotations

from answerable.authenticate.coherence import Mail, Seal
from answerable.authenticate.directory import Claims, Fit
from answerable.authenticate.directory.naming import same_name
from answerable.casefile.demand import Demand
from answerable.casefile.order import Order


def claims_of(demand: Demand, *, mail: Mail | None = None, seal: Seal | None = None) -> Claims:
    """Return what a demand says of its office. Addresses written in the paper count for nothing: only the mail's own."""
    return Claims(
        organisations=(seal.organisation_identifier,) if seal and seal.organisation_identifier else (),
        certificates=(seal.fingerprint,) if seal and seal.fingerprint else (),
        domains=(mail.from_address,) if mail and mail.from_address else (),
        names=demand.head.names,
        country=demand.head.country,
    )


def sender_of(demand: Demand, fit: Fit) -> str:
    """Return from whom a demand is said to be: the record that fits, or else State and name in normal form."""
    if fit.record is not None:
        return fit.record.id
    return f"{demand.head.country or '??'} {same_name(demand.head.authority or '')}"[:500].strip()


def addresses_of(demand: Demand, mail: Mail | None) -> tuple[str, ...]:
    """Return every mail address that the paper or its mail gives for the office."""
    form = demand.form
    written = (form.requester.email,) if isinstance(form, Order) else (form.I.authority.email, form.L.contact.email)
    heads = (mail.from_address, *mail.reply_to) if mail else ()
    return tuple(dict.fromkeys(each for each in (*written, *heads) if each))


def numbers_of(demand: Demand) -> tuple[str, ...]:
    """Return every telephone number that the paper gives for the office."""
    form = demand.form
    written = (form.requester.tel,) if isinstance(form, Order) else (form.I.authority.tel, form.L.contact.tel)
    return tuple(dict.fromkeys(each for each in written if each))
