"""What do lists of authorities from elsewhere hold? Candidates for the directory, never proof; bad lines are named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from answerable.authenticate.directory.importing.courts import courts
from answerable.authenticate.directory.importing.csv_reading import Fault, Read
from answerable.authenticate.directory.importing.dotgov import dotgov
from answerable.authenticate.directory.importing.suffixes import Suffix, suffixes
from answerable.authenticate.directory.importing.table import COLUMNS, authorities, exported
from answerable.casefile.directory import DirectoryRecord

__all__ = ["COLUMNS", "KINDS", "Fault", "Read", "Suffix", "exported", "suffixes"]

# What may be imported, by the name it has on the command line. `suffixes` gives no authorities, and is apart.
KINDS: dict[str, Callable[[bytes, datetime], Read[DirectoryRecord]]] = {
    "us-dotgov": dotgov,
    "us-courts": courts,
    "eu-competent-authorities": authorities,
    "authorities": authorities,
}
