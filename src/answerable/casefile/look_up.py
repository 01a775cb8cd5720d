"""Was what only a person can look up brought by one person, and confirmed by another?"""

from __future__ import annotations

from answerable.casefile.encoding import Record


class LookUp(Record):
    """One table that a decision needs and no machine can ask: the last file that was brought for it, and who confirmed that
    file. `rows` is how many it holds."""

    store: str
    table: str
    brought_by: str | None = None
    sha512: str | None = None
    rows: int | None = None
    confirmed_by: str | None = None

    @property
    def label(self) -> str:
        """Store and table."""
        return f"{self.store}.{self.table}"

    @property
    def waits(self) -> bool:
        """Whether a file was brought that nobody has confirmed."""
        return self.brought_by is not None and self.confirmed_by is None

    @property
    def is_done(self) -> bool:
        """Whether a file was brought, and somebody else confirmed it."""
        return self.brought_by is not None and self.confirmed_by not in (None, self.brought_by)


def look_up_reasons(look_ups: tuple[LookUp, ...]) -> tuple[str, ...]:
    """Return why nothing can be collected yet: each table that has still to be looked up, or confirmed."""
    missing = [each.label for each in look_ups if each.brought_by is None]
    unconfirmed = [each.label for each in look_ups if each.brought_by is not None and not each.is_done]
    reasons = []
    if missing:
        reasons.append(f"A person has still to look into {', '.join(missing)}.")
    if unconfirmed:
        reasons.append(f"A second person has still to confirm what was looked up in {', '.join(unconfirmed)}.")
    return tuple(reasons)


def against_confirming(look_up: LookUp, actor: str) -> tuple[str, ...]:
    """Return why `actor` may not confirm the file that waits."""
    if not look_up.waits:
        return ("No file waits here to be confirmed.",)
    return ("You brought this file: the second person must be somebody else.",) if look_up.brought_by == actor else ()
