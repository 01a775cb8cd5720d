"""How much of a mail is looked at? What is larger is kept whole, and not read."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from answerable.casefile.encoding import Record


class Limits(Record):
    """The largest mail that is read: sizes in bytes, parts and levels as counts.

    The header is limited because reading it takes more than proportional time in common software (a From line of 1 MB
    takes 16 seconds); parts and levels because each holds others.
    """

    header: Annotated[int, Field(ge=1_024)] = 64 * 1024
    parts: Annotated[int, Field(ge=1)] = 200
    depth: Annotated[int, Field(ge=1, le=100)] = 20
    message: Annotated[int, Field(ge=1_024)] = 50 * 1024 * 1024
