"""What stops a reading of Parquet files, and how is it told without a value of them?"""

from __future__ import annotations

from answerable.errors import StoreFailed


def unreadable(store: str, file: str, fault: BaseException) -> StoreFailed:
    """Return the error for a file that is cut off, damaged or out of reach."""
    return StoreFailed(
        "collect.unreadable-file",
        what=f"The store “{store}” holds a file that cannot be read whole.",
        why=f"{file}: {type(fault).__name__}. It is cut off, damaged, no Parquet file, or the store cannot be reached.",
        next_step="Nothing was sealed. Mend, replace or remove the file, then let the worker try again.",
    )


def differing(store: str, file: str, why: str) -> StoreFailed:
    """Return the error for files of one table that cannot be read as one."""
    return StoreFailed(
        "collect.differing-files",
        what=f"The files of a table of the store “{store}” do not belong together.",
        why=f"{file}: {why}.",
        next_step="Write the file again with the columns and types of the others, or move it out of the table's folder.",
    )


def unfit(store: str, column: str, why: str) -> StoreFailed:
    """Return the error for a column whose type cannot do what the map asks of it."""
    return StoreFailed(
        "collect.unfit-type",
        what=f"A column of the store “{store}” has a type that cannot be used as the data map says.",
        why=f"{column}: {why}.",
        next_step="Name another column in the data map, or write the files with another type.",
    )


def changed(store: str, file: str) -> StoreFailed:
    """Return the error for a file that is no longer the one that was there when the store was opened."""
    return StoreFailed(
        "collect.changed-meanwhile",
        what=f"The store “{store}” changed while it was read.",
        why=f"{file} was written anew, or taken away.",
        next_step="Nothing was sealed; the worker tries again.",
    )
