"""Which record of the directory is the office that a demand names? By seal first, then domain, then name; doubts are said.

A weaker sign never overrules a stronger one. Where signs point to different records, or one sign fits several, there is
no record, and the words say which stood against each other: a person looks, the machine does not choose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from answerable.authenticate.directory.naming import lies_below, mail_domain, same_name
from answerable.casefile.directory import DirectoryRecord
from answerable.casefile.encoding import Record

ORGANISATION, CERTIFICATE, DOMAIN, NAME = "organisation identifier", "certificate", "mail domain", "name"


class Claims(Record):
    """What paper, seal and mail say of their office. `organisations` and `certificates` come from verified seals alone."""

    organisations: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    country: str | None = None


class Fit(Record):
    """The record that fits, by which signs, and what was found in words; `others` are records that fit as well."""

    record: DirectoryRecord | None = None
    by: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    found: str

    @property
    def is_ambiguous(self) -> bool:
        """Whether more than one record fits."""
        return bool(self.others)


def fitting(records: Iterable[DirectoryRecord], claims: Claims, *, on: date) -> Fit:
    """Return the one record that fits the claims on a day, or none with the reason. Retired records fit nothing."""
    alive = [record for record in records if not record.is_retired(on)]
    signs = {sign: fits for sign, fits in ((sign, _by(sign, alive, claims)) for sign in _TESTS) if fits}
    if not signs:
        return Fit(found="No record of the directory has its seal, its mail domain or its name.")
    named = _narrowed(signs)
    by = tuple(sign for sign, fits in signs.items() if any(record in fits for record in named))
    if len(named) == 1:
        return _one(named[0], by, signs)
    ids = tuple(sorted(record.id for record in named))
    shown = ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
    return Fit(by=by, others=ids, found=f"{len(ids)} records fit its {' and '.join(by)}: {shown}.")


def _narrowed(signs: dict[str, list[DirectoryRecord]]) -> list[DirectoryRecord]:
    """Start with the strongest sign and let each weaker one choose among what is left, or choose nothing."""
    left: list[DirectoryRecord] = []
    for fits in signs.values():
        left = [record for record in left if record in fits] or left if left else fits
    return left


def _one(record: DirectoryRecord, by: tuple[str, ...], signs: dict[str, list[DirectoryRecord]]) -> Fit:
    against = {sign: sorted(each.id for each in fits)[:3] for sign, fits in signs.items() if record not in fits}
    if not against:
        return Fit(record=record, by=by, found=f"It fits the record {record.id} by {' and '.join(by)}.")
    said = "; ".join(f"its {sign} that of {', '.join(ids)}" for sign, ids in against.items())
    others = tuple(dict.fromkeys(each for ids in against.values() for each in ids))
    return Fit(others=(record.id, *others), by=by, found=f"Its {' and '.join(by)} is that of {record.id}, {said}.")


def _by(sign: str, records: list[DirectoryRecord], claims: Claims) -> list[DirectoryRecord]:
    test = _TESTS[sign]
    return [record for record in records if test(record, claims)]


def _organisation(record: DirectoryRecord, claims: Claims) -> bool:
    return bool(set(record.organisation_identifiers) & set(claims.organisations))


def _certificate(record: DirectoryRecord, claims: Claims) -> bool:
    return bool(set(record.certificates) & set(claims.certificates))


def _domain(record: DirectoryRecord, claims: Claims) -> bool:
    seen = [domain for domain in map(mail_domain, claims.domains) if domain]
    return any(lies_below(domain, each.domain) for domain in seen for each in record.domains)


def _name(record: DirectoryRecord, claims: Claims) -> bool:
    if claims.country is not None and claims.country != record.country:
        return False
    known = {same_name(name) for name in record.names}
    return any(same_name(name) in known for name in claims.names if same_name(name))


_TESTS: dict[str, Callable[[DirectoryRecord, Claims], bool]] = {
    ORGANISATION: _organisation,
    CERTIFICATE: _certificate,
    DOMAIN: _domain,
    NAME: _name,
}
