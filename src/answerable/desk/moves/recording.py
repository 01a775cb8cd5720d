"""How does what happened get written down, so that it can neither be hidden nor be told too early?

An event, its commitment and its place in the case's chain are one row, in the transaction of the move. `tick` closes an
epoch: pending events go to random slots among decoys, and one leaf goes to the tree. `publish` writes the tree; it is a
pure function of the rows, so it can be repeated after any crash.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Max

from answerable.adapters.keys import random_bytes
from answerable.adapters.log_files import publish_tree
from answerable.casefile.assessment import Assessment
from answerable.casefile.encoding import digest
from answerable.casefile.events import LOG_FIELDS, EventKind, log_fields
from answerable.casefile.events import Event as EventRecord
from answerable.casefile.route import State
from answerable.desk.jobs import enqueue
from answerable.desk.models import Account, Case, Checkpoint, Epoch, Event, Leaf, Slot
from answerable.desk.wiring import Desk
from answerable.errors import LogHalted
from answerable.public_log import leaves, slots
from answerable.public_log.note import Signer

_SEED = "event seed"
_DECOYS = "decoy seed"


def record(desk: Desk, case: Case, kind: EventKind, *, actor: Account | None, **facts: str) -> Event:
    """Append one event to the case. Call it inside the transaction of the move it tells of."""
    last = Event.objects.aggregate(Max("serial"))["serial__max"] or 0
    before = Event.objects.filter(case=case).order_by("serial").last()
    seed = random_bytes(32)
    happened = EventRecord(
        serial=last + 1,
        case=case.key,
        kind=kind,
        at=desk.now(),
        actor=actor.username if actor else "machine",
        actor_role=actor.role if actor else "machine",
        facts=facts,
        previous=before.root if before else "",
    )
    return Event.objects.create(
        serial=happened.serial,
        case=case,
        kind=kind.value,
        at=happened.at,
        actor=happened.actor,
        actor_role=happened.actor_role,
        facts=facts,
        previous=happened.previous,
        root=slots.event_root(log_fields(happened), seed).hex(),
        seed=desk.vault.seal(seed, name=f"{_SEED} {happened.serial}"),
    )


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


def tick(desk: Desk) -> Epoch:
    """Close an epoch over the pending events, publish the tree, and let what is now logged go on its way.

    At most one epoch's capacity of events; the rest waits for the next. An epoch without events looks the same.
    """
    with transaction.atomic():
        _first_leaf(desk)
        epoch = _close_epoch(desk)
    publish(desk)
    return epoch


def append_period(desk: Desk, leaf: leaves.Period) -> Leaf:
    """Append the leaf of one period's table and publish it. Refuses a second one for the same period."""
    with transaction.atomic():
        _first_leaf(desk)
        if any(isinstance(each, leaves.Period) and each.period == leaf.period for each in _leaves_said()):
            raise LogHalted(
                "log.period-twice",
                what=f"The table of {leaf.period} is in the log already.",
                why="A period is told once: a second telling would leave readers with two.",
                next_step="Correct it in the next period's report, and say there what was wrong.",
            )
        row = _append(leaf)
    publish(desk)
    return row


def publish(desk: Desk) -> Checkpoint | None:
    """Write the tree of all leaves and sign its head; nothing to do before the first leaf."""
    entries = [bytes(leaf.content) for leaf in Leaf.objects.order_by("index")]
    if not entries:
        return None
    text = publish_tree(desk.home.log, entries, signer=signer(desk))
    checkpoint, _ = Checkpoint.objects.get_or_create(
        size=len(entries), defaults={"text": text.decode(), "signed_at": desk.now()}
    )
    _let_go(desk)
    return checkpoint


def signer(desk: Desk) -> Signer:
    """Return the one signer of the log."""
    return Signer(name=desk.settings.origin, key=desk.log_key)


def is_logged(event: Event) -> bool:
    """Whether the event lies in an epoch under a published checkpoint."""
    slot = Slot.objects.filter(event=event).select_related("epoch").first()
    return slot is not None and Checkpoint.objects.filter(size__gt=slot.epoch.leaf_index).exists()


def event_seed(desk: Desk, event: Event) -> bytes:
    """Return the seed of the event's salts."""
    return desk.vault.unseal(bytes(event.seed), name=f"{_SEED} {event.serial}")


def slot_tree(desk: Desk, epoch: Epoch) -> tuple[bytes, ...]:
    """Return the 32-byte values of all slots of an epoch, decoys included, in order."""
    decoy_seed = desk.vault.unseal(bytes(epoch.decoy_seed), name=f"{_DECOYS} {epoch.number}")
    filled = {slot.position: bytes.fromhex(slot.event.root) for slot in epoch.slots.select_related("event")}
    return slots.with_decoys(filled, epoch.capacity, decoy_seed)


def _let_go(desk: Desk) -> None:
    """Queue the release of every sealed package that the published checkpoint now holds, not before the law allows."""
    for event in Event.objects.filter(kind=EventKind.SEALED.value, case__state=State.SEALED.value).select_related(
        "case"
    ):
        if is_logged(event):
            earliest = Assessment.model_validate(event.case.assessment).release_not_before
            enqueue(desk, "make available", event.case, due_at=max(desk.now(), earliest or desk.now()))


def _first_leaf(desk: Desk) -> None:
    if Leaf.objects.exists():
        return
    policy = leaves.Policy(
        origin=desk.settings.origin,
        verifier_keys=(signer(desk).verifier_key,),
        period_seconds=desk.settings.tick_seconds,
        slot_capacity=desk.settings.slot_capacity,
        longest_seal_days=5 * 365,
        fields_sha512=digest(list(LOG_FIELDS)),
        effective_epoch=1,
    )
    _append(policy)


def _append(leaf: leaves.Leaf) -> Leaf:
    return Leaf.objects.create(index=Leaf.objects.count(), content=leaves.render(leaf))


def _leaves_said() -> Iterator[leaves.Leaf]:
    return (leaves.parse(bytes(row.content)) for row in Leaf.objects.order_by("index"))


def _close_epoch(desk: Desk) -> Epoch:
    capacity = desk.settings.slot_capacity
    number = (Epoch.objects.aggregate(Max("number"))["number__max"] or 0) + 1
    pending = list(Event.objects.filter(slot__isnull=True).order_by("serial")[:capacity])
    decoy_seed = random_bytes(32)
    positions = slots.positions(len(pending), capacity, random_bytes(32))
    tree = slots.with_decoys(
        {place: bytes.fromhex(event.root) for place, event in zip(positions, pending, strict=True)},
        capacity,
        decoy_seed,
    )
    epoch = Epoch.objects.create(
        number=number,
        capacity=capacity,
        decoy_seed=desk.vault.seal(decoy_seed, name=f"{_DECOYS} {number}"),
        leaf_index=Leaf.objects.count(),
        closed_at=desk.now(),
    )
    Slot.objects.bulk_create(
        Slot(event=event, epoch=epoch, position=place) for place, event in zip(positions, pending, strict=True)
    )
    leaf = leaves.Epoch(
        number=number,
        slot_count=capacity,
        slot_root=slots.slot_root(tree),
        decoy_commitment=slots.decoy_commitment(decoy_seed),
    )
    _append(leaf)
    return epoch
