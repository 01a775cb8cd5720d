"""What do a tick, a proof and a check of the whole log cost, beside the naive way and beside hashing alone?

python bench/log.py [--quick] [--entries N] [--ticks N] [--events N] [--batches N]
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Mapping
from functools import lru_cache, partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from measuring import line, measured, options, reach, with_children_mb

from answerable.adapters.at_once import at_once
from answerable.adapters.log_files import add_entries, publish_tree
from answerable.adapters.log_stores import Files, LocalStore
from answerable.casefile.events import LOG_FIELDS, EventKind
from answerable.public_log import checkpoint, leaves, merkle, note, receipt, slots, tiles
from answerable.public_log.growing import Edge, read_edge
from answerable.verify.log import verify_log
from answerable.verify.receipt import verify_receipt_offline
from answerable.verify.tree import Each, verify_tree

_SIGNER = note.Signer("log.example/bench", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
_WITNESS = note.Cosigner("witness.example/bench", _SIGNER.key, MLDSA44PrivateKey.from_seed_bytes(bytes(32)))
_CAPACITY, _SHOWN = 256, (3, 4, 16, 17, 18, 19)
_ENTRY, _BATCH = 200, 4096


@lru_cache(maxsize=2)
def entries(count: int) -> list[bytes]:
    """Return a policy and `count` - 1 epochs: the leaves of a log that ticked as often; the last has an event in it."""
    policy = leaves.Policy(
        origin=_SIGNER.name, verifier_keys=(_SIGNER.verifier_key,), period_seconds=86_400, slot_capacity=_CAPACITY,
        longest_seal_days=10**9, fields_sha512="0" * 128, effective_epoch=1,
    )  # fmt: skip
    made = [leaves.render(policy)]
    for number in range(1, count):
        root = slots.slot_root(_slots()) if number == count - 1 else hashlib.sha256(b"%d" % number).digest()
        epoch = leaves.Epoch(number=number, slot_count=_CAPACITY, slot_root=root, decoy_commitment=bytes(32))
        made.append(leaves.render(epoch))
    return made


def ticked(folder: Path, count: int) -> None:
    """Publish the last tick of a log of `count` leaves; the one before it is there."""
    shutil.copytree(folder / "before", folder / "ticked", dirs_exist_ok=True)
    publish_tree(folder / "ticked", entries(count), signer=_SIGNER)
    shutil.rmtree(folder / "ticked")


def copied(folder: Path, count: int) -> None:
    """Do all of `ticked` but publish, and compute the root of the tree from all its leaves."""
    shutil.copytree(folder / "before", folder / "copied", dirs_exist_ok=True)
    merkle.root([merkle.leaf_hash(each) for each in entries(count)])
    shutil.rmtree(folder / "copied")


@lru_cache(maxsize=1)
def blobs(count: int) -> list[bytes]:
    """Return `count` entries of 200 bytes."""
    return [hashlib.sha512(b"%d" % number).digest() * 3 + b"%08d" % (number % 10**8) for number in range(count)]


def written(folder: Path, count: int) -> None:
    """Write two logs as they are published: `count` entries of 200 bytes that say nothing, and a policy and its epochs."""
    for name, row in (("tree", blobs(count)), ("log", entries(count))):
        beside = {"vkey": _SIGNER.verifier_key.encode() + b"\n", "checkpoint": _signed(row)}
        for path, content in (*beside.items(), *tiles.files(row)):
            target = folder / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def checked(files: Mapping[str, bytes], each: Each = map) -> bool:
    """Check a whole log, as an outsider does: every leaf judged, every tile computed again."""
    return verify_log(files, each=each).passed


def tree_checked(files: Mapping[str, bytes], each: Each = map) -> bool:
    """Check that the files of a log give its root, and nothing but what its entries give, whatever they say."""
    head = checkpoint.parse(note.open_note(files["checkpoint"], _SIGNER.verifier))
    return verify_tree(files, head, each=each).size == head.size


def checked_in(folder: Path) -> bool:
    """Check a whole log that lies in a folder."""
    return checked(Files(LocalStore(folder)))


def prepared(work: str, folder: Path, count: int) -> tuple[float, float, float]:
    """Return the seconds of one run of `work`, by the clock and of this process's own work, and the memory of all of it.

    "At once" is on every core, and what is checked is listed and read from its folder. On one core it is in memory, as what is
    hashed beside it is.
    """
    is_at_once = work.endswith(" at once")
    each: Each = partial(at_once, worth=True) if is_at_once else map
    if work == "aics-tlog":
        run = lambda: _audited(folder / "tree")  # noqa: E731
    elif work.startswith("check"):
        check, store = (tree_checked, "tree") if work.startswith("check tree") else (checked, "log")
        held = {} if is_at_once or work.endswith(" in files") else dict(Files(LocalStore(folder / store)))
        run = lambda: check(held or Files(LocalStore(folder / store)), each)  # noqa: E731
    else:
        row = entries(count) if work == "hash log" else blobs(count)
        run = lambda: _pymerkle(row) if work == "pymerkle" else hashed(row)  # noqa: E731
    started, worked = time.perf_counter(), time.process_time()
    if not run():
        raise SystemExit(f"{work} does not hold")
    return time.perf_counter() - started, time.process_time() - worked, with_children_mb()


def hashed(row: list[bytes]) -> bytes:
    """Hash the same leaves and as many nodes and nothing else: the limit of hashlib."""
    sha256 = hashlib.sha256
    for each in row:
        sha256(each).digest()
    node, top = bytes(65), b""
    for _ in range(len(row) - 1):
        top = sha256(node).digest()
    return top


def _audited(folder: Path) -> bool:
    """Check the same tree with another library: every tile and every bundle of entries."""
    other = import_module("aics_tlog")
    head = checkpoint.parse(note.open_note((folder / "checkpoint").read_bytes(), _SIGNER.verifier))
    return other.audit_tiles(other.FileSystemTileReader(folder), head.size, head.root).size == head.size


def _pymerkle(row: list[bytes]) -> bytes:
    tree = import_module("pymerkle").InmemoryTree(algorithm="sha256")
    for each in row:
        tree.append_entry(each)
    return tree.get_root()


def appended(folder: Path, batches: int) -> tuple[float, float]:
    """Append batches of 4096 entries of 200 bytes, each durable and under a signed head; return the seconds of the median.

    And of the same files, written in turn as durably by calls of the system alone: nothing hashed, signed or read back.
    """
    store, edge, taken, bare = LocalStore(folder / "appended"), Edge(), [], []
    for number in range(batches):
        batch = [b"%0200d" % (number * _BATCH + at) for at in range(_BATCH)]
        started = time.perf_counter()
        edge = read_edge(store.read, edge.size)
        edge = add_entries(store, edge, batch)
        signed = _SIGNER.sign(checkpoint.render(checkpoint.TreeHead(_SIGNER.name, edge.size, edge.root())))
        store.swap("checkpoint", signed, before=store.read("checkpoint"))
        taken.append(time.perf_counter() - started)
        files = [(path, bytes(len(store.read(path) or b""))) for path in _of_batch(number)]
        started = time.perf_counter()
        placed(folder / "bare", files, head=signed)
        bare.append(time.perf_counter() - started)
    return median(taken), median(bare)


def placed(folder: Path, files: list[tuple[str, bytes]], *, head: bytes) -> None:
    """Write files beside their places, sync each, rename each, and sync their folders; then the head."""
    for some in (files, [("checkpoint", head)]):
        handles = []
        for path, content in some:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            handles.append(os.open(f"{folder}/{path}.part", os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
            os.write(handles[-1], content)
        for handle in handles:
            os.fsync(handle)
            os.close(handle)
        for path, _ in some:
            Path(f"{folder}/{path}.part").rename(folder / path)
        for each in {(folder / path).parent for path, _ in some}:
            handle = os.open(each, os.O_RDONLY)
            os.fsync(handle)
            os.close(handle)


def _of_batch(number: int) -> list[str]:
    first, size = number * _BATCH // tiles.WIDTH, (number + 1) * _BATCH
    found = [
        tiles.tile_path(level, at, tiles.WIDTH) for level in ("entries", 0) for at in range(first, size // tiles.WIDTH)
    ]
    above = size // tiles.WIDTH
    return [*found, tiles.tile_path(1, (above - 1) // tiles.WIDTH, above % tiles.WIDTH or tiles.WIDTH)]


def receipts_checked(count: int, times: int) -> bool:
    """Check a receipt `times` times, offline, with the log's key alone."""
    proof = _receipt(count)
    return all(verify_receipt_offline(proof, [_SIGNER.verifier]).passed for _ in range(times))


