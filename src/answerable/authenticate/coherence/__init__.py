"""Does what the paper says agree with itself, with its law, with the directory and with what came before? Facts G1 to G10."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from answerable.authenticate.coherence.claims import Mail, Papers, Seal, papers_of
from answerable.authenticate.coherence.dates import date_facts
from answerable.authenticate.coherence.one_office import office_facts
from answerable.authenticate.coherence.repeats import Earlier, Trace, repeat_facts, trace
from answerable.authenticate.coherence.statutes import statute_facts
from answerable.authenticate.coherence.us_citations import citation_fact
from answerable.authenticate.directory.fact import writer
from answerable.casefile.demand import Demand
from answerable.casefile.directory import DirectoryRecord
from answerable.casefile.evidence import Fact

__all__ = ["Earlier", "Mail", "Papers", "Seal", "Trace", "coherence_facts", "papers_of", "trace"]


def coherence_facts(
    demand: Demand,
    *,
    papers: Papers,
    record: DirectoryRecord | None,
    earlier: Sequence[Earlier],
    courts: Collection[str] | None,
    at: datetime,
) -> tuple[Fact, ...]:
    """Return the facts G1 to G10 about a demand, as of the moment `at`.

    `papers` are its text and what its mail and verified seal say; `record` is the one record of the directory that fits;
    `earlier` are the demands that came before; `courts` are names of courts that are known, None where there is no list.
    """
    said = writer(at)
    return (
        *date_facts(said, demand),
        *statute_facts(said, demand),
        *office_facts(said, demand, papers, record),
        citation_fact(said, demand, papers.text, courts),
        *repeat_facts(said, papers.trace, papers.sender, earlier),
    )
