"""Is a demand suspected or found forged, by whom, and what did show it?"""

from __future__ import annotations

from dataclasses import dataclass

from answerable.casefile.evidence import Fact, Result, Sheet
from answerable.casefile.finding import Finding, Outcome
from answerable.desk.models import Account, Case, IncidentStep, IssuerSheet, Listing
from answerable.desk.queries.officers import account_facts_of

# What no machine saw.
_BY_PEOPLE = (
    ("call-back", "The office was called back and does not know it"),
    ("person", "Something that a person saw"),
)


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """What the pages on a suspicion show. `signs` are what could have shown it; `offices` the records it may have used."""

    case: Case
    steps: tuple[IncidentStep, ...]
    signs: tuple[tuple[str, str], ...]
    offices: tuple[tuple[str, str], ...]
    account: Account

    @property
    def last(self) -> IncidentStep | None:
        """The last word."""
        return self.steps[-1] if self.steps else None

    @property
    def word(self) -> str:
        """`suspected`, `forged`, or nothing."""
        return self.last.word if self.last and self.last.word != IncidentStep.Word.CLEARED else ""

    @property
    def can_decide(self) -> bool:
        """Whether this account may be the second person."""
        return self.word == IncidentStep.Word.SUSPECTED and self.last.by_id != self.account.pk

    @property
    def shown_by(self) -> str:
        """What showed it, in words."""
        return dict(self.signs).get(self.last.shown_by, self.last.shown_by) if self.last else ""

    def office(self, key: str) -> Listing | None:
        """Return the record of one of the offices that were offered, or None."""
        return Listing.objects.filter(key=key).first() if key in dict(self.offices) else None


def incident_page(case: Case, account: Account) -> IncidentPage:
    """Return what is known of a suspicion about a case."""
    steps = tuple(case.incident_steps.select_related("by"))
    return IncidentPage(case, steps, _signs(case), tuple(_offices(case)), account)


def issuer_facts_of(case: Case) -> tuple[Fact, ...]:
    """Return the facts on issuer, coherence and history that were set down for a case, none before it was examined."""
    sheet = IssuerSheet.objects.filter(case=case).first()
    return tuple(Fact.model_validate(each) for each in sheet.facts) if sheet else ()


def facts_of(case: Case) -> tuple[Fact, ...]:
    """Return every fact about a case: those of its paper and mail, of its account, its office, coherence and history."""
    known = Sheet.model_validate(case.sheet["sheet"]).facts if case.sheet else ()
    return (*known, *account_facts_of(case), *issuer_facts_of(case))


def _signs(case: Case) -> tuple[tuple[str, str], ...]:
    findings = [Finding.model_validate(each) for each in case.authenticity]
    against = [(each.rule, f"{each.rule} {each.title}") for each in findings if each.outcome is not Outcome.MET]
    facts = [each for each in issuer_facts_of(case) if each.result is Result.CONTRADICTED]
    against += [(each.code, f"{each.code} {each.title}") for each in facts]
    return (*against, *_BY_PEOPLE)


def _offices(case: Case) -> list[tuple[str, str]]:
    sheet = IssuerSheet.objects.filter(case=case).first()
    keys = [sheet.listing] if sheet and sheet.listing else []
    found = (
        Listing.objects.filter(key__in=keys)
        if keys
        else Listing.objects.filter(name=case.authority).exclude(name="")[:20]
    )
    return [(each.key, f"{each.name} ({each.key})") for each in found]
