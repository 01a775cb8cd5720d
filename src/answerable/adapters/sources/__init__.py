"""How are the provider's stores read? Read-only, streamed, counted before and after, and every reading written down."""

from answerable.adapters.sources.collecting import Collected, collect, collect_together, count, refuse_unanswerable
from answerable.adapters.sources.identifying import identify
from answerable.adapters.sources.opening import Sources, check_store, open_sources
from answerable.adapters.sources.watching import Progress, Watch

__all__ = [
    "Collected",
    "Progress",
    "Sources",
    "Watch",
    "check_store",
    "collect",
    "collect_together",
    "count",
    "identify",
    "open_sources",
    "refuse_unanswerable",
]
