"""How are the provider's stores read? Read-only, streamed, counted before and after, and every reading written down."""

from answerable.adapters.sources.collecting import Collected, collect
from answerable.adapters.sources.opening import Sources, check_store, open_sources

__all__ = ["Collected", "Sources", "check_store", "collect", "open_sources"]
