"""How does what the rows say reach the public, under one signature that nothing contradicts?

1  one signer: a lock on the desk's folder
2  the rows, the tiles and the last checkpoint agree, or the log is halted
3  new entries, tiles and openings are written, made durable and read back
4  the head is signed into a row, if the row before it is still the newest
5  the witnesses are asked
6  the checkpoint is swapped for the one that was there

Whatever a crash leaves undone is done by the next call.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from answerable.adapters.log_files import add_entries, published_head, refuse_contradiction
from answerable.adapters.log_stores import LocalStore, halted
from answerable.adapters.witness_client import ask_witnesses
from answerable.casefile.assessment import Assessment
from answerable.casefile.events import EventKind
from answerable.casefile.route import State
from answerable.desk.jobs import enqueue
from answerable.desk.models import Case, Checkpoint, Event, Leaf, OpenedBundle
from answerable.desk.moves.recording import is_logged, may_leave
from answerable.desk.wiring import Desk
from answerable.errors import VerificationFailed
from answerable.public_log import bundles, checkpoint, merkle, note
from answerable.public_log.growing import Edge, read_edge


def publish(desk: Desk, *, whole: bool = False) -> Checkpoint | None:
    """Bring the published tree up to the rows and sign its head; nothing to do before the first leaf.

    `whole` derives every file again and compares it with what is there, which is what the worker does when it starts.
    """
    with _only_signer(desk):  # 1
        if not Leaf.objects.exists():
            return None
        refuse_restored(desk)
        store = LocalStore(desk.home.log)
        store.clear_unfinished()
        last = Checkpoint.objects.order_by("size").last()
        edge = _edge(desk, store, last, whole=whole)  # 2
        rows = list(Leaf.objects.filter(index__gte=edge.size).order_by("index"))
        entries = [_sound(row) for row in rows]
        grown = add_entries(store, edge, entries, beside=_beside(desk, since=edge.size))  # 3
        newest = _signed(desk, grown, last)  # 4
        witnessed(desk, newest)  # 5
        _place(desk, store, newest)  # 6
    _let_go(desk)
    return newest


def witnessed(desk: Desk, row: Checkpoint) -> bool:
    """Ask the witnesses of the policy that have not cosigned yet, and return whether the quorum is reached."""
    if row.witnessed_at is not None:
        return True
    signed = (row.cosigned or row.text).encode()
    signed = ask_witnesses(desk.quorum, signed, _hashes())
    row.cosigned = signed.decode()
    row.witnessed_at = desk.now() if desk.quorum.holds(signed) else None
    row.save(update_fields=["cosigned", "witnessed_at"])
    return row.witnessed_at is not None


def receipt_parts(desk: Desk) -> tuple[list[bytes], bytes]:
    """Return the leaf hashes under the newest good checkpoint, and that checkpoint as receipts carry it.

    The line of ML-DSA-44 is left out: it alone is larger than a receipt may be, and the published checkpoint has it.
    """
    row = Checkpoint.objects.filter(witnessed_at__isnull=False).order_by("size").last()
    signed = note.only((row.cosigned or row.text).encode(), (desk.signer.verifier, *desk.quorum.verifiers))
    return _hashes()[: row.size], signed


def refuse_restored(desk: Desk) -> None:
    """Halt a desk that was restored, until the witnesses' sizes agree or somebody says that it is the newest."""
    if (desk.home.folder / "restored").exists():
        raise halted(
            "log.restored", "This desk was brought back from a backup, and nobody has said that it is the newest."
        )