def proofs_checked(count: int, times: int) -> bool:
    """Check the inclusion proof of one leaf `times` times."""
    hashes, root, proof = _proof(count)
    return all(merkle.verify_inclusion(hashes[7], 7, count, proof=proof, expected=root) for _ in range(times))


def proofs_hashed(count: int, times: int) -> bytes:
    """Hash as many nodes as those checks do, and nothing else."""
    top = b""
    for _ in range(times * len(_proof(count)[2])):
        top = hashlib.sha256(bytes(65)).digest()
    return top


def events_recorded(folder: Path, count: int) -> list[float]:
    """Return the seconds that each of `count` events takes until it is durable in a desk's database."""
    machine, case, record = _desk(folder)
    transaction, taken = import_module("django.db.transaction"), []
    for _ in range(count):
        started = time.perf_counter()
        with transaction.atomic():
            record(machine, case, EventKind.CLOSED, actor=None, records="1")
        taken.append(time.perf_counter() - started)
    return sorted(taken)


def rows_committed(folder: Path, count: int) -> list[float]:
    """Return the seconds that each of `count` rows of the same size takes in SQLite alone, as durable (WAL, FULL)."""
    db = sqlite3.connect(folder / "plain.sqlite3", isolation_level=None)
    db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS e (row BLOB)")
    taken = []
    for _ in range(count):
        row, started = secrets.token_bytes(400), time.perf_counter()
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO e VALUES (?)", (row,))
        db.execute("COMMIT")
        taken.append(time.perf_counter() - started)
    db.close()
    return sorted(taken)


