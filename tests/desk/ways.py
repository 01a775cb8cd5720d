"""How is each move of the desk tried, by somebody, on one case? And which functions are only a part of one, or read?"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import suppress

from answerable.casefile.call_back import CallOutcome, Conversation, Heard
from answerable.casefile.decision import DecisionKind
from answerable.casefile.finding import Outcome
from answerable.casefile.supplied import ExchangeKind
from answerable.demo.calling import COURT, NUMBER
from answerable.errors import AnswerableError, MoveRefused

REASON = "A life is in danger, so we answer at once."

PARTS = {
    "calling": "owe_follow_up",
    "casefiles": "locked case_file awaits_confirmation suspicion calls_of look_ups_of effects_of earlier_case allowed as_look_up",
    "drawing": "is_drawn draw",
    "entering": "words_of",
    "evidence": "evidence_of bundle_of",
    "examining_issuer": "examine_issuer",
    "handing_over": "how_it_came",
    "incidents": "last_step",
    "judging": "set_down assessment_facts put_again keep_assessment",
    "looking_up": "ask_people withdraw opened_for",
    "matters": "matter_of",
    "on_record": "altered",
    "papers": "paper_bytes correction_bytes",
    "passkeys": "challenge_of",
    "publishing": "let_go",
    "receiving": "set_demand take_in",
    "recording": "record",
    "sealing": "masking_key",
    "showing_counted": "counted_proof proof_for_person",
    "telling": "owe_notices keep_notices",
    "writing": "keep_letters",
}


def _said(case, *, outcome="confirmed", rightly=True) -> Conversation:
    heard = Heard(case_number=case.their_reference if rightly else "1 Gs 1/01")
    return Conversation(outcome=CallOutcome(outcome), spoke_to="The registry", heard=heard, note=REASON)


def makes_call(desk, case, who, **said) -> None:
    from answerable.desk.moves import calling
    from answerable.desk.queries.directory import find_listing

    heard = _said(case, **said)
    calling.call_back(desk, case, actor=who, listing=find_listing(COURT), number=NUMBER, conversation=heard)


def _second(desk, case, who) -> None:
    from answerable.desk.moves import calling

    last = case.calls.last()
    calling.second_call(desk, case, actor=who, call=last.pk if last else 0)


def _approve(desk, case, who) -> None:
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import case_file

    decision = case_file(case).decision
    moves.approve(desk, case, actor=who, statement=decision.statement if decision else "0" * 128)


def _answer(desk, case, who) -> None:
    from answerable.desk import moves

    for rule in ("A1", "A5", "A7", "R1"):
        with suppress(MoveRefused):
            moves.answer_question(desk, case, actor=who, rule=rule, outcome=Outcome.MET, reason=REASON)


def _reidentify(desk, case, who) -> None:
    from answerable.desk import moves
    from answerable.desk.models import Case

    for other in Case.objects.filter(masking_key__isnull=False)[:2]:
        with suppress(AnswerableError):
            moves.reidentify(desk, other, order=case, actor=who)


def _looks_up(name: str) -> Callable:
    def attempt(desk, case, who) -> None:
        from answerable.desk.moves import looking_up

        said = {"content": b"a\n"} if name == "bring" else {"sha512": "0" * 128}
        for each in case.look_ups.all():
            getattr(looking_up, name)(desk, each, actor=who, **said)

    return attempt


def _move(place: str, name: str, *, actor: bool = True, **said) -> Callable:
    """Return what makes a move; a callable among `said` is asked of desk and case first."""

    def attempt(desk, case, who) -> None:
        made = getattr(importlib.import_module(f"answerable.desk.moves.{place}"), name)
        known = {key: each(desk, case) if callable(each) else each for key, each in said.items()}
        made(desk, case, **known, **({"actor": who} if actor else {}))

    return attempt


def _again(desk, case, who) -> None:
    from answerable.desk import moves

    moves.receive(desk, moves.paper_bytes(desk, case), channel="post", actor=who)


def _now(desk, case):
    return desk.now()


def _notices(desk, case, who) -> None:
    from answerable.desk import moves

    for each in case.notices.all():
        moves.give_notice(desk, each, actor=who, at=desk.now(), how="by letter")


MOVES: dict[str, Callable] = {
    "calling.call_back": makes_call,
    "calling.second_call": _second,
    "calling.follow_up": _move("calling", "follow_up", note=REASON),
    "carrying_out.record_effects": _move("carrying_out", "record_effects", at=_now, done=lambda _, case: done(case)),
    "carrying_out.preserve": _move("carrying_out", "preserve", at=_now, note=REASON),
    "carrying_out.release": _move("carrying_out", "release", at=_now, note=REASON),
    "carrying_out.reopen": _move("carrying_out", "reopen", reason=REASON),
    "deciding.prepare": _move("deciding", "prepare", kind=DecisionKind.ANSWER, reason=REASON),
    "deciding.send_back": _move("deciding", "send_back", reason=REASON),
    "deciding.approve": _approve,
    "delivering.make_available": _move("delivering", "make_available", actor=False),
    "delivering.lay_receipt": _move("delivering", "lay_receipt", actor=False),
    "delivering.keep_open": _move("delivering", "keep_open", days=45, reason=REASON),
    "delivering.fetch": _move("delivering", "fetch"),
    "delivering.close": _move("delivering", "close"),
    "drawing.draw_again": _move("drawing", "draw_again", actor=False),
    "entering.enter": _move("entering", "enter", form=lambda _, case: case.demand["form"]),
    "identifying.reidentify": _reidentify,
    "incidents.suspect": _move("incidents", "suspect", reason=REASON, shown_by="B2"),
    "incidents.find_forged": _move("incidents", "find_forged", reason=REASON),
    "incidents.clear": _move("incidents", "clear", reason=REASON),
    "judging.authenticate": _move("judging", "authenticate", actor=False),
    "judging.assess": _move("judging", "assess", actor=False),
    "judging.answer_question": _answer,
    "judging.count_records": _move("judging", "count_records", actor=False),
    "looking_up.bring": _looks_up("bring"),
    "looking_up.confirm": _looks_up("confirm"),
    "passkeys.confirm_demand": _move("passkeys", "confirm_demand", answer="{}"),
    "receiving.receive": _again,
    "sealing.seal": _move("sealing", "seal", actor=False),
    "sealing.seal_together": lambda desk, case, _: importlib.import_module(
        "answerable.desk.moves.sealing"
    ).seal_together(desk, [case]),
    "supplying.supply": _move(
        "supplying", "supply", what="conflict", facts=lambda *_: {"law": "a law", "why": REASON, "country": "US"}
    ),
    "supplying.hear": _move(
        "supplying", "hear", kind=ExchangeKind.CLARIFICATION, answer=lambda *_: {"reply": "maintained"}
    ),
    "telling.give_notice": _notices,
    "telling.lift_silence": _move("telling", "lift_silence", reason=REASON),
    "telling.write_notices": _move("telling", "write_notices", actor=False),
    "writing.write_letters": _move("writing", "write_letters", actor=False),
    "writing.chase": _move("writing", "chase", actor=False),
}


def done(case) -> list:
    from answerable.casefile.effect import Measure
    from answerable.desk import moves

    granted = (case.decision or {}).get("granted", ())
    return [moves.Carried(item, Measure.PRESERVED, note=REASON) for item in granted]
