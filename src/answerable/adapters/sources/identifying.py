"""Whom do the tokens of a package stand for? Its plan is read again, and each masked value put through the same key."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pyarrow as pa

from answerable.adapters.sources.masks import distinct_texts
from answerable.adapters.sources.opening import Sources
from answerable.adapters.sources.travelling import refuse_ambiguous, wanted
from answerable.collect.masking import token
from answerable.collect.plan import Plan, Step
from answerable.collect.sharing import shared_scans


def identify(plan: Plan, sources: Sources, *, masking_key: bytes, tokens: Collection[str]) -> dict[str, str]:
    """Return the values that these tokens stand for. One that the stores no longer hold is left out."""
    refuse_ambiguous(plan, sources)
    only_masked = plan.model_copy(update={"steps": tuple(_masked(plan))})
    found: dict[str, str] = {}
    for shared in shared_scans(wanted([only_masked], sources)[0]):
        for batch in sources.store(shared.store).read(shared.scan):
            for text in _values(batch, shared.scan.columns):
                made = token(masking_key, text)
                if made in tokens:
                    found[made] = text
    return found


def _masked(plan: Plan) -> Iterator[Step]:
    """Yield the steps in which others' values become tokens, with these columns alone."""
    for step in plan.steps:
        columns = tuple(column for column in step.columns if column.third_party == "token")
        if columns:
            yield step.model_copy(update={"columns": columns})


def _values(batch: pa.RecordBatch, columns: Collection[str]) -> set[str]:
    return {text for name in columns for text in distinct_texts(batch.column(name)) if text is not None}