@lru_cache(maxsize=1)
def _slots() -> tuple[bytes, ...]:
    return slots.with_decoys({41: slots.event_root(_fields(), bytes(32))}, _CAPACITY, bytes(32))


def _fields() -> tuple[str, ...]:
    known = dict.fromkeys(("package_sha512", "manifest_sha512", "statement_sha512"), "a1" * 64)
    known |= {"event": "sealed", "moment": "2026-11-23T22:19Z", "records": "100000"}
    return tuple(known.get(name, "") for name in LOG_FIELDS)


def _signed(row: list[bytes]) -> bytes:
    root = merkle.root(merkle.leaf_hashes(row))
    return _SIGNER.sign(checkpoint.render(checkpoint.TreeHead(_SIGNER.name, len(row), root)))


@lru_cache(maxsize=1)
def _receipt(count: int) -> bytes:
    opening = receipt.Opening.of(
        _fields(), bytes(32), shown=_SHOWN, tree=_slots(), at=(count - 1, 41), decoy_commitment=bytes(32)
    )
    return receipt.make(merkle.leaf_hashes(entries(count)), count - 1, opening, checkpoint=_signed(entries(count)))


@lru_cache(maxsize=1)
def _proof(count: int):
    hashes = [merkle.leaf_hash(each) for each in entries(count)]
    return hashes, merkle.root(hashes), merkle.prove_inclusion(hashes, 7)


@lru_cache(maxsize=1)
def _desk(folder: Path):
    # Not imported above: where the check of a large log starts processes anew, each imports this file.
    set_up, start = (import_module(name) for name in ("answerable.demo.setting_up", "answerable.desk.starting"))
    demo = set_up.set_up(folder / "desk", accounts=1_300, events=2_400, seed=7)
    start.start(demo.home.folder)
    # The rest can be imported only once the framework knows its folder.
    moves, recording, wiring = (
        import_module(f"answerable.desk.{name}") for name in ("moves", "moves.recording", "wiring")
    )
    machine = wiring.desk()
    return machine, moves.receive(machine, demo.demand("lawful"), channel="portal"), recording.record


def ticking(folder: Path, count: int) -> None:
    """Print what one tick costs in a log of `count` leaves."""
    publish_tree(folder / "before", entries(count)[:-1], signer=_SIGNER)
    mine, naive = measured(ticked, folder, count, times=5), measured(copied, folder, count, times=5)
    line(f"log.tick_at_{count}_leaves", "ms", mine.seconds * 1000, naive.seconds * 1000, peak_mb=mine.peak_mb)


