"""What does a reviewer set down beside the paper, and what did the authority answer? Each puts the demand to the law again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from answerable.adapters.reading import open_paper
from answerable.casefile.assessment import Assessment
from answerable.casefile.demand import Arrival, Demand, instrument_of
from answerable.casefile.encoding import digest, sha512_hex
from answerable.casefile.events import EventKind
from answerable.casefile.route import CaseFile, Move, State
from answerable.casefile.supplied import ExchangeKind, Supplied
from answerable.desk.jobs import enqueue
from answerable.desk.models import Account, Case
from answerable.desk.moves.casefiles import allowed, case_file, locked, refuse_unless_reviewer
from answerable.desk.moves.judging import examined, put_again, set_down
from answerable.desk.moves.papers import keep
from answerable.desk.moves.recording import record
from answerable.desk.moves.writing import write_letters
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused


def supply(desk: Desk, case: Case, *, actor: Account, what: str, facts: dict[str, Any] | None) -> Case:
    """Set down one fact beside the paper: `conflict`, `enforcement`, or a ground that is raised, by its kind.

    It takes the place of what was set down before; None takes it back. Refuses what is not well formed.
    """
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case, file, after = _opened_again(desk, case, Move.SUPPLY, actor)
        case.supplied = _with(file.supplied, what, facts).model_dump(mode="json")
        _look_again(desk, case, after)
        said = (
            "taken back" if facts is None else str(facts.get("why") or facts.get("law") or facts.get("authority") or "")
        )
        record(desk, case, EventKind.FACTS_SET_DOWN, actor=actor, grounds=what, reason=said[:1_000])
        enqueue(desk, "count", case, again=True)
    return case


def hear(
    desk: Desk, case: Case, *, actor: Account, kind: ExchangeKind, answer: dict[str, Any], paper: bytes | None = None
) -> Case:
    """Set down the authority's answer to what was put to it: the fields of `Exchange` but kind and moment of the question.

    `paper` is a corrected demand: it takes the place of the form, is examined like the first, and keeps the moment of
    receipt, from which the clocks run. Refuses an answer to what was not asked, and one from the future.
    """
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case, file, after = _opened_again(desk, case, Move.HEAR, actor)
        heard = _answered(file.supplied, kind, answer, now=desk.now(), sha512=sha512_hex(paper) if paper else None)
        case.supplied = heard.model_dump(mode="json")
        if paper:
            _correct(desk, case, file, paper)
        _look_again(desk, case, after)
        due = Assessment.model_validate(case.assessment).next_end
        said = {
            "grounds": kind.value,
            "decision": str(answer["reply"]),
            "reason": str(answer.get("words") or "")[:1_000],
        }
        if paper:
            said |= {"document_sha512": sha512_hex(paper), "record_sha512": digest(case.demand)}
        if due:
            said["due"] = due.strict.strftime("%Y-%m-%dT%H:%MZ")
        record(desk, case, EventKind.AUTHORITY_ANSWERED, actor=actor, **said)
        enqueue(desk, "count", case, again=True)
    return case


def _opened_again(desk: Desk, case: Case, move: Move, actor: Account) -> tuple[Case, CaseFile, State]:
    """Return the case, locked, with the letters of a decision that is looked at again written first."""
    case = locked(case)
    allowed(desk, case, move, actor=actor)
    case = locked(write_letters(desk, case))
    file, after = allowed(desk, case, move, actor=actor)
    return case, file, after


def _look_again(desk: Desk, case: Case, after: State) -> None:
    """Put the demand to the law again; a decision that stood is over."""
    case.decision = None
    put_again(desk, case, case_file(case), after)


def _with(supplied: Supplied, what: str, facts: dict[str, Any] | None) -> Supplied:
    plain = supplied.model_dump(mode="json")
    if what in ("conflict", "enforcement"):
        stood, plain[what] = plain[what], facts
    else:
        stood = supplied.raises(what)
        plain["raised"] = [each for each in plain["raised"] if each["kind"] != what]
        plain["raised"] += [] if facts is None else [{**facts, "kind": what}]
    if facts is None and not stood:
        raise _refused("There is nothing of this kind to take back.")
    return _well_formed(plain)


def _answered(
    supplied: Supplied, kind: ExchangeKind, answer: dict[str, Any], *, now: datetime, sha512: str | None
) -> Supplied:
    """Return what is known with the answer to the first open question of this kind."""
    place = next((at for at, each in enumerate(supplied.exchanges) if each.kind is kind and each.is_open), None)
    if place is None:
        raise _refused(f"Nothing of this kind, {kind.value}, was put to the authority that it has still to answer.")
    plain = supplied.model_dump(mode="json")
    plain["exchanges"][place] = {**plain["exchanges"][place], **answer, "paper_sha512": sha512}
    heard = _well_formed(plain)
    answered_at = heard.exchanges[place].answered_at
    if answered_at is None or answered_at > now:
        raise _refused("The answer would have come at a moment that is still to come.")
    return heard


def _well_formed(plain: dict[str, Any]) -> Supplied:
    try:
        return Supplied.model_validate(plain)
    except ValidationError as fault:
        said = (str(each["msg"]).removeprefix("Value error, ") for each in fault.errors()[:5])
        raise _refused(" ".join(f"{each[:1].upper()}{each[1:]}." for each in said)) from fault


def _correct(desk: Desk, case: Case, file: CaseFile, content: bytes) -> None:
    """Let a corrected demand take the place of the form; who ordered it, and for which law, cannot be corrected."""
    opened = open_paper(content, sandbox=desk.sandbox, limits=desk.settings.papers.limits)
    if file.demand is None or instrument_of(opened.form) != file.demand.instrument:
        raise _refused("The corrected paper is a demand of another kind.")
    kept = keep(desk, content, media_type=opened.media_type)
    arrival = Arrival(
        received_at=file.demand.arrival.received_at,
        channel=file.demand.arrival.channel,
        media_type=opened.media_type,
        sha512=kept.sha512,
        size=kept.size,
    )
    demand = Demand(instrument=file.demand.instrument, form=opened.form, arrival=arrival)
    if (demand.head.country, demand.head.authority) != (file.demand.head.country, file.demand.head.authority):
        raise _refused("The corrected paper comes from another authority than the demand.")
    set_down(case, examined(desk, content, demand, at=desk.now()))
    case.demand = demand.model_dump(mode="json")
    case.identifiers = demand.people
    case.their_reference = demand.head.reference or ""


def _refused(why: str) -> MoveRefused:
    return MoveRefused(
        "assess.not-supplied",
        what="This cannot be set down beside the paper.",
        why=why,
        next_step="Look at what is asked for and when it came, and set it down again.",
    )
