"""What do the tests of letters share? A matter made from the base demand of any law, changed as a test wants it."""

from copy import deepcopy
from datetime import UTC, datetime

from answerable.assess import assess, notice_rule
from answerable.assess.cases import _PROVIDER, _set, load_table
from answerable.casefile.answer import Package
from answerable.casefile.decision import Decision, DecisionKind
from answerable.casefile.demand import Arrival, Demand
from answerable.casefile.effect import Effect
from answerable.casefile.epoc import Epoc
from answerable.casefile.finding import Finding
from answerable.casefile.granting import grantable
from answerable.casefile.order import Order
from answerable.casefile.parties import Provider
from answerable.casefile.scope import Scope
from answerable.casefile.supplied import Supplied
from answerable.decide.letters import Matter

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
PACKS = {
    "eu.epoc": "eu/e_evidence_regulation",
    "eu.dsa": "eu/digital_services_act",
    "eu.tco": "eu/terrorist_content_regulation",
    "eu.domestic": "eu/domestic_order",
    "us": "us/stored_communications_act",
    "uk.ipa": "uk/investigatory_powers",
    "uk.pace": "uk/police_and_criminal_evidence",
    "uk.copo": "uk/overseas_production_orders",
    "uk.voluntary": "uk/data_protection",
    "int": "world/foreign_demand",
    "coe": "coe/second_additional_protocol",
}


def _base(table, instrument):
    parts = [table["base"], table.get("follow_ups", {}).get("base", {})]
    follows = instrument.startswith("eu.epoc_pr.")
    base = next((each for each in parts if each.get("instrument", "eu.epoc") == instrument), parts[1 if follows else 0])
    plain = deepcopy(dict(base))
    if "instrument" in plain:
        plain["instrument"] = instrument
    return plain


def make(instrument, kind, given=None, *, effect="", reviewed_by=None, supplied=None, **provider) -> Matter:
    """Return the matter of the base demand of the instrument's law, with the changes `given`, decided as `kind`.

    `effect` is the measure that was taken on every item that was granted.
    """
    kind = DecisionKind(kind)
    table = load_table(next(pack for prefix, pack in PACKS.items() if instrument.startswith(prefix)))
    plain = _base(table, instrument)
    for path, value in (given or {}).items():
        _set(plain, path.split("."), value)
    form = Order.model_validate(plain) if plain.get("form") == "order" else Epoc.model_validate(plain)
    arrival = Arrival(received_at=NOW, channel="file", media_type="application/json", sha512="0" * 128, size=1)
    demand = Demand(instrument=instrument, form=form, arrival=arrival)
    whole = Provider.model_validate(_PROVIDER | table.get("provider", {}) | provider)
    fact = Finding(rule="A1", title="Signed", outcome="met", citation="x", fact="x", pack="test")
    beside = Supplied.model_validate(supplied or {})
    found = assess(demand, provider=whole, authenticity=(fact,), at=NOW, supplied=beside)
    found = found.model_copy(update={"reviewed_by": reviewed_by})
    decision = Decision(
        case="HF-2026-000001",
        version=1,
        kind=kind,
        reason="Two people read it and found this.",
        permitted=found.permitted if kind.discloses else Scope(),
        withheld=found.not_preservable if found.purpose == "preservation" else found.withheld,
        granted=grantable(demand, found) if kind.acts else (),
        annex_iii=tuple({box for each in found.findings if each.outcome == "not met" for box in each.annex_iii}),
        demand_sha512="0" * 128,
        pack=found.pack,
        prepared_by="mara",
        prepared_at=NOW,
    )
    return Matter(
        decision=decision,
        demand=demand,
        provider=whole,
        assessment=found,
        notice=notice_rule(demand, provider=whole),
        package=_PACKAGE if kind.discloses else None,
        effects=tuple(
            Effect(
                item=item, measure=effect, at=NOW, by="ines-at-the-desk", note="As found.", statement=decision.statement
            )
            for item in (decision.granted if effect else ())
        ),
        supplied=beside,
        at=NOW,
    )


_PACKAGE = Package(
    case="HF-2026-000001",
    name="HF-2026-000001.tar.age",
    size=1,
    sha512="a" * 128,
    manifest_sha512="b" * 128,
    recipient="age1" + "q" * 58,
    records=12,
    sealed_at=NOW,
)

CONFLICT = {
    "country": "US",
    "law": "Stored Communications Act, 18 USC 2702",
    "provision": "18 USC 2702(a) forbids a provider to divulge contents but as its exceptions allow.",
    "interest": "fundamental rights",
    "interest_specified": "Privacy of communications",
    "why_applies": "The servers and the company that runs them are in California.",
    "why_conflicts": "None of the exceptions names an order of a Member State.",
    "link": "The parent company is established in California and runs the service.",
    "consequences": "Civil action of the person under 18 USC 2707.",
    "reach": ["traffic"],
}
REQUIRED = {
    "authority": "Rechtbank Voorbeeld",
    "file_no": "HA 27/12",
    "required_at": "2027-01-11T09:00:00Z",
    "object_by": "2027-01-18T16:00:00Z",
    "names_objection": True,
    "names_penalties": True,
}
