"""What follows from a certificate: until when it must be answered (`clocks`), and who tells the person.

Annex I, Section H asks the addressee to stay silent in any event, and Art. 13(4) makes the order confidential; the issuing
authority informs the person without undue delay (Art. 13(1)). No text gives the silence an end, so we set a day on which
a person looks again, and ask the authority.
"""

from __future__ import annotations

from datetime import timedelta

from answerable.casefile.assessment import NoticeBy, NoticeRule
from answerable.law.eu.e_evidence_regulation.clocks import clocks
from answerable.law.rule import Facts

__all__ = ["clocks", "notice"]

_REVIEW_AFTER = timedelta(days=90)


def notice(facts: Facts) -> NoticeRule:
    """Return who tells the person: the issuing authority, never the provider."""
    reason, citation = "The order is confidential.", "Regulation (EU) 2023/1543, Art. 13(4)"
    if facts.instrument == "eu.epoc":
        reason = "The certificate asks us to stay silent, and the order is confidential."
        citation = "Regulation (EU) 2023/1543, Art. 13(1) and (4), Annex I, Section H"
        reason += " The authority says that it delays informing the person." if facts.epoc.H.authority_delays else ""
    return NoticeRule(
        told_by=NoticeBy.ISSUING_AUTHORITY,
        reason=f"{reason} No text sets an end.",
        citation=citation,
        silent_since=facts.received_at,
        review_on=facts.received_at + _REVIEW_AFTER,
        chase="Ask the issuing authority whether it has informed the person, and whether we may.",
    )
