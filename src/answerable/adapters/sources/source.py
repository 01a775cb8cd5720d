"""What do the stores share: how a name is quoted, how a value is written in an answer, and what they refuse?"""

from __future__ import annotations

import base64
from collections.abc import Collection
from datetime import UTC, date, datetime

from answerable.errors import StoreFailed


def missing(store: str, table: str, columns: Collection[str]) -> StoreFailed:
    """Return the error for a table, or columns of it, that the map names and the store does not have."""
    what = f"the columns {', '.join(sorted(columns))} of {table}" if columns else f"the table {table}"
    return StoreFailed(
        "collect.not-as-mapped",
        what=f"The store “{store}” is not as the data map says.",
        why=f"It has not {what}.",
        next_step="Correct the data map, or bring the store back to it; then let the worker try again.",
    )


def refuse_missing(store: str, table: str, columns: Collection[str], *, known: Collection[str]) -> None:
    """Refuse a table that has no column at all, and columns that are not among those `known` of it."""
    absent = set(columns) - set(known)
    if absent or not known:
        raise missing(store, table, absent if known else ())


def quoted(name: str) -> str:
    """Return a name of the map as SQL writes it. Names hold letters, digits and underscores only: the map sees to it."""
    return f'"{name}"'


def written(value: object) -> object:
    """Return a value as JSON can hold it without loss: moments in UTC, bytes as base64, all other numbers as text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def failed(store: str, fault: Exception) -> StoreFailed:
    """Return the error for a store that could not be read, without its values."""
    return StoreFailed(
        "collect.store-failed",
        what=f"The store “{store}” could not be read.",
        why=f"{type(fault).__name__}: the place, a table or a column is not as the map says, or the store is unreachable.",
        next_step="Compare the map with the store (`answerable doctor`), then let the worker try again.",
    )
