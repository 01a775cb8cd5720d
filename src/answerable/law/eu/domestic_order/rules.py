"""How far does an order of the provider's own State reach? DO1 to DO9, each one test with its citation.

A frame: what holds in every State is asked of all (DO1 to DO4); the ladder of provisions is that of the State. Here it is
the Netherlands' (DO5 to DO9), as a worked example that nobody has checked. A higher provision does not hold the lower
ones: each reaches what it names. For any other State, DO4 asks a person, and everything waits.
"""

from __future__ import annotations

import re

from answerable.casefile.categories import CATEGORIES, DataClass
from answerable.law.genuine import sender_holds
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear
from answerable.law.words import affirmed

RULES = Rules("")
_OFFICIALS = ("judge", "prosecutor", "police")
_NL_PROVISION = re.compile(r"\b126\s?(na|nc|nd|ng|n)\b", re.IGNORECASE)
_NL_GRAVE_OFFENCE = (
    "67 (1)",
    "67 first paragraph",
    "67 paragraph 1",
    "67 para 1",
    "67 lid 1",
    "67 lid een",
    "67 eerste lid",
)
_NL = "Code of Criminal Procedure (Netherlands)"


def own_state(facts: Facts) -> str:
    """Return the State whose law governs: that of the provider."""
    return facts.provider.member_state


def _is_here(facts: Facts) -> bool:
    return own_state(facts) in facts.words("states_here")


def _elsewhere(facts: Facts) -> Answer:
    return met(f"This is asked of orders of the Netherlands, not of {own_state(facts)}: there it is part of DO4.")


def _provisions(facts: Facts) -> tuple[str, ...]:
    """Return the provisions of the ladder that the paper cites, each once, as it cites them."""
    return tuple(dict.fromkeys(f"126{found.lower()}" for found in _NL_PROVISION.findall(facts.order.legal_basis or "")))


def _reach(facts: Facts, provisions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code for provision in provisions for code in facts.words(f"nl_reach_{provision}"))


def _for_officers(facts: Facts) -> tuple[str, ...]:
    return tuple(each for each in _provisions(facts) if each in facts.words("nl_for_officers"))


@RULES.rule(
    "DO1",
    "It comes from the provider's own Member State",
    cite="Regulation (EU) 2023/1543, Art. 1(1); national law",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
)
def from_its_own_state(facts: Facts) -> Answer:
    country = facts.order.requester.country
    if country is None:
        return unclear("The paper does not say from which State it comes.", "Is it from the provider's own State?")
    if country == own_state(facts):
        return met(f"It comes from {country}, the provider's own State.")
    return not_met(
        f"It comes from {country}, and the provider is of {own_state(facts)}: point to the European certificate."
    )


