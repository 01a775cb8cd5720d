"""What speaks against a paper, its mail or its signer, and has somebody answered it in writing?"""

from __future__ import annotations

from answerable.casefile.evidence import Section, Sheet
from answerable.casefile.finding import Finding, Outcome
from answerable.law.rule import ALL_CLASSES

# What says that bytes were changed, taken out or put in: no call makes up for that.
_DAMAGE = frozenset({"D1", "D2", "D3", "D4", "D5", "D6", "D7", "D11", "D12", "D13"})
_WEIGHED = (Section.DOMAIN, Section.DOCUMENT, Section.SIGNER)


def against_finding(sheet: Sheet | None) -> Finding:
    """Return finding A7: whether nothing in sections B, D and E is contradicted. What is, is asked of a person, never ignored.

    Without a sheet nothing is known, and that is unclear without a question: nobody can answer for it.
    """
    facts = [fact for fact in sheet.contradicted if fact.section in _WEIGHED] if sheet else []
    said = " ".join(f"{fact.code} {fact.title}: {fact.found}" for fact in facts)
    return Finding(
        rule="A7",
        title="Nothing on the evidence sheet speaks against it",
        outcome=Outcome.MET if sheet and not facts else Outcome.UNCLEAR,
        fact="Nothing about the sender's domain, the document or its signer is contradicted."
        if sheet and not facts
        else f"Contradicted: {said}"[:4000]
        if facts
        else "The sheet could not be made: the paper ended its reader.",
        question="Why may the demand be believed in spite of this?" if facts else None,
        citation="our own rule",
        withholds=ALL_CLASSES,
        holds_if_unclear=True,
        pack="authenticity 1",
        not_shown="that the demand is genuine",
    )


def never_damaged(findings: tuple[Finding, ...], sheet: Sheet | None) -> tuple[Finding, ...]:
    """Return the findings; where the sheet shows damage or is missing, none that says the paper is merely unsealed."""
    if sheet is not None and not any(fact.code in _DAMAGE for fact in sheet.contradicted):
        return findings
    return tuple(finding.model_copy(update={"unsealed": False}) for finding in findings)
