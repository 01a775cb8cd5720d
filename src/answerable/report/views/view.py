"""What is a view of the figures, and what does it stand on?"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import indent
from typing import Any

from answerable.report.counted import CountedDemand
from answerable.report.figures import Report


@dataclass(frozen=True, slots=True)
class Counting:
    """What was counted: the published report, and the rows behind it, those that law lets be told in bands left out.

    There can be hundreds of thousands of rows: a view goes through them once, and keeps how often it saw what it tells of.
    """

    report: Report
    demands: Iterable[CountedDemand]


@dataclass(frozen=True, slots=True)
class View:
    """A file for one kind of reader. `source` is where its columns come from; `is_public` whether it may be published as it is.

    A view that is public is made from the report alone: nothing in it is smaller than the smallest group. `make` gives the bytes
    of the file in pieces.
    """

    file: str
    title: str
    source: str
    is_public: bool
    make: Callable[[Counting], Iterable[bytes]]

    @property
    def path(self) -> str:
        """Where the file lies beside the report."""
        return self.file if self.is_public else f"statutory/{self.file}"


def as_csv(rows: Iterable[Sequence[object]]) -> list[bytes]:
    """Return rows as CSV, UTF-8, lines ended as RFC 4180 has them. No cell begins with what a spreadsheet would run."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return [out.getvalue().encode()]


def as_json(value: Any) -> list[bytes]:
    """Return a value as JSON for people to read, too."""
    return [json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"]


def as_json_list(fields: dict[str, Any], name: str, values: Iterable[tuple[Any, int]]) -> Iterator[bytes]:
    """Yield, as `as_json` writes them, fields and a last one that is a list: each value as often as its number says.

    The list may be longer than memory should hold.
    """
    begins, ends = as_json({**fields, name: []})[0].rsplit(b"[]", 1)
    yield begins + b"["
    between = b"\n"
    for value, times in values:
        text = indent(json.dumps(value, indent=2, ensure_ascii=False), "    ").encode()
        for _ in range(times):
            yield between + text
            between = b",\n"
    yield (b"\n  ]" if between.startswith(b",") else b"]") + ends


def _plain(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
