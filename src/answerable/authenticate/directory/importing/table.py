"""What does our own table of authorities look like? The one that is imported and exported: docs/formats/directory.md."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime

from pydantic import ValidationError

from answerable.authenticate.directory.importing.csv_reading import BadLine, Fault, Read, Row, each_row, unformulaic
from answerable.authenticate.directory.naming import mail_domain, telephone
from answerable.casefile.directory import DirectoryRecord, MailDomain, Number

_NEEDED = ("id", "name", "country", "kind", "source")
COLUMNS = (
    *_NEEDED,
    "other_names", "region", "mail_domains", "telephones", "organisation_identifiers", "certificates", "competent_for",
    "retired_on",
)  # fmt: skip
_ADDED_BY = "import of a table"


def authorities(content: bytes, at: datetime) -> Read[DirectoryRecord]:
    """Return one candidate a line. Refuses a file without the columns needed, or with one that is unknown."""
    read = each_row(content, _NEEDED, lambda row: (row.line, _record(row, at)), known=COLUMNS)
    first: dict[str, int] = {}
    made, faults = [], list(read.faults)
    for line, record in read.made:
        if record.id in first:
            faults.append(Fault(line, f"its id is that of line {first[record.id]}"))
            continue
        first[record.id] = line
        made.append(record)
    return Read(tuple(made), tuple(sorted(faults, key=lambda fault: fault.line)))


def exported(records: Iterable[DirectoryRecord]) -> str:
    """Return records as the table that can be imported again, no cell of which a spreadsheet runs as a formula.

    Days, names of people and cautions stay: they are the desk's own.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for record in records:
        writer.writerow(unformulaic(_cell(record, column)) for column in COLUMNS)
    return text.getvalue()


def _record(row: Row, at: datetime) -> DirectoryRecord:
    cells = row.cells
    stamp = {"source": cells["source"], "added_at": at, "added_by": _ADDED_BY}
    if cells["name"][:1] in ("=", "@"):
        raise BadLine("the cell of “name” is a formula")
    try:
        return DirectoryRecord(
            id=cells["id"],
            name=cells["name"],
            other_names=row.list_of("other_names"),
            country=cells["country"],
            region=cells.get("region") or None,
            kind=cells["kind"],
            domains=tuple(MailDomain.model_validate({"domain": each, **stamp}) for each in _domains(row)),
            numbers=tuple(Number.model_validate({"number": each, **stamp}) for each in _numbers(row)),
            organisation_identifiers=row.list_of("organisation_identifiers"),
            certificates=tuple(each.replace(":", "").lower() for each in row.list_of("certificates")),
            competent_for=row.list_of("competent_for"),
            source=cells["source"],
            added_on=at.date(),
            added_by=_ADDED_BY,
            retired_on=_day(cells.get("retired_on", "")),
        )
    except ValidationError as fault:
        fields = ", ".join(dict.fromkeys(str(each["loc"][0]) if each["loc"] else "the line" for each in fault.errors()))
        raise BadLine(f"not as the format has it: {fields}") from fault


def _domains(row: Row) -> tuple[str, ...]:
    domains = [mail_domain(each) for each in row.list_of("mail_domains")]
    if None in domains:
        raise BadLine("a cell of “mail_domains” holds no domain")
    return tuple(dict.fromkeys(each for each in domains if each))


def _numbers(row: Row) -> tuple[str, ...]:
    numbers = [telephone(each) for each in row.list_of("telephones")]
    if None in numbers:
        raise BadLine("a cell of “telephones” holds no number with its country code, as +49 30 123456")
    return tuple(dict.fromkeys(each for each in numbers if each))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as fault:
        raise BadLine("the cell of “retired_on” is no day as 2026-11-23") from fault


def _cell(record: DirectoryRecord, column: str) -> str:
    if column == "mail_domains":
        return "; ".join(each.domain for each in record.domains)
    if column == "telephones":
        return "; ".join(each.number for each in record.numbers)
    value = getattr(record, column)
    return "; ".join(value) if isinstance(value, tuple) else str(value or "")
