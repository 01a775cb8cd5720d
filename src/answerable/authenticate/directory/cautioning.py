"""Which cautions were in force when a demand came?"""

from __future__ import annotations

from datetime import datetime

from answerable.casefile.directory import Caution, DirectoryRecord


def cautions_at(record: DirectoryRecord, moment: datetime) -> tuple[Caution, ...]:
    """Return the cautions of the record that were in force at `moment`, oldest first."""
    held = [caution for caution in record.cautions if caution.holds_at(moment)]
    return tuple(sorted(held, key=lambda caution: (caution.starts_at, caution.id)))
