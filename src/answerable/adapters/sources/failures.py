"""What is said when a database cannot answer? Never a value, and of a driver's own words only the kind of fault."""

from __future__ import annotations

from answerable.collect.scan import Scan
from answerable.errors import StoreFailed


def unplaceable(store: str, scan: Scan, rows: int) -> StoreFailed:
    """Return the error for rows whose moment cannot be read."""
    return StoreFailed(
        "collect.unreadable-moment",
        what=f"The store “{store}” holds rows that cannot be placed in time.",
        why=f"{rows} rows of {scan.table} that would be read have a {scan.time_column} that is no date and time.",
        next_step="Write these moments as 2026-11-01T10:00:00Z, or name another column as time in the data map.",
    )


def no_moment(store: str, table: str, column: str, kind: str) -> StoreFailed:
    """Return the error for a column of time that is of another kind."""
    return StoreFailed(
        "collect.unreadable-moment",
        what=f"The store “{store}” holds rows that cannot be placed in time.",
        why=f"{table}.{column} is a {kind}, and only a column of dates and times can be compared with a period.",
        next_step="Name another column as time in the data map, or give the store a view with such a column.",
    )


def off_calendar(store: str, table: str) -> StoreFailed:
    """Return the error for a moment that no calendar has, in any column."""
    return StoreFailed(
        "collect.unreadable-moment",
        what=f"The store “{store}” holds a moment that is on no calendar.",
        why=f"A row of {table} that would be read has a moment that is infinite, or whose month or day is zero.",
        next_step="Correct these rows, or give the store a view that says nothing in their place, and map that.",
    )


def no_credentials(store: str, why: str) -> StoreFailed:
    """Return the error for settings that do not lead to a store."""
    return StoreFailed(
        "collect.no-connection",
        what=f"The settings do not say how to reach the store “{store}”.",
        why=why,
        next_step=f"Correct {store} under stores: in desk.yaml; docs/run/stores.md shows each kind with an example.",
    )


def may_write(store: str, rights: list[str]) -> StoreFailed:
    """Return the error for a role that could change what it reads."""
    shown = "; ".join(rights[:5]) + (f"; and {len(rights) - 5} more" if len(rights) > 5 else "")
    return StoreFailed(
        "collect.may-write",
        what=f"The role with which the store “{store}” is read could change it.",
        why=f"It may: {shown}.",
        next_step="Give the desk a role that can only read (docs/run/stores.md), or say in may_write_because why it has more.",
    )


def stopped(store: str) -> StoreFailed:
    """Return the error for a reading that was interrupted."""
    return StoreFailed(
        "collect.stopped",
        what=f"The reading of the store “{store}” was stopped.",
        why="Somebody stopped this work, or the desk is shutting down.",
        next_step="Nothing was sealed. Let the worker try again when it should go on.",
    )


def too_slow(store: str, seconds: int) -> StoreFailed:
    """Return the error for a statement that took longer than the settings allow."""
    return StoreFailed(
        "collect.too-slow",
        what=f"The store “{store}” took longer than it may.",
        why=f"A statement ran for more than {seconds} seconds, the limit of statement_timeout_seconds.",
        next_step="Look with `answerable stores check` whether an index is missing, or allow more seconds in desk.yaml.",
    )


def lost(store: str) -> StoreFailed:
    """Return the error for a connection that ended while it was needed."""
    return StoreFailed(
        "collect.lost-connection",
        what=f"The connection to the store “{store}” was lost.",
        why="The server went away, ended the session or could not be reached.",
        next_step="Nothing was sealed; the worker tries again. If it stays, look at the server's own log.",
    )


def broken(store: str, kind: str) -> StoreFailed:
    """Return the error for any other fault; `kind` is the name of the fault, as the driver or the server gives it."""
    return StoreFailed(
        "collect.store-failed",
        what=f"The store “{store}” could not be read.",
        why=f"{kind}: the place, a table or a column is not as the map says, or the store cannot be read by this role.",
        next_step="Compare the map with the store (`answerable doctor`), then let the worker try again.",
    )


def busy(store: str) -> StoreFailed:
    """Return the error for a second reading on a connection that carries one only."""
    return StoreFailed(
        "collect.store-failed",
        what=f"The store “{store}” could not be read.",
        why="Another reading of it is not used up yet, and its connection carries one at a time.",
        next_step="Use one reading up before the next begins.",
    )
