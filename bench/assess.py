"""How fast is a demand put to the law, one and a hundred thousand, and how soon is a bulk one refused?

python bench/assess.py [--quick] [--demands N] [--people N]

The reference of a replay is reading the same form once more from its JSON: what any program that looks at it must do.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from multiprocessing import get_context

from measuring import line, measured, options, reach

from answerable.assess import assess
from answerable.assess.cases import assess_paper, load_table
from answerable.casefile.demand import Arrival, Demand, instrument_of
from answerable.casefile.finding import Finding
from answerable.casefile.parties import Provider
from answerable.intake import read

_AT = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
_TABLES = (
    "eu/e_evidence_regulation",
    "us/stored_communications_act",
    "eu/digital_services_act",
    "world/foreign_demand",
)


@lru_cache
def _prepared() -> tuple[tuple[bytes, Demand], ...]:
    made = []
    for name in _TABLES:
        content = json.dumps(load_table(name)["base"], default=str).encode()
        form = read(content).form
        arrival = Arrival(received_at=_AT, channel="file", media_type="application/json", sha512="0" * 128, size=1)
        made.append((content, Demand(instrument=instrument_of(form), form=form, arrival=arrival)))
    return tuple(made)


def replay(count: int) -> int:
    """Put `count` demands under four laws to their law, and return how many items may leave."""
    provider = Provider.model_validate_json(
        '{"name": "F", "addressee": "F", "addressee_kind": "designated_establishment", "member_state": "NL", "address": "K",'
        ' "email": "e", "contact_person": "p", "contact_post": "r", "languages": ["en"], "services": ["F"], "bound_by": ["US"],'
        ' "zone": "Europe/Amsterdam"}'
    )
    genuine = (Finding(rule="A", title="-", outcome="met", citation="-", fact="-", pack="-"),)
    leaves = 0
    for number in range(count):
        _, demand = _prepared()[number % len(_TABLES)]
        leaves += len(assess(demand, provider=provider, authenticity=genuine, at=_AT).permitted.items)
    return leaves


def reread(count: int) -> int:
    """Read the same forms from JSON as often."""
    return sum(len(str(read(_prepared()[number % len(_TABLES)][0]).media_type)) for number in range(count))


def _bulk(people: int) -> bytes:
    form = load_table("eu/e_evidence_regulation")["base"]
    first = form["E"]["evidence"][0] | {"boxes": ["a1"]}
    form["E"]["evidence"] = [first | {"value": f"sailor{number}@mail.example"} for number in range(people)]
    return json.dumps(form, default=str).encode()


def refuse_bulk(content: bytes) -> int:
    """Read a bulk demand, put it to the law, and return how many items may leave."""
    found, _ = assess_paper(read(content).form, content, provider={}, received_at=_AT, is_genuine=True)
    return len(found.permitted.items)


def only_parse(content: bytes) -> int:
    """Read the same bytes as plain JSON, and no more."""
    return len(json.loads(content))


def both_cores(work: Callable[[int], int], count: int) -> float:
    """Return how many seconds two processes take that do half of it each, their start left out."""
    with get_context("spawn").Pool(2) as pool:
        pool.map(work, [len(_TABLES)] * 2, chunksize=1)
        started = time.perf_counter()
        pool.map(work, [count // 2] * 2, chunksize=1)
        return time.perf_counter() - started


def main() -> None:
    """Print every figure."""
    size = options(__doc__, demands=(100_000, 8_000), people=(500_000, 500_000))
    ours, theirs = both_cores(replay, size.demands), both_cores(reread, size.demands)
    rate = size.demands / ours
    line("assess.replay", "demands/s", rate, size.demands / theirs, **reach(">= 2000 demands/s", rate >= 2000))
    one = measured(replay, 4, times=50)
    line("assess.one", "ms", one.seconds / 4 * 1000, **reach("< 10 ms", one.seconds / 4 < 0.01))
    for people in (21_510, size.people):
        content = _bulk(people)
        ours, theirs = measured(refuse_bulk, content), measured(only_parse, content)
        if ours.result:
            raise SystemExit("a bulk demand let something leave")
        line(
            f"assess.bulk_{people}",
            "s",
            ours.seconds,
            theirs.seconds,
            peak_mb=ours.peak_mb,
            **reach("< 1 s", ours.seconds < 1),
        )


if __name__ == "__main__":
    main()