def checking(folder: Path, count: int) -> None:
    """Print the rate at which a whole log is checked, on every core, and the work of one core beside hashing alone.

    The tree over entries of 200 bytes, which nobody judges, and a log of epochs.
    """
    measured(written, folder, count, times=1)
    for figure, ours, limit in (
        ("log.check_tree_200_bytes", "check tree", "hash tree"),
        ("log.check_whole", "check log", "hash log"),
    ):
        # Each side in a process of its own, in turns, and the best of each: a busy machine only ever adds.
        sides = (ours, f"{ours} at once", limit)
        turns = [[measured(prepared, side, folder, count, times=1).result for side in sides] for _ in range(5)]
        mine, bare = (min(turn[side][0] for turn in turns) for side in (1, 2))
        rate, peak = count / mine, turns[0][1][2]
        line(figure, "entries/s", rate, count / bare, peak_mb=peak, **reach(">= 750000 entries/s", rate >= 750_000))
        mine, bare = (min(turn[side][1] for turn in turns) for side in (0, 2))
        line(f"{figure}_beside_hashlib", "CPU s", mine, bare, **reach("ratio <= 1.8", mine <= 1.8 * bare))
    few = min(count, 50_000)
    measured(written, folder / "few", few, times=1)
    for figure, ours, theirs in (
        ("log.check_tree_beside_pymerkle", "check tree", "pymerkle"),
        ("log.check_tree_beside_aics_tlog", "check tree in files", "aics-tlog"),
    ):
        if find_spec(theirs.replace("-", "_")):  # the second wants Python 3.12
            sides = ours, theirs
            mine, other = (measured(prepared, side, folder / "few", few, times=1).result[1] for side in sides)
            line(figure, "CPU s", mine, other)


def appending(folder: Path, batches: int) -> None:
    """Print the rate at which entries become durable under a signed head, 4096 at a time, beside their files alone."""
    ours, bare = measured(appended, folder, batches, times=1).result
    rate, limit = _BATCH / ours, _BATCH / bare
    line("log.append_4096", "entries/s", rate, limit, **reach(">= 150000 entries/s", rate >= 150_000))


def history(folder: Path, ticks: int) -> None:
    """Print what the partial tiles of `ticks` ticks cost whoever checks them all."""
    for size in range(2, ticks + 2):
        publish_tree(folder / "history", entries(ticks + 1)[:size], signer=_SIGNER)
    publish_tree(folder / "newest", entries(ticks + 1), signer=_SIGNER)
    mine, newest = (measured(checked_in, folder / each, times=1) for each in ("history", "newest"))
    line(f"log.check_with_{ticks}_ticks_kept", "s", mine.seconds, newest.seconds, peak_mb=mine.peak_mb)


def proving(count: int) -> None:
    """Print size and time of a receipt, and the rate of inclusion proofs."""
    times = 1_000
    size = len(_receipt(count))
    line("log.receipt_size", "bytes", size, **reach("<= 2048 bytes", size <= 2_048))
    size += len(_WITNESS.cosign(note.text_of(_signed(entries(count))), 2**31))
    line("log.receipt_size_with_a_post_quantum_witness", "bytes", size, **reach("<= 6144 bytes", size <= 6_144))
    mine = measured(receipts_checked, count, 20)
    each = mine.seconds / 20 * 1000
    line("log.receipt_check", "ms", each, **reach("< 10 ms", each < 10))
    mine, limit = measured(proofs_checked, count, times), measured(proofs_hashed, count, times)
    line("log.inclusion_proofs", "proofs/s", times / mine.seconds, times / limit.seconds)


def recording(folder: Path, count: int) -> None:
    """Print how long an event takes until it is durable."""
    mine, bare = measured(events_recorded, folder, count, times=1), measured(rows_committed, folder, count, times=1)
    for name, at, most in (("median", count // 2, 1), ("p99", count * 99 // 100, 10)):
        ours, plain = mine.result[at] * 1000, bare.result[at] * 1000
        line(
            f"log.event_durable_{name}", "ms", ours, plain, peak_mb=mine.peak_mb, **reach(f"<= {most} ms", ours <= most)
        )


def main() -> None:
    """Print every figure."""
    size = options(__doc__, entries=(1_000_000, 50_000), ticks=(1_095, 180), events=(2_000, 300), batches=(60, 20))
    os.environ.pop("ANSWERABLE_HOME", None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ticking(folder, 2_000)
        appending(folder, size.batches)  # before much is written and deleted, which a disk is slow to forget
        checking(folder / "whole", size.entries)
        history(folder, size.ticks)
        proving(2_000)
        recording(folder, size.events)


if __name__ == "__main__":
    main()
