"""What came before, from whom, and what became of it? For the facts on repeats and on history."""

from __future__ import annotations

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from answerable.authenticate.coherence import Earlier, Trace
from answerable.authenticate.directory import Past
from answerable.casefile.decision import DecisionKind
from answerable.casefile.route import State
from answerable.desk.models import Case, IncidentStep, IssuerSheet

# Near repeats are looked for among so many; a text that is equal is found however long ago it came.
_COMPARED = 5_000
_REFUSES = {DecisionKind.REFUSE.value, DecisionKind.CONTEST.value}
_DECIDED = {State.DECIDED.value, State.SEALED.value, State.AVAILABLE.value, State.CLOSED.value}


def earlier_papers(case: Case, digest: str) -> tuple[Earlier, ...]:
    """Return the newest papers that came before this case, and every one whose text has this digest."""
    before = _before(case)
    newest = before.values_list("pk", flat=True)[:_COMPARED]
    equal = before.filter(digest=digest).values_list("pk", flat=True)[:_COMPARED] if digest else ()
    rows = _read(IssuerSheet.objects.filter(pk__in={*newest, *equal}).order_by("-case__received_at"))
    words = _last_words()
    return tuple(
        Earlier(
            case=row["case__reference"],
            received_at=row["case__received_at"],
            sender=row["sender"],
            outcome=_outcome(row, words),
            trace=Trace.model_validate(row["trace"]),
        )
        for row in rows
    )


def past_of(case: Case, *, sender: str, listing: str) -> Past:
    """Return what was seen of one office before this case: by its record where one fits, else by State and name."""
    own = _before(case).filter(listing=listing) if listing else _before(case).filter(sender=sender)
    rows = list(_read(own.order_by("case__received_at")))
    words = _last_words()
    outcomes = [(row["case__reference"], _outcome(row, words)) for row in rows]
    named = IncidentStep.objects.filter(word=IncidentStep.Word.FORGED, listing=listing).exclude(case=case)
    forged = [reference for reference, outcome in outcomes if outcome == "forged"]
    forged += named.values_list("case__reference", flat=True) if listing else []
    return Past(
        demands=len(rows),
        first_seen=rows[0]["case__received_at"] if rows else None,
        refused=sum(outcome == "refused" for _, outcome in outcomes),
        suspected=tuple(reference for reference, outcome in outcomes if outcome == "suspected"),
        forged=tuple(dict.fromkeys(forged)),
    )


def _before(case: Case) -> QuerySet:
    rows = IssuerSheet.objects.filter(case__received_at__lte=case.received_at).exclude(case=case)
    return rows.order_by("-case__received_at")


def _read(rows: QuerySet) -> QuerySet:
    """Read only what is needed: the demand in a case can be large."""
    named = rows.annotate(decided=KT("case__decision__kind"))
    return named.values("case_id", "case__reference", "case__received_at", "case__state", "decided", "sender", "trace")


def _last_words() -> dict[int, str]:
    """Return the last word on each case that somebody ever suspected."""
    return dict(IncidentStep.objects.order_by("pk").values_list("case_id", "word"))


def _outcome(row: dict, words: dict[int, str]) -> str:
    word = words.get(row["case_id"])
    if word in (IncidentStep.Word.FORGED, IncidentStep.Word.SUSPECTED):
        return word
    if row["case__state"] not in _DECIDED:
        return "open"
    return "refused" if row["decided"] in _REFUSES or not row["decided"] else "answered"
