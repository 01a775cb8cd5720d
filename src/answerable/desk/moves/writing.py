"""Which letters are written, and where do they go? Those to the authority, and those that stay here, for counsel."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from answerable.adapters.typesetting import chase_letter_pdf, letter_pdf
from answerable.assess import with_clocks
from answerable.casefile.assessment import NoticeRule
from answerable.casefile.events import EventKind
from answerable.casefile.supplied import Exchange
from answerable.decide.letters import Matter, asked_of_authority, letters_for
from answerable.desk.models import Case, Letter
from answerable.desk.moves.casefiles import case_file, locked
from answerable.desk.moves.judging import keep_assessment
from answerable.desk.moves.matters import matter_of
from answerable.desk.moves.papers import keep
from answerable.desk.moves.recording import record
from answerable.desk.moves.telling import owe_notices
from answerable.desk.wiring import Desk
from answerable.notify import chase_letter


def write_letters(desk: Desk, case: Case) -> Case:
    """Write what the law and the decision call for, where nothing is sealed: after a refusal, or once it was carried out."""
    with transaction.atomic():
        case = locked(case)
        if case.decision:
            keep_letters(desk, case)
    return case


def keep_letters(desk: Desk, case: Case) -> None:
    """Write each letter of this decision that is not there yet, and set down whom we owe a notice.

    Call it inside a transaction. Letters of an earlier decision, looked at again since, stay and do not count.
    """
    matter = matter_of(desk, case)
    written = _written_since_decided(case)
    is_first = not written.exists()
    for kind, letter in letters_for(matter).items():
        if not written.filter(kind__regex=_again(kind)).exists():
            _keep_letter(desk, case, kind, letter_pdf(letter))
    owe_notices(desk, case, matter)
    if is_first and not matter.decision.kind.discloses:
        _note_what_was_asked(desk, case, matter)


def _written_since_decided(case: Case) -> QuerySet:
    decided = case.events.filter(kind=EventKind.DECIDED.value).order_by("serial").last()
    since = case.events.filter(kind=EventKind.LETTER_WRITTEN.value, serial__gt=decided.serial)
    papers = [event.facts["document_sha512"] for event in since]
    return case.letters.exclude(kind__startswith="chase").filter(paper__sha512__in=papers)


def _again(kind: str) -> str:
    return rf"^{kind}(-\d+)?$"


def _note_what_was_asked(desk: Desk, case: Case, matter: Matter) -> None:
    """Set down what the letters put to the authority, and let the clocks rest where the law says so."""
    asked = tuple(Exchange(kind=kind, asked_at=desk.now()) for kind in asked_of_authority(matter))
    if not asked:
        return
    supplied = matter.supplied.model_copy(update={"exchanges": (*matter.supplied.exchanges, *asked)})
    case.supplied = supplied.model_dump(mode="json")
    keep_assessment(
        case,
        with_clocks(matter.assessment, matter.demand, provider=desk.provider, supplied=supplied, own=desk.own_laws),
    )
    for each in asked:
        record(desk, case, EventKind.AUTHORITY_ASKED, actor=None, grounds=each.kind.value)


def chase(desk: Desk, case: Case) -> Case:
    """Write, on the day of review, the question to the authority whether it has told the person."""
    with transaction.atomic():
        case = locked(case)
        if not case.letters.filter(kind="chase").exists():
            file, notice = case_file(case), NoticeRule.model_validate(case.notice)
            letter = chase_letter(file.demand, notice, desk.provider, reference=case.reference, at=desk.now())
            _keep_letter(desk, case, "chase", chase_letter_pdf(letter))
    return case


def _keep_letter(desk: Desk, case: Case, kind: str, content: bytes) -> None:
    earlier = case.letters.filter(kind__regex=_again(kind)).count()
    kind = f"{kind}-{earlier + 1}" if earlier else kind
    paper = keep(desk, content, media_type="application/pdf")
    Letter.objects.create(case=case, kind=kind, paper=paper, written_at=desk.now())
    record(desk, case, EventKind.LETTER_WRITTEN, actor=None, document_sha512=paper.sha512)
