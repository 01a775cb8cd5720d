"""How is a table written that is larger than memory should hold? A sheet at a time, on every core where it is large."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from answerable.adapters.at_once import at_once
from answerable.casefile.encoding import canonical
from answerable.report.gathered import Gathered
from answerable.report.query import Query
from answerable.report.reporting import sheets
from answerable.report.table import Header, LaidSheet
from answerable.verify.report import rows_root

_WORTH = 1 << 15
"""From that many rows a sheet on, a second process saves more time than its start takes."""


@dataclass(frozen=True, slots=True)
class _Job:
    sheet: LaidSheet
    file: Path


def write_table(path: Path, query: Query, header: Header, *, gathered: Gathered, secret: bytes) -> list[bytes]:
    """Write `table.jsonl` and return the root of each part, which give the root over all rows. The file is not made durable."""
    laid = sheets(query, gathered, size=header.size, secret=secret)
    jobs = [_Job(sheet, path.with_name(f".{path.name}.{sheet.number}")) for sheet in laid]
    with path.open("wb") as file:
        file.write(canonical(header) + b"\n")
        roots: list[bytes] = []
        for job, found in zip(jobs, at_once(_write, jobs, worth=header.size >= _WORTH), strict=True):
            with job.file.open("rb") as part:
                shutil.copyfileobj(part, file, 1 << 20)
            job.file.unlink()
            roots += found
    return roots


def _write(job: _Job) -> list[bytes]:
    """Write one sheet to a file of its own, and return the root of each of its parts."""
    roots = []
    with job.file.open("wb") as file:
        file.write(job.sheet.heading)
        for part in job.sheet.parts():
            file.writelines(part.lines)
            roots.append(rows_root(part.commitments))
    return roots
