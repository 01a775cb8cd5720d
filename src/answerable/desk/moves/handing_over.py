"""Which demands did an access point hand over? Each message is taken in whole and once, or set aside with the reason.

This is the one way by which a demand can be said to have come through a State's own system. The gateway's folder is only
read; what is set aside stays there, and is looked at again once anything of it or of our settings changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from answerable.adapters.access_point import AccessPointSettings, Handed, Seen, messages_in, take
from answerable.casefile.handover import Handover
from answerable.desk.jobs import as_row, unexpected
from answerable.desk.models import Case, HandedOver
from answerable.desk.moves.papers import keep, read
from answerable.desk.moves.receiving import take_in
from answerable.desk.wiring import Desk
from answerable.errors import AnswerableError, MalformedDemand

_MIB = 1024 * 1024


def take_handed_over(desk: Desk) -> Iterator[str]:
    """Take in what the access point laid down since, and yield what became of each message. Nothing where none is named.

    A message at which the desk itself stumbles holds up no other; the first such fault is raised at the end.
    """
    settings = desk.settings.state_system
    if settings is None:
        return
    folder = desk.home.folder / settings.folder
    taken = frozenset(HandedOver.objects.filter(case__isnull=False).values_list("place", flat=True))
    aside = dict(HandedOver.objects.filter(case=None).values_list("place", "print"))
    gone = set(aside)
    stumbled: list[AnswerableError] = []
    for seen in messages_in(folder, settings, taken=taken):
        gone.discard(seen.place)
        if aside.get(seen.place) == seen.print:
            continue
        try:
            said = _take_one(desk, folder, seen, settings)
        except Exception as fault:
            stumbled.append(fault if isinstance(fault, AnswerableError) else unexpected("handed over", fault))
        else:
            yield from (said,) if said else ()
    for place in gone:
        HandedOver.objects.filter(place=place, case=None).delete()
    if stumbled:
        raise stumbled[0]


def how_it_came(desk: Desk, case: Case) -> tuple[Handover, bytes] | None:
    """Return how a State's own system handed a case's paper over, and what the access point wrote; None for any other way."""
    row = case.handed_over.select_related("metadata").first() if case.channel == "state system" else None
    if row is None or row.metadata is None:
        return None
    return Handover.model_validate(row.record), read(desk, row.metadata)


def _take_one(desk: Desk, folder: Path, seen: Seen, settings: AccessPointSettings) -> str:
    largest = desk.settings.papers.largest * _MIB
    try:
        handed = take(folder, seen.place, settings, largest=largest, now=desk.now())
        if handed is None:
            return ""
        _refuse_repeated(handed)
    except MalformedDemand as fault:
        HandedOver.objects.update_or_create(
            place=seen.place, defaults={"print": seen.print, "seen_at": desk.now(), "error": as_row(fault)}
        )
        return f"set aside: {fault.code}"
    return _taken(desk, seen, handed).reference


def _taken(desk: Desk, seen: Seen, handed: Handed) -> Case:
    """Keep all of a message, then open its case with the row that says so: after a crash both are there, or neither."""
    metadata = keep(desk, handed.metadata, media_type="application/xml")
    others = [keep(desk, each, media_type="application/octet-stream").sha512 for each in handed.others]

    def note(case: Case) -> None:
        said = {
            "print": seen.print,
            "seen_at": desk.now(),
            "message_id": handed.handover.message_id,
            "case": case,
            "record": handed.handover.model_dump(mode="json"),
            "metadata": metadata,
            "payloads": others,
            "error": None,
        }
        with transaction.atomic():
            HandedOver.objects.update_or_create(place=seen.place, defaults=said)

    return take_in(desk, handed.paper, channel="state system", at=handed.handover.at, beside=note)


def _refuse_repeated(handed: Handed) -> None:
    first = HandedOver.objects.filter(message_id=handed.handover.message_id).first()
    if first is not None:
        raise MalformedDemand(
            "intake.message-repeated",
            what="A message was handed over a second time under the same id.",
            why=f"It was taken in from {first.place} as {first.case.reference}.",
            next_step="Compare the two. Where they differ, ask whoever runs the gateway how that can be.",
        )
