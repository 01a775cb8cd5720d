"""How does an outsider check a report or a proof of having been counted? Files go to the pure checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from answerable.adapters.log_files import read_tree
from answerable.errors import VerificationFailed
from answerable.verify.check import Check
from answerable.verify.counted import is_counted_proof, verify_counted, verify_links
from answerable.verify.log import VerifiedLog, verify_log
from answerable.verify.report import Recounted, recount


def recount_folder(
    folder: Path,
    *,
    log: Path | None,
    log_key: str | None = None,
    links: Path | None = None,
    receipts: Sequence[Path] = (),
) -> tuple[Recounted, tuple[Check, ...]]:
    """Return the report that the table in `folder` gives, and every check of it, of the log, and of opened links."""
    published = verify_log(read_tree(log), expected_key=log_key) if log else None
    found = recount(
        _lines(folder / "table.jsonl"),
        _bytes(folder / "query.json"),
        _bytes(folder / "report.json"),
        log=published,
        keep_rows=links is not None,
    )
    linked: tuple[Check, ...] = ()
    if links is not None:
        linked = verify_links(found, _lines(links), [path.read_bytes() for path in receipts])
    return found, (*(published.checks if published else ()), *found.checks, *linked)


def counted_checks(path: Path, log: Path, *, log_key: str | None = None) -> tuple[Check, ...]:
    """Return every check of a proof of having been counted; none where the file is something else."""
    with path.open("rb") as file:
        start = file.read(4096)
    if not is_counted_proof(start):
        return ()
    published: VerifiedLog = verify_log(read_tree(log), expected_key=log_key)
    return (*published.checks, *verify_counted(path.read_bytes(), published))


def _lines(path: Path) -> Iterator[str]:
    """Yield the lines of a text, without their ends; a last line that has none is refused as cut off."""
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        for line in file:
            if not line.endswith("\n"):
                raise VerificationFailed(
                    "report.cut-off",
                    what=f"{path.name} ends in the middle of a line.",
                    why="Every line of it ends with a newline.",
                    next_step="Fetch it again from its publisher.",
                )
            yield line[:-1]


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
