"""Which demands are open, and whose turn is it? Ordered by deadline, soonest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, Func, IntegerField, OuterRef, QuerySet, Value
from django.db.models.fields.json import KT

from answerable.casefile.decision import DecisionKind
from answerable.casefile.finding import Outcome
from answerable.casefile.route import State
from answerable.desk.models import Account, Case, LookUp
from answerable.desk.queries.notices import DueNotices, due_notices
from answerable.desk.wiring import Desk
from answerable.desk.wording import (
    COUNTRIES,
    STATES,
    TimeLeft,
    about,
    counted,
    instrument_title,
    purpose_of,
    time_left,
)

PAGE_SIZE = 100
_DISCLOSES = {kind.value for kind in DecisionKind if kind.discloses}
_ACTS = {kind.value for kind in DecisionKind if kind.acts}


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One demand of the queue. `group` names its urgency, `turn` whose step is next: me, nobody, others, machine."""

    reference: str
    state: State
    state_words: str
    what: str
    instrument: str
    authority: str
    country: str
    received_at: datetime
    due_at: datetime | None
    left: TimeLeft | None
    group: str
    checks: tuple[str, ...]
    next_step: str
    whose: str
    turn: str

    @property
    def passed(self) -> str:
        """How many checks of authenticity passed, in words."""
        met, failed = self.checks.count("y"), self.checks.count("n")
        return f"{met} of {len(self.checks)}" + (f", {failed} failed" if failed else "")


@dataclass(frozen=True, slots=True)
class Tile:
    """A count that is also a filter."""

    key: str
    label: str
    tone: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """What the queue page shows."""

    now: datetime
    rows: tuple[QueueRow, ...]
    matching: int
    open: int
    tiles: tuple[Tile, ...]
    search: str
    tile: str
    show_closed: bool
    notices: tuple[DueNotices, ...]


_GROUPS = ("Past its deadline", "Within 2 hours", "Within 24 hours", "This week", "Later", "No deadline")
_TILES = (
    ("soon", "due within 2 hours", "hot", lambda row: row.group in _GROUPS[:2]),
    ("day", "due within 24 hours", "amb", lambda row: row.group == _GROUPS[2]),
    ("week", "due this week", "", lambda row: row.group == _GROUPS[3]),
    ("second", "need you as second person", "", lambda row: row.turn == "second"),
    ("nobody", "with nobody yet", "", lambda row: row.turn == "nobody"),
    ("others", "waiting on others", "", lambda row: row.turn in ("others", "machine")),
)


def queue(desk: Desk, account: Account, *, search: str = "", tile: str = "", show_closed: bool = False) -> Queue:
    """Return the open demands (or the closed ones) that match, at most `PAGE_SIZE`, soonest deadline first."""
    now = desk.now()
    rows = [_row(each, account, now) for each in _chosen(show_closed)]
    matching = [row for row in rows if _matches(row, search)]
    tiles = tuple(Tile(key, label, tone, sum(map(test, rows)), key == tile) for key, label, tone, test in _TILES)
    for key, _, _, test in _TILES:
        if key == tile:
            matching = [row for row in matching if test(row)]
    shown = tuple(matching[:PAGE_SIZE])
    return Queue(now, shown, len(matching), len(rows), tiles, search, tile, show_closed, due_notices(desk))


def _chosen(show_closed: bool) -> QuerySet:
    """Read only the few fields a row needs: the demand and the assessment of a bulk demand are large."""
    cases = Case.objects.annotate(
        decided=KT("decision__kind"),
        author=KT("decision__prepared_by"),
        to_look_up=Exists(LookUp.objects.filter(case=OuterRef("pk"), closed_at=None)),
        items=Func(
            F("demand"), Value("$.form.items"), function="JSON_ARRAY_LENGTH", output_field=IntegerField(null=True)
        ),
    )
    if show_closed:
        cases = cases.filter(state=State.CLOSED.value).order_by("-closed_at")[:PAGE_SIZE]
    else:
        cases = cases.exclude(state=State.CLOSED.value).order_by(F("due_at").asc(nulls_last=True), "received_at")
    return cases.values(
        "reference", "state", "received_at", "due_at", "authority", "country", "instrument", "is_emergency",
        "open_questions", "decided", "author", "authenticity", "identifiers", "handled_by__username", "handled_by__name",
        "items", "to_look_up",
    )  # fmt: skip


