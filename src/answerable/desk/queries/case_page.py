"""What does a reviewer see of one case? The six questions, the clock, the two people, and what has happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from answerable.assess import LEAVES_NOTHING
from answerable.casefile.assessment import Assessment, Clock, NoticeBy, NoticeRule, Suspension
from answerable.casefile.decision import Decision, DecisionKind
from answerable.casefile.demand import Demand
from answerable.casefile.events import EventKind
from answerable.casefile.finding import Finding, Outcome
from answerable.casefile.order import Order
from answerable.casefile.route import CaseFile, Move, State, blockers, is_proved, provable_by_call
from answerable.casefile.scope import Identifier
from answerable.casefile.supplied import Exchange, Supplied
from answerable.decide import annex_iii_boxes, options, suggested
from answerable.decide.letters import BOXES
from answerable.desk.models import Account, Case, Event, Letter
from answerable.desk.moves.casefiles import case_file
from answerable.desk.queries.case_effects import Acting, acting, carried_out_at
from answerable.desk.queries.notices import NoticeRow, case_notices
from answerable.desk.queries.scope_table import ScopeTable, scope_table
from answerable.desk.wiring import Desk
from answerable.desk.wording import EVENTS, STATES, TimeLeft, about, counted, instrument_title, time_left
from answerable.law.register import instruments

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Step:
    """One of the six questions: where it is answered on the page, whether it is, and in which words."""

    name: str
    anchor: str
    is_done: bool
    status: str


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock as a picture: `used` and `end` are positions on a track of 320 units."""

    name: str
    citation: str
    starts: datetime
    strict: datetime
    legal: datetime
    working: tuple[str, ...]
    calendar: str | None
    suspended_because: str | None
    suspensions: tuple[Suspension, ...]
    rests_since: datetime | None
    answered_at: datetime | None
    left: TimeLeft
    used: int


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the timeline. `epoch` is that of the public log, or None where it waits for the next tick."""

    serial: int
    at: datetime
    words: str
    by: str
    detail: str
    epoch: int | None
    is_key: bool
    is_sent_back: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the answers and why it is not open; no reasons means that it can be chosen."""

    kind: DecisionKind
    against: tuple[str, ...]
    is_suggested: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything the page of a case shows."""

    case: Case
    demand: Demand | None
    instrument: str
    state_words: str
    state_tone: str
    identifiers: tuple[Identifier, ...]
    identifier_count: int
    authenticity: tuple[Finding, ...]
    assessment: Assessment | None
    scope: ScopeTable | None
    free_text: tuple[str, ...]
    boxes: tuple[tuple[str, str], ...]
    answers: tuple[Answer, ...]
    decision: Decision | None
    approvals: tuple[tuple[str, str, datetime], ...]
    against_approval: tuple[str, ...]
    is_author: bool
    notice: NoticeRule | None
    clock: ClockView | None
    beside: tuple[Clock, ...]
    open_exchanges: tuple[Exchange, ...]
    supplied: Supplied
    timeline: tuple[Happened, ...]
    letters: tuple[Letter, ...]
    fetched_at: datetime | None
    against_release: tuple[str, ...]
    can_keep_open: bool
    acting: Acting
    notices: tuple[NoticeRow, ...]
    can_lift_silence: bool
    about: str
    steps: tuple[Step, ...]
    now: datetime

    @property
    def can_prepare(self) -> bool:
        """Whether an answer can be prepared now."""
        return self.case.state == State.ASSESSED

    @property
    def can_enter(self) -> bool:
        """Whether a person can enter what the paper says."""
        return self.case.state == State.UNREADABLE

    @property
    def provable_by_call(self) -> bool:
        """Whether the paper carries no seal at all and a call to the authority can make up for it."""
        return provable_by_call(case_file(self.case))

    @property
    def can_supply(self) -> bool:
        """Whether facts beside the paper can be set down now."""
        return not blockers(case_file(self.case), Move.SUPPLY, actor="", now=self.now)

    @property
    def can_approve(self) -> bool:
        """Whether nothing stands between this account and the second yes."""
        return self.case.state == State.PREPARED and not self.against_approval

    @property
    def closed_answers(self) -> tuple[Answer, ...]:
        """The answers that cannot be chosen, with what stands against each."""
        return tuple(answer for answer in self.answers if answer.against)

    @property
    def can_take_back(self) -> bool:
        """Whether a decision of two people can still be taken back: nothing of it was carried out."""
        file = case_file(self.case)
        return file.state is State.DECIDED and not blockers(file, Move.SEND_BACK, actor="", now=self.now)

    @property
    def can_close(self) -> bool:
        """Whether a person may close the case: it could not be read, nothing leaves, or what left was fetched."""
        return self.case.state in (
            State.UNREADABLE,
            State.AUTHENTICATED,
            State.AVAILABLE,
            State.CARRIED_OUT,
            State.DECIDED,
        ) and not blockers(case_file(self.case), Move.CLOSE, actor="", now=self.now)

    @property
    def unmet(self) -> tuple[Finding, ...]:
        """The findings of law that a person must look at: not met first, then unclear, then answered by a person."""
        findings = _tests(self.assessment)
        order = {Outcome.NOT_MET: 0, Outcome.UNCLEAR: 1, Outcome.MET: 2}
        shown = [each for each in findings if each.outcome is not Outcome.MET or each.question]
        return tuple(sorted(shown, key=lambda each: order[each.outcome]))

    @property
    def met(self) -> tuple[Finding, ...]:
        """The findings of law that are met on the paper alone."""
        return tuple(each for each in _tests(self.assessment) if each.outcome is Outcome.MET and not each.question)

    @property
    def leaves_nothing(self) -> Finding | None:
        """The finding by which nothing leaves on a demand that data be preserved: it stands against nothing."""
        findings = self.assessment.findings if self.assessment else ()
        return next((each for each in findings if each not in _tests(self.assessment)), None)


def find_case(reference: str) -> Case | None:
    """Return the row of a case by the name people use, or None."""
    return Case.objects.select_related("handled_by", "sent_by", "paper").filter(reference=reference).first()


def instruments_to_enter(desk: Desk) -> list[tuple[str, str]]:
    """Return the instruments that a person can enter in the plain form, by what they are called; certificates are not."""
    known = {**instruments(), **{name: own.pack for own in desk.own_laws for name in own.pack.title.instruments}}
    named = [(name, f"{pack.title.instruments[name].title} ({name})") for name, pack in known.items()]
    return sorted((each for each in named if not each[0].startswith("eu.epoc")), key=lambda each: each[1])


def find_letter(case: Case, kind: str) -> Letter | None:
    """Return a letter of the case, or None."""
    return case.letters.select_related("paper").filter(kind=kind).first()


def supplied(case: Case) -> Supplied:
    """Return what was set down beside the paper."""
    return Supplied.model_validate(case.supplied)


def open_answers(case: Case) -> list[DecisionKind]:
    """Return the answers that can be chosen now."""
    return [kind for kind, against in options(case_file(case)).items() if not against]


def items_to_choose(case: Case) -> tuple[str, ...]:
    """Return the items among which a removal in part can choose; none where the law draws the line itself."""
    file = case_file(case)
    is_removal = file.assessment is not None and file.assessment.purpose == "removal"
    return file.grantable if is_removal and file.state is State.ASSESSED else ()


def case_page(desk: Desk, case: Case, account: Account) -> CasePage:
    """Return what `account` sees of `case` now."""
    file, now = case_file(case), desk.now()
    events = tuple(case.events.select_related("slot"))
    fetched = case.deliveries.order_by("at").first()
    identifiers = file.demand.requested.identifiers if file.demand else ()
    words, tone = STATES[file.state]
    notice, doing = NoticeRule.model_validate(case.notice) if case.notice else None, acting(case, file, now)
    items = len(file.demand.form.items) if file.demand and isinstance(file.demand.form, Order) else 0
    return CasePage(
        case=case,
        demand=file.demand,
        instrument=instrument_title(case.instrument),
        state_words=words,
        state_tone=tone,
        identifiers=identifiers[:MOST_SHOWN],
        identifier_count=file.demand.people if file.demand else 0,
        authenticity=_worst_first(file.authenticity),
        assessment=file.assessment,
        scope=scope_table(file.assessment, case.counts) if file.assessment else None,
        free_text=_free_text(desk, file),
        boxes=_boxes(file),
        answers=_answers(file),
        decision=file.decision,
        approvals=_approvals(case, file),
        against_approval=blockers(file, Move.APPROVE, actor=account.username, now=now),
        is_author=file.decision is not None and file.decision.prepared_by == account.username,
        notice=notice,
        clock=_clock(file, events, now),
        beside=file.assessment.clocks[1:] if file.assessment else (),
        open_exchanges=tuple(each for each in file.supplied.exchanges if each.is_open),
        supplied=file.supplied,
        timeline=_timeline(events),
        letters=tuple(case.letters.order_by("kind")),
        fetched_at=fetched.at if fetched else None,
        against_release=blockers(file, Move.MAKE_AVAILABLE, actor="", now=now) if file.state is State.SEALED else (),
        can_keep_open=not blockers(file, Move.KEEP_OPEN, actor=account.username, now=now),
        acting=doing,
        notices=case_notices(case, now),
        can_lift_silence=_is_open_silence(notice),
        about=about(doing.purpose, file.demand.people if file.demand else 0, items),
        steps=_steps(file, doing),
        now=now,
    )


def _worst_first(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda each: each.outcome is Outcome.MET))


def _boxes(file: CaseFile) -> tuple[tuple[str, str], ...]:
    if file.assessment is None:
        return ()
    kind = file.decision.kind if file.decision else suggested(file)
    codes = file.decision.annex_iii if file.decision else annex_iii_boxes(file, kind)
    return tuple((code, BOXES[code]) for code in codes)


def _answers(file: CaseFile) -> tuple[Answer, ...]:
    if file.assessment is None:
        return ()
    best = suggested(file)
    return tuple(Answer(kind, against, kind is best) for kind, against in options(file).items())


def _approvals(case: Case, file: CaseFile) -> tuple[tuple[str, str, datetime], ...]:
    if file.decision is None:
        return ()
    rows = case.approvals.select_related("by").filter(statement=file.decision.statement).order_by("at")
    return tuple((row.by.name, row.by.initials, row.at) for row in rows)


def _clock(file: CaseFile, events: tuple[Event, ...], now: datetime) -> ClockView | None:
    due = file.assessment.due if file.assessment else None
    if due is None:
        return None
    answered = None if due.rests_since else _answered_at(file, events)
    stands_at = answered or due.rests_since or now
    whole = max(60.0, (due.strict - due.starts).total_seconds())
    return ClockView(
        name=due.name,
        citation=due.citation,
        starts=due.starts,
        strict=due.strict,
        legal=due.legal,
        working=due.working,
        calendar=due.calendar,
        suspended_because=due.suspended_because if answered is None and due.rests_since is None else None,
        suspensions=due.suspensions,
        rests_since=due.rests_since,
        answered_at=answered,
        left=time_left(due.strict, stands_at),
        used=max(0, min(320, round(320 * (stands_at - due.starts).total_seconds() / whole))),
    )


def _answered_at(file: CaseFile, events: tuple[Event, ...]) -> datetime | None:
    """Return when the duty was done: the package offered, the last item carried out, or else the first letter written."""
    if file.decision is not None and file.decision.kind.acts:
        return carried_out_at(file)
    discloses = file.decision is not None and file.decision.kind.discloses
    wanted = EventKind.MADE_AVAILABLE if discloses else EventKind.LETTER_WRITTEN
    return next((event.at for event in events if event.kind == wanted), None) if file.decision else None


def _timeline(events: tuple[Event, ...]) -> tuple[Happened, ...]:
    names = dict(Account.objects.values_list("username", "name"))
    keys = {EventKind.RECEIVED, EventKind.DECIDED, EventKind.SEALED, EventKind.FETCHED, EventKind.CARRIED_OUT}
    return tuple(
        Happened(
            serial=event.serial,
            at=event.at,
            words=EVENTS[EventKind(event.kind)],
            by=names.get(event.actor, "The desk"),
            detail=_detail(EventKind(event.kind), event.facts),
            epoch=event.slot.epoch_id if hasattr(event, "slot") else None,
            is_key=event.kind in keys,
            is_sent_back=event.kind == EventKind.SENT_BACK,
        )
        for event in reversed(events)
    )


def _free_text(desk: Desk, file: CaseFile) -> tuple[str, ...]:
    """Return in which columns text in which others may be named would leave, while people can still decide otherwise."""
    if file.assessment is None or file.state not in (State.ASSESSED, State.PREPARED):
        return ()
    leaves = file.decision.permitted if file.decision else file.assessment.permitted
    return desk.data_map.free_text({item.category for item in leaves.items})


def _is_open_silence(notice: NoticeRule | None) -> bool:
    """Whether we keep silence, would tell the person ourselves, and no day is known."""
    ours = notice is not None and notice.told_by is NoticeBy.PROVIDER
    return ours and notice is not None and notice.silent_since is not None and notice.silent_until is None


def _detail(kind: EventKind, facts: dict[str, str]) -> str:
    """Return the facts of an event that help a person: words first, digests cut to eight digits."""
    said = [facts[name].rstrip(".") for name in ("decision", "notice", "reason") if facts.get(name)]
    if facts.get("records"):
        said.append(counted(int(facts["records"]), "item" if kind is EventKind.CARRIED_OUT else "record"))
    if facts.get("outcome_genuine"):
        said.append("genuine" if facts["outcome_genuine"] == "yes" else "not proved genuine")
    if facts.get("grounds"):
        beside = kind in (EventKind.FACTS_SET_DOWN, EventKind.AUTHORITY_ASKED, EventKind.AUTHORITY_ANSWERED)
        said.append(facts["grounds"] if beside else f"rules {facts['grounds'].replace(' ', ', ')}")
    digests = {"document_sha512": "document", "package_sha512": "package", "statement_sha512": "statement"}
    said += [f"{word} {facts[name][:8]}" for name, word in digests.items() if facts.get(name)]
    return "; ".join(said)


def _proof(file: CaseFile, genuine: int) -> str:
    if is_proved(file) and provable_by_call(file):
        return "No seal; confirmed by call"
    return f"{genuine} of {len(file.authenticity)} checks"


def _tests(assessment: Assessment | None) -> tuple[Finding, ...]:
    """Return the findings that can stand against a demand: of a preservation not the one that nothing leaves on it."""
    if assessment is None or assessment.purpose != "preservation":
        return assessment.findings if assessment else ()
    return tuple(each for each in assessment.findings if each.rule not in LEAVES_NOTHING)


def _steps(file: CaseFile, doing: Acting) -> tuple[Step, ...]:
    findings = _tests(file.assessment)
    genuine = sum(each.outcome is Outcome.MET for each in file.authenticity)
    lawful = sum(each.outcome is Outcome.MET for each in findings)
    asked = sum(each.outcome is Outcome.UNCLEAR for each in findings)
    yes = len({each.by for each in file.approvals if file.decision and each.statement == file.decision.statement})
    return (
        Step("1. Genuine?", "authentic", is_proved(file), _proof(file, genuine)),
        Step(
            "2. Lawful?",
            "lawful",
            _all(lawful, findings),
            counted(asked, "open question") if asked else f"{lawful} of {len(findings)} conditions",
        ),
        Step(
            "3. Which items?" if doing.purpose == "removal" else "3. How much?",
            "scope",
            file.assessment is not None,
            counted(len(doing.rows), "item") if doing.purpose == "removal" else _how_much(file.assessment),
        ),
        Step("4. Contest?", "contest", file.assessment is not None, _contest(file)),
        Step("5. Answer", "answer", file.decision is not None, file.decision.kind.capitalize() if file.decision else "Not prepared"),
        Step("6. Approve", "approve", yes >= 2, f"{yes} of 2 people"),
        *(_acting_step(file, doing)),
    )  # fmt: skip


def _acting_step(file: CaseFile, doing: Acting) -> tuple[Step, ...]:
    if file.decision is None or not file.decision.kind.acts:
        return ()
    is_done = file.state in (State.CARRIED_OUT, State.CLOSED)
    return (Step("7. Carry out", "carry-out", is_done, f"{doing.done_of} items"),)


def _all(met: int, findings: tuple[Finding, ...]) -> bool:
    return bool(findings) and met == len(findings)


def _how_much(assessment: Assessment | None) -> str:
    if assessment is None:
        return "Not yet known"
    if assessment.reach.is_empty:
        return "Nothing"
    return "Narrowed" if assessment.kept_back else "As asked"


def _contest(file: CaseFile) -> str:
    if file.assessment is None:
        return "Not yet known"
    if file.assessment.purpose in ("removal", "preservation"):
        against = sum(each.outcome is Outcome.NOT_MET and not each.withholds for each in file.assessment.findings)
        return counted(against, "ground") if against else "Nothing to contest"
    if not (_boxes(file) or file.assessment.withheld):
        return "Nothing to contest"
    return "In part" if not file.assessment.permitted.is_empty else "All of it"
