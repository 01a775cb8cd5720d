"""How is a table written that is larger than memory should hold? A sheet at a time, on every core where it is large."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from answerable.adapters.at_once import at_once
from answerable.casefile.encoding import canonical
from answerable.report.gathered import Gathered
from answerable.report.query import Query
from answerable.report.table import Header, lay_out
from answerable.verify.report import rows_root

_WORTH = 1 << 15
"""From that many rows a sheet on, a second process saves more time than its start takes."""


@dataclass(frozen=True, slots=True)
class _Table:
    query: Query
    header: Header
    gathered: Gathered
    secret: bytes


@dataclass(frozen=True, slots=True)
class _Job:
    sheet: int
    file: Path


def write_table(path: Path, query: Query, header: Header, *, gathered: Gathered, secret: bytes) -> list[bytes]:
    """Write `table.jsonl` and return the root of each part, which give the root over all rows. The file is not made durable."""
    jobs = [_Job(number, path.with_name(f".{path.name}.{number}")) for number in range(len(query.sheets))]
    write = partial(_write, _Table(query, header, gathered, secret))
    with path.open("wb") as file:
        file.write(canonical(header) + b"\n")
        roots: list[bytes] = []
        for job, found in zip(jobs, at_once(write, jobs, worth=header.size >= _WORTH), strict=True):
            with job.file.open("rb") as part:
                shutil.copyfileobj(part, file, 1 << 20)
            job.file.unlink()
            roots += found
    return roots


def _write(table: _Table, job: _Job) -> list[bytes]:
    """Write one sheet to a file of its own, and return the root of each of its parts."""
    sheet = lay_out(table.query, job.sheet, table.gathered, size=table.header.size, secret=table.secret)
    roots = []
    with job.file.open("wb") as file:
        file.write(sheet.heading)
        for part in sheet.parts():
            file.writelines(part.lines)
            roots.append(rows_root(part.commitments))
    return roots
