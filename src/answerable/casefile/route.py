"""Which ten stages does a demand pass, which moves are allowed when, and what still stands in the way?

Read this first. `MOVES` is the whole workflow; `blockers` gives the reasons a move must wait, as sentences for the
screen. Nothing else decides whether a package may leave.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from answerable.casefile.assessment import Assessment
from answerable.casefile.call_back import CallBack, call_reasons, is_confirmed
from answerable.casefile.decision import Approval, Decision, DecisionKind
from answerable.casefile.demand import Demand, claims_emergency
from answerable.casefile.effect import Effect, kept_copies, taken_away
from answerable.casefile.encoding import Record
from answerable.casefile.finding import Finding, Outcome
from answerable.casefile.granting import against_disclosing, against_granting, grantable, outstanding
from answerable.casefile.look_up import LookUp, against_confirming, look_up_reasons
from answerable.casefile.scope import Moment
from answerable.casefile.supplied import ExchangeKind, Supplied

STAGES: tuple[str, ...] = (
    "intake", "authenticate", "assess", "decide", "collect", "seal", "deliver", "notify", "public_log", "report",
)  # fmt: skip


class State(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    UNREADABLE = "unreadable"
    AUTHENTICATED = "authenticated"
    ASSESSED = "assessed"
    PREPARED = "prepared"
    DECIDED = "decided"
    SEALED = "sealed"
    AVAILABLE = "available"
    CARRIED_OUT = "carried out"
    CLOSED = "closed"


class Move(StrEnum):
    """What can be done to a case."""

    ENTER = "enter what it says"
    AUTHENTICATE = "authenticate"
    ASSESS = "assess"
    ANSWER_QUESTION = "answer question"
    CALL_BACK = "call back"
    SECOND_CALL = "second call"
    SUPPLY = "set down facts"
    HEAR = "hear the authority"
    PREPARE = "prepare"
    SEND_BACK = "send back"
    APPROVE = "approve"
    LOOK_UP = "bring what was looked up"
    CONFIRM_LOOK_UP = "confirm what was looked up"
    SEAL = "seal"
    MAKE_AVAILABLE = "make available"
    KEEP_OPEN = "keep open longer"
    FETCH = "fetch"
    RECORD_EFFECT = "record effect"
    CARRY_OUT = "carry out"
    PRESERVE = "preserve"
    RELEASE = "delete the preserved copy"
    REOPEN = "reopen"
    CLOSE = "close"


MOVES: dict[tuple[State, Move], State] = {
    (State.RECEIVED, Move.AUTHENTICATE): State.AUTHENTICATED,
    (State.AUTHENTICATED, Move.ASSESS): State.ASSESSED,
    (State.ASSESSED, Move.ANSWER_QUESTION): State.ASSESSED,
    (State.ASSESSED, Move.SUPPLY): State.ASSESSED,
    (State.ASSESSED, Move.HEAR): State.ASSESSED,
    # What was contested is looked at again once the authority answers, or somebody requires us to comply.
    (State.DECIDED, Move.SUPPLY): State.ASSESSED,
    (State.DECIDED, Move.HEAR): State.ASSESSED,
    (State.ASSESSED, Move.PREPARE): State.PREPARED,
    (State.PREPARED, Move.SEND_BACK): State.ASSESSED,
    (State.DECIDED, Move.SEND_BACK): State.ASSESSED,
    (State.PREPARED, Move.APPROVE): State.DECIDED,
    # Where a store has no machine to ask, a person looks and another confirms, before anything is sealed.
    (State.DECIDED, Move.LOOK_UP): State.DECIDED,
    (State.DECIDED, Move.CONFIRM_LOOK_UP): State.DECIDED,
    (State.DECIDED, Move.SEAL): State.SEALED,
    (State.SEALED, Move.MAKE_AVAILABLE): State.AVAILABLE,
    (State.AVAILABLE, Move.KEEP_OPEN): State.AVAILABLE,
    (State.AVAILABLE, Move.FETCH): State.AVAILABLE,
    # What is to be removed or preserved: a person does it in the service's own tools, and sets down each item.
    (State.DECIDED, Move.RECORD_EFFECT): State.DECIDED,
    (State.DECIDED, Move.CARRY_OUT): State.CARRIED_OUT,
    (State.CARRIED_OUT, Move.REOPEN): State.ASSESSED,
    (State.CLOSED, Move.REOPEN): State.ASSESSED,
    (State.CARRIED_OUT, Move.CLOSE): State.CLOSED,
    (State.DECIDED, Move.CLOSE): State.CLOSED,
    (State.AVAILABLE, Move.CLOSE): State.CLOSED,
    (State.UNREADABLE, Move.CLOSE): State.CLOSED,
    # A letter in an office's own words: a person reads it and enters what it says.
    (State.UNREADABLE, Move.ENTER): State.RECEIVED,
    # A demand under a law that nobody here knows: a lawyer answers it, and nothing ever leaves.
    (State.AUTHENTICATED, Move.CLOSE): State.CLOSED,
    # A call to the authority moves nothing by itself; it is waited for.
    **{
        (state, move): state
        for state in (State.ASSESSED, State.PREPARED, State.DECIDED, State.SEALED, State.AVAILABLE)
        for move in (Move.CALL_BACK, Move.SECOND_CALL)
    },
}
# A copy may be preserved, and must be deletable, at any time between reading and closing; neither moves the case.
_OPEN = (
    State.AUTHENTICATED, State.ASSESSED, State.PREPARED, State.DECIDED, State.SEALED, State.AVAILABLE, State.CARRIED_OUT,
)  # fmt: skip
MOVES |= {(state, move): state for state in _OPEN for move in (Move.PRESERVE, Move.RELEASE)}


class CaseFile(Record):
    """Everything the route looks at.

    `held` is how many records of what is permitted the stores hold, None until they were counted; `logged` says whether
    the sealed package's event is where it must be before it leaves: under a checkpoint with its witnesses, or in an
    emergency durably on record; `suspicion` is the last word on whether the demand is forged;
    `awaits_sender` says that the officer who sent it has a passkey and has not confirmed it with one;
    `supplied` is what was set down beside the paper; `look_ups` are what this decision needs and only a person can look up,
    and `only_people_know` that what is permitted may lie where no machine can count it; `effects` are what people carried
    out, in their order, and
    `preserved_before` what an earlier case keeps that this demand names; `altered` is what was changed behind the desk's
    back, as far as it was looked for.
    """

    case: str
    state: State
    demand: Demand | None = None
    authenticity: tuple[Finding, ...] = ()
    calls: tuple[CallBack, ...] = ()
    assessment: Assessment | None = None
    held: int | None = None
    decision: Decision | None = None
    approvals: tuple[Approval, ...] = ()
    package_sha512: str | None = None
    logged: bool = False
    available_until: Moment | None = None
    fetched: bool = False
    suspicion: Literal["suspected", "forged"] | None = None
    awaits_sender: bool = False
    supplied: Supplied = Supplied()
    look_ups: tuple[LookUp, ...] = ()
    only_people_know: bool = False
    effects: tuple[Effect, ...] = ()
    preserved_before: tuple[Effect, ...] = ()
    altered: tuple[str, ...] = ()

    @property
    def grantable(self) -> tuple[str, ...]:
        """The items that may be removed or preserved."""
        return grantable(self.demand, self.assessment, self.preserved_before)

    @property
    def outstanding(self) -> tuple[str, ...]:
        """The granted items that still have to be carried out."""
        return outstanding(self.decision, self.effects) if self.decision else ()


def next_state(state: State, move: Move) -> State | None:
    """Return the state after `move`, or None where the move is not allowed from `state`."""
    return MOVES.get((state, move))


def is_genuine(authenticity: tuple[Finding, ...]) -> bool:
    """Whether every check of authenticity is met. No checks at all is no."""
    return bool(authenticity) and all(finding.outcome is Outcome.MET for finding in authenticity)


def provable_by_call(file: CaseFile) -> bool:
    """Whether a call can make up for a seal: there is none at all, and the pack allows a paper without one."""
    allowed = file.assessment is not None and file.assessment.paper_allowed
    return allowed and any(finding.unsealed for finding in file.authenticity)


def standing(file: CaseFile) -> tuple[Finding, ...]:
    """Return what counts of the findings on paper and sender.

    Where the authority itself confirmed an unsealed paper, those that only miss a seal do not; every other does.
    """
    if file.demand is None or not provable_by_call(file) or not is_confirmed(file.calls, file.demand):
        return file.authenticity
    return tuple(finding for finding in file.authenticity if not finding.unsealed)


def is_proved(file: CaseFile) -> bool:
    """Whether every check of authenticity that counts is met, by the seal or by the call that makes up for one."""
    return is_genuine(standing(file))


def two_people(decision: Decision, approvals: tuple[Approval, ...]) -> bool:
    """Whether two different people approved exactly this decision, one of them not its author."""
    statement = decision.statement
    names = {approval.by for approval in approvals if approval.statement == statement}
    return len(names) >= 2 and decision.prepared_by in names


def blockers(file: CaseFile, move: Move, *, actor: str, now: Moment) -> tuple[str, ...]:
    """Return every reason why `actor` may not make `move` now; empty means it may be made."""
    if next_state(file.state, move) is None:
        return (f"A case that is {file.state.value} cannot be moved by “{move.value}”.",)
    checks = {
        Move.SECOND_CALL: _before_second_call,
        Move.SUPPLY: _before_looking_again,
        Move.HEAR: _before_hearing,
        Move.PREPARE: _before_prepare,
        Move.SEND_BACK: _before_send_back,
        Move.APPROVE: _before_approve,
        Move.LOOK_UP: _before_look_up,
        Move.CONFIRM_LOOK_UP: _before_confirming,
        Move.SEAL: _before_seal,
        Move.MAKE_AVAILABLE: _before_release,
        Move.KEEP_OPEN: _before_release,
        Move.FETCH: _before_fetch,
        Move.RECORD_EFFECT: _before_record_effect,
        Move.CARRY_OUT: _before_carry_out,
        Move.RELEASE: _before_deleting,
        Move.REOPEN: _before_reopen,
        Move.CLOSE: _before_close,
    }
    return checks[move](file, actor, now) if move in checks else ()


def decision_blockers(file: CaseFile, kind: DecisionKind) -> tuple[str, ...]:
    """Return why a decision of `kind` cannot be prepared.

    What discloses needs a genuine, lawful, permitted demand; so does “nothing held”, which tells that somebody is not
    known here. What removes or preserves needs a genuine demand that names an item; what puts back, something that is
    away. Contesting and refusing are always open.
    """
    if kind in (DecisionKind.CONTEST, DecisionKind.REFUSE):
        return ()
    if kind is DecisionKind.PUT_BACK:
        return () if taken_away(file.effects) else ("Nothing that was removed on this demand is still away.",)
    not_genuine = "The demand is not proved genuine: nothing may be {} on it."
    reasons = (*_against_forgery(file), *_against_unconfirmed(file))
    if not is_proved(file):
        reasons = (*reasons, *_to_be_called(file), not_genuine.format("done" if kind.acts else "disclosed"))
    if kind.acts:
        return (*reasons, *against_granting(kind, file.grantable, file.assessment))
    if elsewhere := against_disclosing(kind, file.assessment):
        return (*reasons, *elsewhere)
    if file.assessment is None or file.assessment.reach.is_empty:
        return (*reasons, "The law permits nothing of what is asked: there is nothing to disclose.")
    if file.demand is not None:
        reasons = (*reasons, *call_reasons(file.calls, file.demand, exempted=file.assessment.call_exempted))
    return (*reasons, *(_before_disclosing(file, kind) if kind.discloses else _before_nothing_held(file)))


def _to_be_called(file: CaseFile) -> tuple[str, ...]:
    """Say what call is missing of a demand that a call can prove; an emergency says it by itself."""
    if file.demand is None or not provable_by_call(file) or claims_emergency(file.demand.form):
        return ()
    return call_reasons(file.calls, file.demand, unsealed=True)


def _against_forgery(file: CaseFile) -> tuple[str, ...]:
    """One person's doubt is enough to stop; going on takes a second person's word."""
    if file.suspicion == "forged":
        return ("Two people found the demand forged: nothing may be disclosed on it.",)
    if file.suspicion == "suspected":
        return ("Somebody suspects that the demand is forged: nothing leaves until a second person has decided that.",)
    return ()


def _against_unconfirmed(file: CaseFile) -> tuple[str, ...]:
    """A session can be taken over; a passkey answers for exactly these bytes, and only to its holder."""
    if file.awaits_sender:
        return ("The officer who sent it has not confirmed it with the passkey of the account.",)
    return ()


def _before_fetch(file: CaseFile, actor: str, now: Moment) -> tuple[str, ...]:
    """Ask again for everything that a release needs, and say nothing of it: whoever fetches may be the forger."""
    is_free = not _before_release(file, actor, now)
    return () if is_free else ("The provider holds the package back for now; ask it by another way.",)


def _before_disclosing(file: CaseFile, kind: DecisionKind) -> tuple[str, ...]:
    reasons = []
    if file.demand is None or file.demand.head.recipient is None:
        reasons.append("Section L names no key to seal the answer to: ask the authority for one.")
    is_narrowed = file.assessment is not None and bool(file.assessment.withheld)
    if kind is DecisionKind.ANSWER and is_narrowed:
        reasons.append("A part is withheld, so this is an answer in part.")
    if kind is DecisionKind.ANSWER_IN_PART and not is_narrowed:
        reasons.append("Nothing is withheld, so this is an answer in full.")
    return tuple(reasons)


def _before_nothing_held(file: CaseFile) -> tuple[str, ...]:
    if file.only_people_know:
        return ("A part lies where only a person can look: answer, and look, even if nothing is found there.",)
    if file.held is None:
        return ("The stores have not been counted yet.",)
    return ("The stores hold records of what is permitted.",) if file.held else ()


def _before_second_call(file: CaseFile, actor: str, now: Moment) -> tuple[str, ...]:
    if not file.calls:
        return ("There is no call to confirm.",)
    if file.calls[-1].by == actor:
        return ("You made this call: the second person must be somebody else.",)
    return ("This call is confirmed already.",) if file.calls[-1].seconded_by else ()


def _before_prepare(file: CaseFile, actor: str, now: Moment) -> tuple[str, ...]:
    return () if file.assessment is not None else ("The demand has not been put to the law.",)


def _before_looking_again(file: CaseFile, actor: str, now: Moment) -> tuple[str, ...]:
    if file.state is State.DECIDED and (file.decision is None or file.decision.kind.discloses):
        return ("Two people decided that data leave: the answer is on its way.",)
    return ()


def _before_hearing(file: CaseFile, actor: str, now: Moment) -> tuple[str, ...]:
    reasons = _before_looking_again(file, actor, now)
    if any(each.is_open for each in file.supplied.exchanges):
        return reasons
    return (*reasons, "Nothing was put to the authority that it has still to answer.")


def _before_send_back(file: CaseFile, actor: str, now: Moment) -> tuple[str, ...]:
    if file.state is not State.DECIDED or file.decision is None or file.decision.kind.discloses:
        return ()
    if not file.decision.kind.acts:
        return ("Two people decided, and the letters that say so stand.",)
    is_begun = any(effect.statement == file.decision.statement for effect in file.effects)
    return ("It was carried out in part already: set down the rest.",) if is_begun else ()


def _before_approve(file: CaseFile, actor: str, now: Moment) -> tuple[str, ...]:
    if file.decision is None:
        return ("There is no decision to approve.",)
    reasons = list(decision_blockers(file, file.decision.kind))
    open_items = taken_away(file.effects) if file.decision.kind is DecisionKind.PUT_BACK else file.grantable
    if not set(file.decision.granted) <= set(open_items):
        reasons.append("The decision names an item that the demand does not leave open.")
    if actor == file.decision.prepared_by:
        reasons.append("You prepared this answer: the second person must be somebody else.")
    return tuple(reasons)


def _before_look_up(file: CaseFile, actor: str, now: Moment) -> tuple[str, ...]:
    if file.decision is None or not file.decision.kind.discloses:
        return ("The decision discloses nothing, so nobody looks anything up.",)
    reasons = list(decision_blockers(file, file.decision.kind))
    if not two_people(file.decision, file.approvals):
        reasons.append("Two different people have not approved this decision.")
    if all(each.is_done for each in file.look_ups):
        reasons.append("There is nothing that a person has still to look up.")
    return tuple(reasons)


def _before_confirming(file: CaseFile, actor: str, now: Moment) -> tuple[str, ...]:
    """Ask what stands against looking up, and for a file that waits and that `actor` did not bring."""
    if reasons := _before_look_up(file, actor, now):
        return reasons
    against = [against_confirming(each, actor) for each in file.look_ups if each.waits]
    if not against:
        return ("No file waits to be confirmed.",)
    return against[0] if all(against) else ()


def _before_seal(file: CaseFile, actor: str, now: Moment) -> tuple[str, ...]:
    if file.decision is None or not file.decision.kind.discloses:
        return ("The decision discloses nothing, so nothing is collected.",)
    reasons = [*file.altered, *decision_blockers(file, file.decision.kind)]
    if not two_people(file.decision, file.approvals):
        reasons.append("Two different people have not approved this decision.")
    if file.assessment is not None and not file.decision.permitted.within(file.assessment.permitted):
        reasons.append("The decision asks for more than the law permits.")
    return (*reasons, *look_up_reasons(file.look_ups))


def _before_release(file: CaseFile, actor: str, now: Moment) -> tuple[str, ...]:
    reasons = list(_before_seal(file, actor, now))
    if file.package_sha512 is None:
        reasons.append("There is no sealed package.")
    if not file.logged:
        reasons.append("The sealed package is not yet in a signed checkpoint of the public log: no log, no release.")
    earliest = file.assessment.release_not_before if file.assessment else None
    if earliest is not None and now < earliest:
        reasons.append(f"The law forbids release before {earliest:%d %B %Y, %H:%M} UTC.")
    return tuple(reasons)


def _before_record_effect(file: CaseFile, actor: str, now: Moment) -> tuple[str, ...]:
    if file.decision is None or not file.decision.kind.acts:
        return ("The decision has nothing carried out.",)
    if not two_people(file.decision, file.approvals):
        return (*file.altered, "Two different people have not approved this decision.")
    if file.altered:
        return file.altered
    return () if file.outstanding else ("Every item that was granted has been set down.",)


def _before_carry_out(file: CaseFile, actor: str, now: Moment) -> tuple[str, ...]:
    if file.decision is None or not file.decision.kind.acts:
        return ("The decision has nothing carried out.",)
    reasons = [f"Not yet carried out, or not yet set down: {len(file.outstanding)} items."] if file.outstanding else []
    if not two_people(file.decision, file.approvals):
        reasons.append("Two different people have not approved this decision.")
    return tuple(reasons)


def _before_deleting(file: CaseFile, actor: str, now: Moment) -> tuple[str, ...]:
    return () if kept_copies(file.effects) else ("No preserved copy is kept in this case.",)


def _before_reopen(file: CaseFile, actor: str, now: Moment) -> tuple[str, ...]:
    return () if taken_away(file.effects) else ("Nothing that was removed on this demand is still away.",)


def _before_close(file: CaseFile, actor: str, now: Moment) -> tuple[str, ...]:
    reviewed = file.supplied.exchanged(ExchangeKind.THIRD_COUNTRY, ExchangeKind.ENFORCEMENT)
    if any(each.reply is None for each in reviewed):
        return ("An objection is being reviewed: keep the data and the case until its outcome is set down.",)
    if kept_copies(file.effects):
        return ("A preserved copy is still kept: delete it, and set that down.",)
    if file.state is State.DECIDED and file.decision is not None and file.decision.kind.acts:
        return ("What was granted has not been carried out.",)
    if file.decision is None or not file.decision.kind.discloses or file.fetched:
        return ()
    if file.available_until is not None and file.available_until <= now:
        return ()
    return ("The authority has not fetched the package, and can still do so.",)
