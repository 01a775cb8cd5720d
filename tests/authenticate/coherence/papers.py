"""What do the tests of coherence share? An American subpoena that is right in every respect, and what differs from it."""

from datetime import UTC, datetime

from answerable.casefile.demand import Arrival, Demand, instrument_of
from answerable.casefile.epoc import Epoc
from answerable.casefile.order import Order

RECEIVED = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
FIELDS = {
    "instrument": "us.sca.subpoena",
    "reference": "GJ-26-11",
    "requester": {
        "name": "United States Attorney", "country": "US", "kind": "prosecutor", "email": "a@usattorney.example",
        "tel": "+1 415 555 0100",
    },
    "issued_on": "2026-11-20",
    "legal_basis": "18 U.S.C. § 2703(c)(2)",
    "due": "2026-12-10T12:00:00Z",
    "asked": [{"kind": "user", "value": "mara.lind", "boxes": ["a1", "c.ii.4"]}],
}  # fmt: skip


def demand(received: datetime = RECEIVED, **changes) -> Demand:
    requester = FIELDS["requester"] | changes.pop("requester", {})
    return of(Order.model_validate(FIELDS | changes | {"requester": requester}), received)


def of(form: Order | Epoc, received: datetime = RECEIVED) -> Demand:
    arrival = Arrival(received_at=received, channel="email", media_type="application/json", sha512="0" * 128, size=1)
    return Demand(instrument=instrument_of(form), form=form, arrival=arrival)
