"""When does what was sealed become public? At a tick, and then for good.

Two people want an event opened, whole or in part; or an epoch's longest seal is over, and every slot of it is opened or
shown to be a decoy. What law limits to bands stays closed among as many decoys as the policy reserves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from answerable.casefile.events import LOG_FIELDS, log_fields
from answerable.desk.models import Account, Epoch, EpochOpened, Event, OpenedBundle, OpeningWish
from answerable.desk.moves.casefiles import refuse_unless_reviewer
from answerable.desk.moves.recording import (
    append_leaf,
    as_record,
    closed_slots,
    decoy_seed,
    event_seed,
    is_banded,
    policies,
    slot_tree,
)
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused
from answerable.public_log import bundles, leaves, merkle, receipt, slots


def want_opened(
    desk: Desk, event: Event, *, names: Iterable[str] | None, by: Account, seconded_by: Account
) -> OpeningWish:
    """Put down that two people want an event opened at the next tick: the fields of these names, or all of it."""
    for each in (by, seconded_by):
        refuse_unless_reviewer(each)
    if by == seconded_by:
        raise _refused("open.one-person", "What was sealed is opened by two people.", "Name another reviewer.")
    if is_banded(desk, event):
        raise _refused("open.banded", "Law lets us tell of this demand in bands alone.", "Leave it closed.")
    positions = None if names is None else sorted(LOG_FIELDS.index(name) for name in names)
    return OpeningWish.objects.create(event=event, positions=positions, by=by, seconded_by=seconded_by, at=desk.now())


def open_due(desk: Desk, newest: Epoch) -> int:
    """Open what two people wanted and what the longest seal no longer covers, in one leaf; return how many bundles.

    A wish for what law has since come to limit to bands waits for as long as it does.
    """
    wanted = OpeningWish.objects.filter(done_at=None, event__slot__isnull=False).select_related("event__slot__epoch")
    wishes = [wish for wish in wanted if not is_banded(desk, wish.event)]
    due = list(due_epochs(newest.number))
    files = [bundles.render(bundle) for bundle in _bundles(desk, wishes, due)]
    if not files:
        return 0
    leaf = append_leaf(leaves.Opening(bundles=len(files), root=bundles.root_of(files)))
    OpenedBundle.objects.bulk_create(
        OpenedBundle(leaf=leaf, number=number, content=content) for number, content in enumerate(files)
    )
    EpochOpened.objects.bulk_create(EpochOpened(epoch=epoch, leaf=leaf) for epoch in due)
    OpeningWish.objects.filter(pk__in=[wish.pk for wish in wishes]).update(done_at=desk.now())
    return len(files)


def due_epochs(newest: int) -> Iterator[Epoch]:
    """Yield the epochs whose longest seal is over once epoch `newest` is closed, and that are not opened yet."""
    told = policies()
    ends = [policy.effective_epoch for policy in told[1:]] + [newest + 1]
    for policy, end in zip(told, ends, strict=True):
        seal = policy.longest_seal_days * 86_400 // policy.period_seconds
        last = min(end - 1, newest - seal)
        yield from Epoch.objects.filter(
            number__gte=policy.effective_epoch, number__lte=last, epochopened__isnull=True
        ).order_by("number")


def _bundles(desk: Desk, wishes: list[OpeningWish], due: list[Epoch]) -> Iterator[bundles.Bundle]:
    for wish in wishes:
        yield _event(desk, wish.event) if wish.positions is None else _part(desk, wish.event, wish.positions)
    for epoch in due:
        for slot in epoch.slots.select_related("event__case").order_by("position"):
            if not is_banded(desk, slot.event):
                yield _event(desk, slot.event)
        closed = tuple(sorted(closed_slots(desk, epoch).items()))
        yield bundles.DecoyBundle(epoch=epoch.number, seed=decoy_seed(desk, epoch), closed=closed)


def _event(desk: Desk, event: Event) -> bundles.EventBundle:
    tree, slot = slot_tree(desk, event.slot.epoch), event.slot
    return bundles.EventBundle(
        epoch=slot.epoch_id,
        slot=slot.position,
        seed=event_seed(desk, event),
        fields=tuple(map(slots.normal, log_fields(as_record(event)))),
        proof=merkle.prove_inclusion(slots.slot_leaves(tree), slot.position),
    )


def _part(desk: Desk, event: Event, positions: list[int]) -> bundles.PartBundle:
    return bundles.part(opening_of(desk, event, positions))


def opening_of(desk: Desk, event: Event, positions: Iterable[int]) -> receipt.Opening:
    """Return the opening of an event that lies in an epoch, showing these positions."""
    epoch, seed = event.slot.epoch, decoy_seed(desk, event.slot.epoch)
    return receipt.Opening.of(
        log_fields(as_record(event)),
        event_seed(desk, event),
        shown=tuple(positions),
        tree=slot_tree(desk, epoch),
        at=(epoch.number, event.slot.position),
        decoy_commitment=slots.decoy_commitment(seed),
    )


def _refused(code: str, what: str, next_step: str) -> MoveRefused:
    return MoveRefused(
        code, what=what, why="What is opened once stays open to everybody, for good.", next_step=next_step
    )