@RULES.rule(
    "DO2",
    "Paper and sender hold",
    cite="Regulation (EU) 2016/679, Arts 32 and 33: an answer to an impostor is a breach",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def paper_holds(facts: Facts) -> Answer:
    return sender_holds(facts)


@RULES.rule(
    "DO3",
    "It is in writing: by whom, when, about whom, for what",
    cite="national law; Regulation (EU) 2016/679, recital 31",
    withholds=ALL_CLASSES,
    reviewed=False,
)
def in_writing(facts: Facts) -> Answer:
    order = facts.order
    parts = {
        "the authority": order.requester.name,
        "the date": order.issued_on,
        "whose data": order.asked,
        "which data": facts.requested.items,
        "the legal basis": order.legal_basis,
    }
    missing = [name for name, content in parts.items() if not content]
    return (
        not_met(f"Missing: {', '.join(missing)}.") if missing else met("Authority, date, people, data and legal basis.")
    )


@RULES.rule(
    "DO4",
    "A provision of national law gives the power",
    cite="Regulation (EU) 2016/679, Art. 6(1)(c) and (3); national law",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def provision_is_known(facts: Facts) -> Answer:
    if not _is_here(facts):
        return unclear(
            f"The law of {own_state(facts)} is not in this pack.",
            "Which provision of national law gives the power, to whom, for which data, and with whose approval?",
        )
    if cited := _provisions(facts):
        return met(f"It cites Art. {', '.join(cited)}.")
    return unclear(
        "It cites none of Arts 126n, 126na, 126nc, 126nd and 126ng.",
        "Which provision of national law gives the power, to whom, for which data, and with whose approval?",
    )


@RULES.rule(
    "DO5",
    "It asks for what its provision reaches",
    cite=f"{_NL}, Arts 126n, 126na, 126nc, 126nd, 126ng",
    reviewed=False,
)
def within_its_provision(facts: Facts) -> Answer:
    cited = _provisions(facts)
    if not _is_here(facts):
        return _elsewhere(facts)
    if not cited:
        return unclear("No provision of the ladder is cited.", "What does the provision that is cited reach?")
    beyond = facts.asked_beyond(_reach(facts, cited))
    if not beyond:
        return met(f"All that is asked is within Art. {', '.join(cited)}.")
    names = "; ".join(CATEGORIES[code].label for code in beyond)
    return not_met(f"Beyond Art. {', '.join(cited)}: {names}.", withholds=beyond)


@RULES.rule(
    "DO6",
    "The office that its provision names gives it",
    cite=f"{_NL}, Arts 126n(1), 126na(1), 126nc(1), 126nd(1), 126ng(1)",
    withholds=ALL_CLASSES,
    reviewed=False,
)
def by_the_right_office(facts: Facts) -> Answer:
    order = facts.order
    if not _is_here(facts):
        return _elsewhere(facts)
    if order.requester.kind not in _OFFICIALS:
        return not_met("The sender is no judge, prosecutor or investigating officer.")
    if order.requester.kind != "police" or order.approval.by in ("judge", "prosecutor"):
        return met("A judge or a public prosecutor gives or approved it.")
    beyond = facts.asked_beyond(_reach(facts, _for_officers(facts)))
    if beyond:
        return not_met("An investigating officer asks for what needs the public prosecutor.", withholds=beyond)
    return met("An investigating officer gives it, within what an officer may ask.")


@RULES.rule(
    "DO7",
    "It is about an offence that is grave enough for its provision",
    cite=f"{_NL}, Art. 67(1), Arts 126n(1), 126na(1), 126nd(1) and (6), 126ng(2)",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def offence_is_grave_enough(facts: Facts) -> Answer:
    order = facts.order
    if not _is_here(facts):
        return _elsewhere(facts)
    if not order.offence:
        return not_met("It names no offence.")
    if _provisions(facts) and _provisions(facts) == _for_officers(facts):
        return met("It names an offence, and for its provision any crime is enough.")
    if affirmed(_NL_GRAVE_OFFENCE, f"{order.offence}. {order.reasons or ''}"):
        return met("It says that the offence is one of Art. 67(1).")
    return unclear("It does not say that the offence is one of Art. 67(1).", "Is it one of Art. 67(1)?")


@RULES.rule(
    "DO8",
    "A judge approved it where traffic data are asked for",
    cite="Supreme Court (Netherlands), 5 April 2022; Court of Justice, C-746/18",
    withholds=(DataClass.TRAFFIC,),
    holds_if_unclear=True,
    reviewed=False,
)
def judge_for_traffic(facts: Facts) -> Answer:
    if not _is_here(facts):
        return _elsewhere(facts)
    if not facts.asks(DataClass.TRAFFIC):
        return met("No traffic data are asked for.")
    if "judge" in (facts.order.requester.kind, facts.order.approval.by):
        return met("An examining judge approved it.")
    if not facts.words("nl_judge_for_traffic"):
        return met("It came before the ruling.")
    return unclear(
        "Traffic data are asked for, and no examining judge is named.",
        "Do the data say little enough of a private life to be given without a judge, or did a judge approve it?",
    )


@RULES.rule(
    "DO9",
    "An examining judge approved it in writing where content is asked for",
    cite=f"{_NL}, Art. 126ng(2) and (4)",
    withholds=(DataClass.CONTENT,),
    reviewed=False,
)
def judge_for_content(facts: Facts) -> Answer:
    if not _is_here(facts):
        return _elsewhere(facts)
    if not facts.asks(DataClass.CONTENT):
        return met("No content is asked for.")
    if "judge" in (facts.order.requester.kind, facts.order.approval.by):
        return met("An examining judge approved it.")
    return not_met("Content is asked for, and no examining judge approved it.")
