"""Do mail, paper and seal name one office, and would an answer or a call reach it? Facts G5 to G7."""

from __future__ import annotations

from answerable.authenticate.coherence.claims import Papers
from answerable.authenticate.directory.fact import Said
from answerable.authenticate.directory.naming import lies_below, mail_domain, may_be, same_name
from answerable.casefile.demand import Demand
from answerable.casefile.directory import DirectoryRecord
from answerable.casefile.evidence import Fact, Result
from answerable.casefile.order import Order

_NO_RECORD = "No one record of the directory fits, so there is nothing to compare with."
_PLACES = {"paper": "the paper", "seal": "the seal", "mail": "the mail"}


def office_facts(said: Said, demand: Demand, papers: Papers, record: DirectoryRecord | None) -> tuple[Fact, ...]:
    """Return G5, one office everywhere; G6, where answers would go; G7, the number in the paper."""
    return (
        _one_name(said, demand, papers, record),
        _answers(said, demand, papers, record),
        _number(said, demand, record),
    )


def _one_name(said: Said, demand: Demand, papers: Papers, record: DirectoryRecord | None) -> Fact:
    names = {
        "paper": [name for name in demand.head.names if same_name(name)],
        "seal": [papers.seal.organisation] if papers.seal and papers.seal.organisation else [],
        "mail": [papers.mail.from_name] if papers.mail and papers.mail.from_name else [],
    }
    if record is None and papers.mail is not None:
        names["mail"] = []  # a sender's own name is a person's as often as an office's: only the record can tell
    named = {place: _normal(found, record) for place, found in names.items() if found}
    if record is not None and papers.mail is not None and papers.mail.from_address:
        named["mail"] = _by_address(papers.mail.from_address, record)
    if len(named) < 2 and not (len(names["paper"]) > 1):
        return said("G5", Result.ABSENT, "Only one of mail, paper and seal names an office.")
    every = set().union(*named.values())
    if len(every) == 1:
        return said(
            "G5", Result.CONFIRMED, f"{' and '.join(_PLACES[place] for place in named).capitalize()} name one office."
        )
    return said("G5", Result.CONTRADICTED, f"Not one office: {_differing(named)}.")


def _normal(names: list[str], record: DirectoryRecord | None) -> set[str]:
    """Return names in normal form; every name that a record knows is the record's first."""
    known = {same_name(name) for name in record.names} if record else set()
    return {same_name(record.name) if record and same_name(name) in known else same_name(name) for name in names}


def _by_address(address: str, record: DirectoryRecord) -> set[str]:
    domain = mail_domain(address)
    own = domain is not None and any(lies_below(domain, each.domain) for each in record.domains)
    if own or not record.domains:
        return {same_name(record.name)}
    return {f"the domain {domain}" if domain else "an address without a domain"}


def _differing(named: dict[str, set[str]]) -> str:
    return "; ".join(f"{_PLACES[place]}: {', '.join(sorted(found))}" for place, found in named.items())


def _answers(said: Said, demand: Demand, papers: Papers, record: DirectoryRecord | None) -> Fact:
    written = [*(papers.mail.reply_to if papers.mail else ()), *_addresses(demand)]
    if not written:
        return said("G6", Result.ABSENT, "Neither paper nor mail gives another address for answers.")
    if record is None or not record.domains:
        return said(
            "G6", Result.NOT_CHECKED, _NO_RECORD if record is None else "The directory has no domain of the office."
        )
    domains = {mail_domain(each) for each in written}
    strange = sorted(
        domain or "an address without a domain"
        for domain in domains
        if domain is None or not any(lies_below(domain, each.domain) for each in record.domains)
    )
    if strange:
        return said("G6", Result.CONTRADICTED, f"Answers would go to {', '.join(strange)}, no domain of the office.")
    return said("G6", Result.CONFIRMED, f"Every address for answers is of {record.id}.")


def _addresses(demand: Demand) -> list[str]:
    form = demand.form
    found = (form.requester.email,) if isinstance(form, Order) else (form.I.authority.email, form.L.contact.email)
    return [each for each in found if each]


def _numbers(demand: Demand) -> list[str]:
    form = demand.form
    found = (form.requester.tel,) if isinstance(form, Order) else (form.I.authority.tel, form.L.contact.tel)
    return [each for each in found if each]


def _number(said: Said, demand: Demand, record: DirectoryRecord | None) -> Fact:
    written = _numbers(demand)
    if not written:
        return said("G7", Result.ABSENT, "The paper gives no telephone number.")
    if record is None:
        return said("G7", Result.NOT_CHECKED, _NO_RECORD)
    if not record.numbers:
        return said("G7", Result.NOT_CHECKED, "The directory has no number of the office.")
    strange = [each for each in written if not any(may_be(each, number.number) for number in record.numbers)]
    if strange:
        count = "A number" if len(strange) == 1 else f"{len(strange)} numbers"
        return said(
            "G7", Result.CONTRADICTED, f"{count} in the paper is not in the directory. Call none that it gives."
        )
    return said("G7", Result.CONFIRMED, "The directory has it. Call the directory's own entry all the same.")
