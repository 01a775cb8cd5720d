"""Which past cases of the desk would come out otherwise under the law of another day?

Read only: no row is changed, and what is given back names cases, rules, categories, counts and moments, and nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection
from pydantic import ValidationError

from answerable.assess.checking import own_of
from answerable.assess.differing import Difference, Past, concerns, difference
from answerable.casefile.demand import Demand
from answerable.casefile.finding import Answered, Finding
from answerable.desk.models import Case
from answerable.desk.wiring import Desk
from answerable.law.register import Law


def differing_cases(
    desk: Desk, law: Law, *, days: tuple[date, date], on_case: Callable[[int, int], None] = lambda *_: None
) -> Iterator[Difference]:
    """Yield each past case that comes out otherwise on the second day, oldest first.

    `on_case` is told, after each, how many of how many were looked at. The connection takes no writing meanwhile.
    """
    own = (*own_of(law), *desk.own_laws)
    rows = Case.objects.exclude(demand=None).order_by("pk")
    if law.pack.title.instruments:
        rows = rows.filter(instrument__in=list(law.pack.title.instruments))
    with _reading_only():
        total = rows.count()
        for number, case in enumerate(rows.iterator(chunk_size=50), 1):
            found = _difference(desk, case, law, days=days, own=own)
            on_case(number, total)
            if found is not None:
                yield found


@contextmanager
def _reading_only() -> Iterator[None]:
    """Let the database itself refuse whatever would change a row."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        try:
            yield
        finally:
            cursor.execute("PRAGMA query_only = OFF")


def _difference(
    desk: Desk, case: Case, law: Law, *, days: tuple[date, date], own: tuple[Law, ...]
) -> Difference | None:
    """Return what differs in one case. A row that this version cannot read is named, and stops no other."""
    try:
        past = Past(
            case=case.reference,
            demand=Demand.model_validate(case.demand),
            authenticity=tuple(Finding.model_validate(each) for each in case.authenticity),
            answers=tuple(Answered.model_validate(each) for each in case.answers),
        )
    except ValidationError:
        return Difference(case=case.reference, stopped="this version cannot read the case")
    if not concerns(law, past.demand):
        return None
    return difference(past, *days, provider=desk.provider, own=own)
