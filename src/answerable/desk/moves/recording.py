"""How does what happened get written down, so that it can neither be hidden nor be told too early?

An event, its commitment and its place in the case's chain are one row, in the transaction of the move. `tick` closes an
epoch: pending events go to random slots among decoys, what is due is opened, and the leaves go to the tree. What is
published is a pure function of the rows, so `publishing.publish` can be repeated after any crash.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import Max

from answerable.adapters.keys import random_bytes
from answerable.casefile.encoding import digest
from answerable.casefile.events import LOG_FIELDS, EventKind, log_fields
from answerable.casefile.events import Event as EventRecord
from answerable.desk.models import Account, Case, Checkpoint, Epoch, Event, Leaf, Slot
from answerable.desk.wiring import Desk
from answerable.errors import LogHalted
from answerable.public_log import leaves, merkle, slots

_SEED = "event seed"
_DECOYS = "decoy seed"
_RESERVE = "reserve seed"
# One statement, because an event is on everybody's way: either half is one step down an index, whose end is the last event.
_LAST = (
    "SELECT (SELECT MAX(serial) FROM desk_event),"
    " (SELECT root FROM desk_event WHERE case_id = %s ORDER BY serial DESC LIMIT 1)"
)
# By hand, because the framework takes as long to make this statement as the database to carry it out.
_NEXT = (
    "INSERT INTO desk_event (serial, case_id, kind, at, actor, actor_role, facts, previous, root, seed)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def record(desk: Desk, case: Case, kind: EventKind, *, actor: Account | None, **facts: str) -> None:
    """Append one event to the case. Call it inside the transaction of the move it tells of."""
    with connection.cursor() as cursor:
        last, previous = cursor.execute(_LAST, [case.pk]).fetchone()
        happened = EventRecord(
            serial=(last or 0) + 1,
            case=case.key,
            kind=kind,
            at=desk.now(),
            actor=actor.username if actor else "machine",
            actor_role=actor.role if actor else "machine",
            facts=facts,
            previous=previous or "",
        )
        seed = random_bytes(32)
        root = slots.event_root(log_fields(happened), seed).hex()
        sealed = desk.vault.seal(seed, name=f"{_SEED} {happened.serial}")
        cursor.execute(_NEXT, (*_as_stored(happened, case), root, sealed))


def _as_stored(event: EventRecord, case: Case) -> tuple[object, ...]:
    at = connection.ops.adapt_datetimefield_value(event.at)
    actor, facts = (event.actor, event.actor_role), json.dumps(event.facts)
    return event.serial, case.pk, event.kind.value, at, *actor, facts, event.previous


def as_record(event: Event) -> EventRecord:
    """Return the event as the record that its root commits to."""
    return EventRecord(
        serial=event.serial,
        case=event.case.key,
        kind=EventKind(event.kind),
        at=event.at,
        actor=event.actor,
        actor_role=event.actor_role,
        facts=event.facts,
        previous=event.previous,
    )


def append_period(desk: Desk, leaf: leaves.Period) -> Leaf:
    """Append the leaf of one period's table; the next tick publishes it. Refuses a second one for the same period."""
    with transaction.atomic():
        _policy(desk)
        if any(isinstance(each, leaves.Period) and each.period == leaf.period for each in _leaves_said()):
            raise LogHalted(
                "log.period-twice",
                what=f"The table of {leaf.period} is in the log already.",
                why="A period is told once: a second telling would leave readers with two.",
                next_step="Correct it in the next period's report, and say there what was wrong.",
            )
        return append_leaf(leaf)


def append_leaf(leaf: leaves.Leaf) -> Leaf:
    """Append a leaf, with its hash beside it."""
    content = leaves.render(leaf)
    return Leaf.objects.create(index=Leaf.objects.count(), content=content, hash=merkle.leaf_hash(content))


def close_epoch(desk: Desk) -> Epoch:
    """Close an epoch over the pending events, and append its leaf; a changed policy before it.

    At most one epoch's capacity of events; the rest waits for the next. An epoch without events looks the same.
    """
    number = (Epoch.objects.aggregate(Max("number"))["number__max"] or 0) + 1
    policy = _policy(desk)
    capacity, reserved = policy.slot_capacity, policy.reserved_slots or 0
    seeds = {name: random_bytes(32) for name in (_DECOYS, _RESERVE)}
    placed = _placed(desk, capacity, slots.positions(capacity, capacity, random_bytes(32)), reserved=reserved)
    epoch = Epoch.objects.create(
        number=number,
        capacity=capacity,
        decoy_seed=desk.vault.seal(seeds[_DECOYS], name=f"{_DECOYS} {number}"),
        reserved=reserved,
        reserve_seed=desk.vault.seal(seeds[_RESERVE], name=f"{_RESERVE} {number}") if reserved else None,
        leaf_index=Leaf.objects.count(),
        closed_at=desk.now(),
    )
    Slot.objects.bulk_create(Slot(event=event, epoch=epoch, position=place) for place, event in placed.items())
    leaf = leaves.Epoch(
        number=number,
        slot_count=capacity,
        slot_root=slots.slot_root(slot_tree(desk, epoch)),
        decoy_commitment=slots.decoy_commitment(seeds[_DECOYS]),
    )
    append_leaf(leaf)
    return epoch


