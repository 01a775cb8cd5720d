"""What was checked, and did it hold?"""

from __future__ import annotations

from answerable.casefile.encoding import Record


class Check(Record):
    """One thing that was checked: a sentence, whether it holds, and where it does not (file and index)."""

    name: str
    passed: bool
    detail: str = ""