def _edge(desk: Desk, store: LocalStore, last: Checkpoint | None, *, whole: bool) -> Edge:
    """Return the right edge to go on from. Halts where rows, tiles and checkpoints do not tell the same."""
    head = published_head(store, desk.signer)
    signed = _head_of(desk, last) if last else None
    if head is not None and (signed is None or head.size > signed.size):
        refuse_contradiction(head, _hashes())  # a checkpoint that outlived its row, or an older database
    if whole or signed is None or head is None:
        for each in filter(None, (head, signed)):
            refuse_contradiction(each, _hashes())
        return Edge()
    edge = read_edge(store.read, signed.size)
    kept = Leaf.objects.filter(index__gte=edge.size - len(edge.entries), index__lt=edge.size).order_by("index")
    if edge.root() != signed.root or [_sound(row) for row in kept] != list(edge.entries):
        raise halted("log.would-fork", "The right edge of the published tree is not that of the last signed head.")
    return edge


def _signed(desk: Desk, edge: Edge, last: Checkpoint | None) -> Checkpoint:
    """Return the row of the signed head: the one that is there, or a new one if the newest is still `last`."""
    if last is not None and last.size == edge.size:
        return last
    text = checkpoint.render(checkpoint.TreeHead(desk.signer.name, edge.size, edge.root()))
    with transaction.atomic():
        newest = Checkpoint.objects.order_by("size").last()
        if newest != last or (last is not None and last.size > edge.size):
            raise halted("log.two-signers", "Another process signed a head of this log in the meantime.")
        return Checkpoint.objects.create(
            size=edge.size,
            text=desk.signer.sign(text).decode(),
            signed_at=desk.now(),
            witnessed_at=desk.now() if desk.quorum.asks_nobody else None,
        )


def _place(desk: Desk, store: LocalStore, row: Checkpoint) -> None:
    content, before = (row.cosigned or row.text).encode(), store.read("checkpoint")
    if content != before:
        store.swap("checkpoint", content, before=before)


def _head_of(desk: Desk, row: Checkpoint) -> checkpoint.TreeHead:
    try:
        head = checkpoint.parse(note.open_note(row.text.encode(), desk.signer.verifier))
    except VerificationFailed as fault:
        raise halted(
            "log.checkpoint-unreadable", f"The row of checkpoint {row.size} is not one this key signed."
        ) from fault
    if head.size != row.size:
        raise halted("log.checkpoint-unreadable", f"The row of checkpoint {row.size} holds another one.")
    return head


def _sound(row: Leaf) -> bytes:
    """Return the text of a leaf row. Halts where it does not hash to what it did when it was written."""
    content = bytes(row.content)
    if row.hash is None or merkle.leaf_hash(content) != bytes(row.hash):
        raise halted(
            "log.row-differs", f"The row of leaf {row.index} does not hash to what it did when it was written."
        )
    return content


def _hashes() -> list[bytes]:
    return [merkle.leaf_hash(_sound(row)) for row in Leaf.objects.order_by("index")]


def _beside(desk: Desk, *, since: int) -> Iterator[tuple[str, bytes]]:
    yield "vkey", desk.signer.verifier_key.encode() + b"\n"
    for row in OpenedBundle.objects.filter(leaf__index__gte=since):
        yield bundles.path(row.leaf_id, row.number), bytes(row.content)


def _let_go(desk: Desk) -> None:
    """Queue the release of every sealed package that may leave as far as the log goes, not before the law allows."""
    sealed = Event.objects.filter(kind=EventKind.SEALED.value, case__state=State.SEALED.value)
    for event in sealed.select_related("case"):
        if may_leave(event):
            let_go(desk, event.case)
    ahead = Event.objects.filter(kind=EventKind.SEALED.value, case__is_emergency=True, slot__isnull=False)
    for event in ahead.exclude(case__job__kind="receipt").select_related("case"):
        if is_logged(event):
            enqueue(desk, "receipt", event.case)


def let_go(desk: Desk, case: Case) -> None:
    """Queue the release of a sealed package, not before the law allows."""
    earliest = Assessment.model_validate(case.assessment).release_not_before
    enqueue(desk, "make available", case, due_at=max(desk.now(), earliest or desk.now()))


@contextmanager
def _only_signer(desk: Desk) -> Iterator[None]:
    """Hold the signer's lock: pages, worker and command line may all want to publish."""
    with (desk.home.folder / "signer.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