def _row(case: dict, account: Account, now: datetime) -> QueueRow:
    state = State(case["state"])
    next_step, whose, turn = _next(state, case, account, now=now)
    kind = instrument_title(case["instrument"]) or "Not known"
    return QueueRow(
        reference=case["reference"],
        state=state,
        state_words=STATES[state][0],
        what=about(purpose_of(case["instrument"]), case["identifiers"], case["items"] or 0)
        if case["instrument"]
        else "Could not be read",
        instrument=kind + (", emergency" if case["is_emergency"] else ""),
        authority=case["authority"] or "Not stated",
        country=COUNTRIES.get(case["country"] or "", case["country"] or ""),
        received_at=case["received_at"],
        due_at=case["due_at"],
        left=time_left(case["due_at"], now) if case["due_at"] else None,
        group=_group(case["due_at"], now),
        checks=tuple(_mark(finding["outcome"]) for finding in case["authenticity"]),
        next_step=next_step,
        whose=whose,
        turn=turn,
    )


def _next(state: State, case: dict, account: Account, *, now: datetime) -> tuple[str, str, str]:
    """Return the next step, whose it is in words, and as a key."""
    handler = case["handled_by__name"]
    mine = case["handled_by__username"] == account.username
    owner = ("You", "me") if mine else (handler, "others") if handler else ("Nobody yet", "nobody")
    if state is State.ASSESSED:
        asked = case["open_questions"]
        return f"Answer {counted(asked, 'open question')}" if asked else "Prepare the answer", *owner
    if state is State.PREPARED:
        if case["author"] == account.username:
            return "Approve the answer", "Somebody else, second person", "others"
        return "Approve the answer", "You, second person", "second"
    if state is State.DECIDED:
        return _after_deciding(case["decided"], owner, to_look_up=case["to_look_up"])
    if state is State.CARRIED_OUT:
        return _after_carrying_out(case["due_at"], owner, now)
    return {
        State.UNREADABLE: ("Enter what it says, or tell the sender and close", *owner),
        State.SEALED: ("Wait for the public log", "The desk", "machine"),
        State.AVAILABLE: ("Fetch the package", "The authority", "others"),
        State.CLOSED: ("None", "Closed", "closed"),
    }.get(state, ("Examine it", "The desk", "machine"))


def _after_deciding(decided: str, owner: tuple[str, str], *, to_look_up: bool) -> tuple[str, str, str]:
    if decided in _DISCLOSES and to_look_up:
        return "Look up by hand, or confirm what was brought", *owner
    if decided in _DISCLOSES:
        return "Collect and seal", "The desk", "machine"
    return ("Carry it out, and set that down" if decided in _ACTS else "Close the case", *owner)


def _after_carrying_out(copy_goes: datetime | None, owner: tuple[str, str], now: datetime) -> tuple[str, str, str]:
    """Return what is left: to close, to wait while a copy is kept, to delete the copy once its day has come."""
    if copy_goes is None:
        return "Delete what is preserved once it is no longer needed, or close the case", *owner
    if copy_goes <= now:
        return "Delete the preserved copy", *owner
    return "Keep the preserved copy until then", "Nobody before that day", "others"


def _group(due: datetime | None, now: datetime) -> str:
    if due is None:
        return "No deadline"
    left = due - now
    if left < timedelta(0):
        return _GROUPS[0]
    if left < timedelta(hours=2):
        return _GROUPS[1]
    if left < timedelta(hours=24):
        return _GROUPS[2]
    return _GROUPS[3] if left < timedelta(days=7) else _GROUPS[4]


def _mark(outcome: str) -> str:
    return {Outcome.MET: "y", Outcome.NOT_MET: "n"}.get(Outcome(outcome), ".")


def _matches(row: QueueRow, search: str) -> bool:
    wanted = search.casefold().strip()
    return not wanted or any(wanted in text.casefold() for text in (row.reference, row.authority, row.country))
