"""How are the provider's stores read? Read-only, streamed, counted before and after, and every reading written down."""

from answerable.adapters.sources.collecting import Collected, collect, collect_together, count, refuse_unanswerable
from answerable.adapters.sources.facts import read_facts, store_facts, whose
from answerable.adapters.sources.identifying import identify
from answerable.adapters.sources.opening import Sources, open_sources
from answerable.adapters.sources.person import PersonStore
from answerable.adapters.sources.watching import Progress, Watch

__all__ = [
    "Collected",
    "PersonStore",
    "Progress",
    "Sources",
    "Watch",
    "collect",
    "collect_together",
    "count",
    "identify",
    "open_sources",
    "read_facts",
    "refuse_unanswerable",
    "store_facts",
    "whose",
]
