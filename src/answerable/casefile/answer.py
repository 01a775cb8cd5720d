"""What left, and how was it read?"""

from __future__ import annotations

from typing import Literal

from answerable.casefile.encoding import Record
from answerable.casefile.recipient import SealKind
from answerable.casefile.scope import Moment

RecordFormat = Literal["jsonl", "csv", "parquet"]


class ReadLogEntry(Record):
    """One reading of one store for one step of the plan: what was touched. Durations in milliseconds.

    `query` is the text that ran, with placeholders, never values; `files` are paths with SHA-256 where a store is a set
    of files, `snapshot` the database's own mark otherwise. `rows_counted` is what the store counted before it was read,
    `rows_read` what it gave, `rows_returned` what is in the answer: less, where rows were only followed to a key, which
    `purpose` then says. `row_groups` and `bytes_read` are those of the whole reading, where the engine tells and nobody
    else's rows were read with it. `cross_checked` says that a second engine gave the same rows.
    """

    step: int
    store: str
    table: str
    columns: tuple[str, ...]
    purpose: str = ""
    query: str
    query_sha256: str
    files: tuple[tuple[str, str], ...] = ()
    snapshot: str | None = None
    row_groups: int | None = None
    bytes_read: int | None = None
    rows_counted: int
    rows_read: int
    rows_returned: int
    cross_checked: bool = False
    started_at: Moment
    milliseconds: int


class Package(Record):
    """A sealed package. `manifest_sha512` is that of the bag's tag manifest, `sha512` that of the encrypted file.

    `recipient` is the age recipient, or the fingerprint of the certificate; `flagged` is how many records hold free text in
    which a third party may be named; `absent` says why a timestamp or a signature that was to be there is not.
    """

    case: str
    name: str
    size: int
    sha512: str
    manifest_sha512: str
    encryption: SealKind = "age"
    recipient: str
    records: int
    flagged: int = 0
    sealed_at: Moment
    absent: tuple[str, ...] = ()
