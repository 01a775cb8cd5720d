"""What did the DNS say? Records as they came, kept, so that the same facts can be derived again without asking.

Looking up is done at the edge (`adapters.dns`); here is only what was asked and answered.
"""

from __future__ import annotations

from answerable.casefile.encoding import Record
from answerable.casefile.scope import Moment

NOT_ASKED = "the DNS was not asked"


class DnsAnswer(Record):
    """The TXT records of one name, in small letters, without the last dot.

    `texts` holds one entry a record, its strings joined, one character a byte. Without texts, `failure` says why there
    is no answer; without that too, the DNS answered that there is no such record.
    """

    name: str
    texts: tuple[str, ...] = ()
    failure: str | None = None


class DnsRecords(Record):
    """All answers to what one mail made us ask, and when they were given."""

    answers: tuple[DnsAnswer, ...] = ()
    asked_at: Moment | None = None

    def about(self, name: str) -> DnsAnswer:
        """Return the answer for a name. A name that was never asked for is a failure, never an empty answer."""
        wanted = name.lower().rstrip(".")
        found = next((answer for answer in self.answers if answer.name == wanted), None)
        return found or DnsAnswer(name=wanted, failure=NOT_ASKED)
