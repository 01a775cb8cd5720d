"""May a direct demand of another State be answered? FD1 to FD11: first whether it binds, then whether its own law allows it.

A demand that does not bind is refused and pointed to mutual legal assistance. The table is asked all the same, so that the
answer can list every ground.
"""

from __future__ import annotations

from answerable.casefile.categories import DataClass
from answerable.casefile.finding import Outcome
from answerable.law.genuine import sender_holds
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear
from answerable.law.world.foreign_demand.table import ForeignLaw, State, law_named, table
from answerable.law.world.paper import states_of

RULES = Rules("")
_NO_LAW = unclear(
    "The table has no law that the paper names.", "Which law of its State is it, and what does that law want here?"
)


def state_asking(facts: Facts) -> State | None:
    """Return the entry of the State that asks, or None."""
    return table().countries.get(facts.order.requester.country or "")


def law_of(facts: Facts) -> ForeignLaw | None:
    """Return the law of the table that the paper names, or None."""
    return law_named(facts.order.requester.country, facts.order.legal_basis, facts.received_at.date())


def binds(facts: Facts) -> bool:
    """Whether the law of the State that asks binds the provider."""
    return facts.order.requester.country in states_of(facts)


@RULES.rule(
    "FD1",
    "The law of a State that binds the provider gives effect to it",
    cite="Regulation (EU) 2016/679, Art. 48",
    withholds=ALL_CLASSES,
    reviewed=False,
)
def has_effect_here(facts: Facts) -> Answer:
    state = facts.order.requester.country or "The State that asks, which is not named,"
    if binds(facts):
        return met(f"{state} is a State whose law binds the provider.")
    return not_met(f"{state} does not bind the provider: refuse, and point to mutual legal assistance.")


@RULES.rule(
    "FD2",
    "No law of another State of the provider forbids the answer",
    cite="Criminal Code (Switzerland), Art. 271; PIPL (China), Art. 41; Data Security Law (China), Art. 36; 18 USC 2702(a)",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def nothing_forbids(facts: Facts) -> Answer:
    others = (state for state in states_of(facts) if state != facts.order.requester.country)
    laws = [law for state in others if (law := table().blocking.get(state)) and facts.asks(*law.classes)]
    if not laws:
        return met("No law in our table forbids the answer.")
    by, kept = "; ".join(law.by for law in laws), tuple(dict.fromkeys(each for law in laws for each in law.classes))
    if not binds(facts):
        return not_met(f"It would break {by}: the way is through the authorities of that State.", withholds=kept)
    question = (
        "Two laws pull apart: would the answer be given from there, or with data kept there, and who permitted it?"
    )
    return Answer(Outcome.UNCLEAR, f"Both its own law and {by} bind the provider.", question, withholds=kept)


@RULES.rule(
    "FD3",
    "Its State is one whose demands are known here",
    cite="the table of States",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def state_is_known(facts: Facts) -> Answer:
    state = state_asking(facts)
    if state is None:
        return unclear(
            "Its State is not in the table.", "Who may demand by the law of that State, and who can say so to us?"
        )
    return met(f"{state.name} is in the table. To object there: {state.challenge}.")


@RULES.rule(
    "FD4",
    "It names a law of its State that is in force",
    cite="the table of States",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def law_in_force(facts: Facts) -> Answer:
    law, today = law_of(facts), facts.received_at.date()
    if law is None:
        return _NO_LAW
    if law.reviewed and law.was_ended(today):
        return not_met(f"{law.label}: no longer in force since {law.until}.")
    if not law.holds_on(today):
        return unclear(f"{law.label}: not known to be in force.", "Is it in force today, and under which number?")
    return met(f"It names {law.label}.")


@RULES.rule(
    "FD5",
    "Its sender is one who may ask by that law",
    cite="the table of States",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def sender_may_ask(facts: Facts) -> Answer:
    law, kind = law_of(facts), facts.order.requester.kind
    if law is None:
        return _NO_LAW
    if kind in law.who or facts.order.approval.by in law.who:
        return met(f"The sender, or who approved it, is one of: {', '.join(law.who)}.")
    return not_met(f"The sender is {kind or 'not named'}; by {law.label} may ask: {', '.join(law.who)}.")


@RULES.rule(
    "FD6",
    "A judge stands behind it where its law wants one",
    cite="the table of States",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def judge_where_wanted(facts: Facts) -> Answer:
    law, order = law_of(facts), facts.order
    if law is None:
        return _NO_LAW
    if not facts.asks(*law.judge_for):
        return met("Its law wants no judge for what is asked.")
    if "judge" in (order.requester.kind, order.approval.by):
        return met("A judge made or approved it.")
    return not_met(f"No judge made or approved it; {law.label} wants one.", withholds=law.judge_for)


@RULES.rule(
    "FD7",
    "It asks for no more than its law reaches",
    cite="the table of States",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def within_reach(facts: Facts) -> Answer:
    law = law_of(facts)
    if law is None:
        return _NO_LAW
    beyond = facts.asked_beyond(law.reach)
    if beyond:
        return not_met(f"{law.label} does not reach {', '.join(beyond)}.", withholds=beyond)
    return met("Its law reaches what is asked.")


@RULES.rule(
    "FD8",
    "It contains what its law wants in it",
    cite="the table of States; Law 12.965/2014 (Brazil), Art. 22",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def contains_what_is_wanted(facts: Facts) -> Answer:
    law = law_of(facts)
    if law is None:
        return _NO_LAW
    missing = _missing(facts, law) if facts.asks(*law.needs_for) else []
    if missing:
        return not_met(f"It lacks {', '.join(missing)}, which {law.label} wants.", withholds=law.needs_for)
    return met("It contains what its law wants in it, as far as the table says.")


@RULES.rule(
    "FD9",
    "Its law compels an answer",
    cite="the table of States",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def compels(facts: Facts) -> Answer:
    law = law_of(facts)
    if law is None:
        return _NO_LAW
    if not law.compels:
        return unclear(f"{law.label} asks, and compels nothing.", "Why would we answer without an order?")
    return met("Its law compels an answer.")


@RULES.rule("FD10", "The silence it wants has a ground in its law", cite="the table of States", reviewed=False)
def silence_has_a_ground(facts: Facts) -> Answer:
    state, kind = state_asking(facts), facts.order.secrecy.kind
    if kind in ("none", "ordered"):
        return met("No silence is wanted, or it is ordered in the paper.")
    if state and state.notice == "forbidden":
        return met(f"The law of its State forbids to tell: {state.notice_by}.")
    return unclear(
        "Silence is wanted without an order, and the table knows no law for it.",
        "By which provision, and until when, is silence to be kept?",
    )


@RULES.rule(
    "FD11",
    "Paper and sender hold",
    cite="practice of calling back",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def paper_holds(facts: Facts) -> Answer:
    return sender_holds(facts)


def _missing(facts: Facts, law: ForeignLaw) -> list[str]:
    """Return what of `needs` the paper lacks; the period must be closed for each item that needs one."""
    items = [item for item in facts.requested.items if DataClass(item.data_class) in law.needs_for]
    there = {
        "offence": bool(facts.order.offence),
        "reasons": bool(facts.order.reasons),
        "period": all(item.period is not None and item.period.is_closed for item in items),
    }
    return [need for need in law.needs if not there[need]]
