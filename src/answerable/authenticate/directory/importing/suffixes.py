"""Below which suffixes do governments register? Candidates: who may register there must be confirmed by a person."""

from __future__ import annotations

from answerable.authenticate.directory.importing.csv_reading import BadLine, Read, Row, each_row
from answerable.authenticate.directory.naming import mail_domain
from answerable.casefile.encoding import Record

_NEEDED = ("suffix", "label", "cctld", "note")


class Suffix(Record):
    """A suffix below which a government may register, and the country code domain it stands under (empty: none)."""

    suffix: str
    label: str
    cctld: str
    note: str


def suffixes(content: bytes) -> Read[Suffix]:
    """Return the suffixes of the list, each once. Refuses a file that is not that list."""
    read = each_row(content, _NEEDED, _suffix)
    return Read(tuple({each.suffix: each for each in read.made}.values()), read.faults)


def _suffix(row: Row) -> Suffix:
    suffix, cctld = row.cells["suffix"].lower(), row.cells["cctld"].lower()
    if mail_domain(f"office.{suffix}") is None:
        raise BadLine("the cell of “suffix” is no domain")
    if cctld and not suffix.endswith(f".{cctld}"):
        raise BadLine("the suffix does not stand under its country code")
    return Suffix(suffix=suffix, label=row.cells["label"][:80], cctld=cctld, note=row.cells["note"][:200])
