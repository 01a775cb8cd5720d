"""Does the law it cites exist, is it of its State, and does it give data of this kind? Facts G3 and G4."""

from __future__ import annotations

from answerable.authenticate.directory.fact import Said
from answerable.casefile.categories import CATEGORIES
from answerable.casefile.demand import Demand
from answerable.casefile.evidence import Fact, Result
from answerable.casefile.order import Order
from answerable.law.citing import Statute, cited, impossible
from answerable.law.register import instruments
from answerable.law.rule import covers


def statute_facts(said: Said, demand: Demand) -> tuple[Fact, ...]:
    """Return G3, the law cited and its State, and G4, whether that law gives the data asked for."""
    basis, country = legal_basis(demand), demand.head.country
    day = demand.arrival.received_at.date()
    laws = cited(basis, day, country=country)
    return _exists(said, basis, laws, country), _gives(said, demand, laws)


def legal_basis(demand: Demand) -> str:
    """Return the law a paper stands on, in its words; for a European certificate the Regulation whose form it is."""
    form = demand.form
    if isinstance(form, Order):
        return " ".join((form.legal_basis or "").split()[:400])
    pack = instruments().get(demand.instrument)
    return pack.title.cite if pack else ""


def _exists(said: Said, basis: str, laws: tuple[Statute, ...], country: str | None) -> Fact:
    if not basis:
        return said("G3", Result.ABSENT, "The paper cites no law.")
    if wrong := impossible(basis):
        return said("G3", Result.CONTRADICTED, f"There is no {', no '.join(wrong)}.")
    if not laws:
        return said("G3", Result.NOT_CHECKED, "No law of our tables is cited; that is not to say it does not exist.")
    names = "; ".join(law.cite for law in laws)
    if country is None:
        return said("G3", Result.NOT_CHECKED, f"It cites {names}, and does not say of which State it is.")
    foreign = [law.cite for law in laws if country not in law.countries]
    if foreign:
        return said(
            "G3", Result.CONTRADICTED, f"It says it is of {country}; {'; '.join(foreign)} is not law of that State."
        )
    if all(law.ended for law in laws):
        return said("G3", Result.CONTRADICTED, f"Not in force on the day of receipt: {names}.")
    return said("G3", Result.CONFIRMED, f"{names}: law of {country}.")


def _gives(said: Said, demand: Demand, laws: tuple[Statute, ...]) -> Fact:
    asked = {item.category for item in demand.requested.items}
    if not asked:
        return said("G4", Result.ABSENT, "The paper asks for no data.")
    known = [law for law in laws if law.gives is not None]
    if not known or len(known) < len(laws):
        why = "The rules of its law pack test what it gives." if laws else "No law of our tables is cited."
        return said("G4", Result.NOT_CHECKED, why)
    wide = tuple(dict.fromkeys(each for law in known for each in law.gives or ()))
    beyond = [CATEGORIES[code].label for code in CATEGORIES if code in asked and not covers(wide, code)]
    names = "; ".join(law.cite for law in known)
    if beyond:
        return said("G4", Result.CONTRADICTED, f"{names} gives no {'; no '.join(beyond)}.")
    return said("G4", Result.CONFIRMED, f"{names} gives data of every kind it asks for.")
