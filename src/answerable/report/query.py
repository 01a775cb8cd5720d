"""By which published text is everything counted? Sheets, their fields, and the figures over them."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import Field, ValidationError

from answerable.casefile.encoding import Record
from answerable.errors import VerificationFailed

FORMAT = "answerable/query/v1"


class Sheet(Record):
    """One part of the table: a row a demand, with these fields, in the order in which they may be opened."""

    name: str
    fields: tuple[str, ...]


class Figure(Record):
    """One count: over the rows of a sheet, by these fields, of those rows alone whose fields have one of these values."""

    name: str
    title: str
    sheet: str
    by: tuple[str, ...]
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Query(Record):
    """The rules of counting. `smallest_group` is the least number of rows that may show the same."""

    format: Literal["answerable/query/v1"]
    about: tuple[str, ...]
    smallest_group: int
    smallest_size: int
    sheets: tuple[Sheet, ...]
    figures: tuple[Figure, ...]


def query_text() -> bytes:
    """Return the text that is published and whose SHA-512 stands in the log."""
    return (files("answerable.report") / "query.json").read_bytes()


@lru_cache(maxsize=1)
def current() -> Query:
    """Return the rules of this version."""
    return read_query(query_text())


def read_query(text: bytes) -> Query:
    """Return the rules that a published text holds. Refuses what is none, or counts a field that its sheet has not."""
    try:
        query = Query.model_validate(json.loads(text))
    except (ValueError, RecursionError, ValidationError) as fault:
        raise unreadable("query.json", "It is no text of counting rules.") from fault
    fields = {sheet.name: set(sheet.fields) for sheet in query.sheets}
    for figure in query.figures:
        if not {*figure.by, *figure.where} <= fields.get(figure.sheet, set()):
            raise unreadable("query.json", f"{figure.name} counts a field that its sheet has not.")
    return query


def unreadable(file: str, why: str) -> VerificationFailed:
    """Return the refusal of a published file that cannot be read."""
    return VerificationFailed(
        "report.unreadable",
        what=f"{file} of the report cannot be read.",
        why=why,
        next_step="Fetch the report again from its publisher; if it stays, tell the log's witnesses.",
    )