def is_logged(event: Event) -> bool:
    """Whether the event lies in an epoch under a signed checkpoint that has the witnesses which the policy asks for."""
    slot = Slot.objects.filter(event=event).select_related("epoch").first()
    good = Checkpoint.objects.filter(witnessed_at__isnull=False)
    return slot is not None and good.filter(size__gt=slot.epoch.leaf_index).exists()


def may_leave(event: Event) -> bool:
    """Whether the package that this event tells of may leave as far as the log goes.

    In an emergency the durable row is enough: hours count, and the log has to hold it within a day.
    """
    return event.case.is_emergency or is_logged(event)


def event_seed(desk: Desk, event: Event) -> bytes:
    """Return the seed of the event's salts."""
    return desk.vault.unseal(bytes(event.seed), name=f"{_SEED} {event.serial}")


def decoy_seed(desk: Desk, epoch: Epoch) -> bytes:
    """Return the seed of the epoch's decoys."""
    return desk.vault.unseal(bytes(epoch.decoy_seed), name=f"{_DECOYS} {epoch.number}")


def slot_tree(desk: Desk, epoch: Epoch) -> tuple[bytes, ...]:
    """Return the 32-byte values of all slots of an epoch, decoys included, in order."""
    filled = {slot.position: bytes.fromhex(slot.event.root) for slot in epoch.slots.select_related("event")}
    return slots.with_decoys(closed_slots(desk, epoch) | filled, epoch.capacity, decoy_seed(desk, epoch))


def closed_slots(desk: Desk, epoch: Epoch) -> dict[int, bytes]:
    """Return position and value of each slot that stays closed for good: a banded event, or a decoy that is never told."""
    if not epoch.reserved:
        return {}
    seed = desk.vault.unseal(bytes(epoch.reserve_seed), name=f"{_RESERVE} {epoch.number}")
    held = {slot.position: slot.event for slot in epoch.slots.select_related("event__case")}
    banded = {place: bytes.fromhex(event.root) for place, event in held.items() if is_banded(desk, event)}
    free = [place for place in slots.positions(epoch.capacity, epoch.capacity, seed) if place not in held]
    return banded | {place: slots.decoy(seed, place) for place in free[: epoch.reserved - len(banded)]}


def policies() -> list[leaves.Policy]:
    """Return every policy the log told, in order."""
    return [leaf for leaf in _leaves_said() if isinstance(leaf, leaves.Policy)]


def is_banded(desk: Desk, event: Event) -> bool:
    """Whether law lets us tell of this event's demand in bands alone."""
    return event.case.instrument in desk.settings.banded_instruments


def _placed(desk: Desk, capacity: int, order: tuple[int, ...], *, reserved: int) -> dict[int, Event]:
    """Return the pending events by the slot that each takes: the banded in as many as are reserved, the rest in the rest."""
    pending = Event.objects.filter(slot__isnull=True).select_related("case").order_by("serial")
    named = desk.settings.banded_instruments
    banded = pending.filter(case__instrument__in=named)[:reserved]
    others = pending.exclude(case__instrument__in=named)[: capacity - reserved]
    return dict(zip(order, [*banded, *others], strict=False))


def _policy(desk: Desk) -> leaves.Policy:
    """Return the policy in effect for the next epoch; where the settings changed, a new one is appended for the one after."""
    told = policies()
    number = (Epoch.objects.aggregate(Max("number"))["number__max"] or 0) + 1
    wanted = _wanted_policy(desk, effective_epoch=number + 1 if told else 1)
    if not told or told[-1].model_copy(update={"effective_epoch": wanted.effective_epoch}) != wanted:
        append_leaf(wanted)
        told.append(wanted)
    return next(policy for policy in reversed(told) if policy.effective_epoch <= number)


def _wanted_policy(desk: Desk, *, effective_epoch: int) -> leaves.Policy:
    return leaves.Policy(
        origin=desk.settings.origin,
        verifier_keys=tuple(each.line for each in desk.signer.verifiers),
        period_seconds=desk.settings.tick_seconds,
        slot_capacity=desk.settings.slot_capacity,
        longest_seal_days=desk.settings.longest_seal_days,
        fields_sha512=digest(list(LOG_FIELDS)),
        effective_epoch=effective_epoch,
        reserved_slots=desk.settings.reserved_slots or None,
        quorum_sha512=desk.quorum_sha512,
    )


def _leaves_said() -> Iterator[leaves.Leaf]:
    return (leaves.parse(bytes(row.content)) for row in Leaf.objects.order_by("index"))
