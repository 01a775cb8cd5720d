"""Which answers are open for this case, which one is suggested, and what exactly would two people sign?"""

from __future__ import annotations

from answerable.casefile.decision import Decision, DecisionKind
from answerable.casefile.effect import taken_away
from answerable.casefile.finding import Outcome
from answerable.casefile.route import CaseFile, decision_blockers, is_proved
from answerable.casefile.scope import Moment, Scope
from answerable.errors import MoveRefused

_DISCLOSING = (DecisionKind.ANSWER, DecisionKind.ANSWER_IN_PART)
_ACTING = (DecisionKind.CARRY_OUT, DecisionKind.CARRY_OUT_IN_PART)
_AGAINST = (DecisionKind.CONTEST, DecisionKind.REFUSE)


def options(file: CaseFile) -> dict[DecisionKind, tuple[str, ...]]:
    """Return each answer that its kind of demand has, with the reasons that stand against it; none means it is open."""
    return {kind: decision_blockers(file, kind) for kind in _answers_to(file)}


def _answers_to(file: CaseFile) -> tuple[DecisionKind, ...]:
    purpose = file.assessment.purpose if file.assessment else "data"
    if purpose == "removal":
        return (*((DecisionKind.PUT_BACK,) if taken_away(file.effects) else ()), *_ACTING, *_AGAINST)
    return (*(_ACTING if purpose == "preservation" else _DISCLOSING), *_AGAINST, DecisionKind.NOTHING_HELD)


def suggested(file: CaseFile) -> DecisionKind:
    """Return the answer that the findings point to. A person decides.

    Not genuine is refused; a permitted scope is answered or preserved, in part where something is withheld, or by saying
    that nothing is held; what is to be removed is removed where every test is met; what was removed and is looked at
    again is put back. What is left is contested.
    """
    open_answers = [kind for kind, against in options(file).items() if not against]
    for kind in (DecisionKind.NOTHING_HELD, DecisionKind.PUT_BACK, *_DISCLOSING, *_ACTING):
        if kind in open_answers and not (kind in _ACTING and _is_flawed(file)):
            return kind
    return DecisionKind.CONTEST if is_proved(file) else DecisionKind.REFUSE


def _is_flawed(file: CaseFile) -> bool:
    """Whether a test is not met that withholds nothing: what it stands against cannot be narrowed, only contested."""
    findings = file.assessment.findings if file.assessment else ()
    return any(finding.outcome is Outcome.NOT_MET and not finding.withholds for finding in findings)


def draft(
    file: CaseFile,
    kind: DecisionKind,
    *,
    version: int,
    reason: str,
    by: str,
    at: Moment,
    items: tuple[str, ...] = (),
) -> Decision:
    """Return the decision as it would be signed. Refuses one that the findings do not allow.

    `items` are those of a removal order that are carried out where it is not carried out in full.
    """
    against = decision_blockers(file, kind)
    if against or file.demand is None or file.assessment is None:
        raise MoveRefused(
            "decide.not-open",
            what=f"“{kind.value.capitalize()}” is not open for this case.",
            why=" ".join(against) or "The demand has not been put to the law.",
            next_step="Choose another answer, or settle the open findings first.",
        )
    return Decision(
        case=file.case,
        version=version,
        kind=kind,
        reason=reason,
        permitted=file.assessment.permitted if kind.discloses else Scope(),
        withheld=file.assessment.kept_back,
        granted=_granted(file, kind, items),
        annex_iii=annex_iii_boxes(file, kind),
        demand_sha512=file.demand.arrival.sha512,
        pack=file.assessment.pack,
        prepared_by=by,
        prepared_at=at,
    )


def _granted(file: CaseFile, kind: DecisionKind, items: tuple[str, ...]) -> tuple[str, ...]:
    if kind is DecisionKind.PUT_BACK:
        return tuple(taken_away(file.effects))
    is_chosen = file.assessment is not None and file.assessment.purpose == "removal"
    if kind is not DecisionKind.CARRY_OUT_IN_PART or not is_chosen:
        return file.grantable if kind.acts else ()
    chosen = tuple(item for item in file.grantable if item in items)
    if not chosen or chosen == file.grantable:
        raise MoveRefused(
            "decide.no-part",
            what="Carried out in part means some of the items, not none and not all.",
            why=f"{len(chosen)} of {len(file.grantable)} items were chosen.",
            next_step="Choose the items that are carried out, or choose another answer.",
        )
    return chosen


def annex_iii_boxes(file: CaseFile, kind: DecisionKind) -> tuple[str, ...]:
    """Return the boxes D1 to D10 that go back to the authority, in the form's order; none where all is done."""
    in_full = (DecisionKind.ANSWER, DecisionKind.CARRY_OUT, DecisionKind.PUT_BACK)
    if kind in in_full or file.assessment is None:
        return ()
    boxes = {
        box for finding in file.assessment.findings if finding.outcome is Outcome.NOT_MET for box in finding.annex_iii
    }
    boxes |= {box for part in file.assessment.kept_back for box in part.annex_iii}
    if kind is DecisionKind.NOTHING_HELD:
        boxes |= {"D4"}
    return tuple(sorted(boxes, key=lambda box: int(box[1:])))
