"""Does a fault of the machine ever make the log contradict itself, or sign what its rows do not say?

A small layer under the store counts every operation on files and lets one of them fail: the process is killed before it, the
disk answers with an error or is full, or a write ends short.
"""

from __future__ import annotations

import errno
import os
import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from tests.public_log.worlds import SIGNER, World, is_the_same_to_the_public, read_tree

from answerable.adapters.log_files import add_entries, publish_tree
from answerable.adapters.log_stores import LocalStore
from answerable.errors import LogHalted
from answerable.public_log import checkpoint, merkle, note, tiles
from answerable.public_log.growing import Edge, read_edge
from answerable.verify.log import verify_log

MANY = int(os.environ.get("ANSWERABLE_BIT_FLIPS", "100"))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """What is asked of the disk is counted and broken here; waiting for the real one adds nothing."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


class Killed(BaseException):
    """The process is gone: nothing after it runs."""


class Disk:
    """Lets the operation `at` of a disk fail in one way, and counts them all."""

    def __init__(self, at: int = 0, fault: str = "") -> None:
        self.at, self.fault, self.seen = at, fault, 0

    def install(self, patch: pytest.MonkeyPatch) -> None:
        for owner, name in (
            (os, "open"),
            (os, "fsync"),
            (os, "utime"),
            (Path, "replace"),
            (Path, "mkdir"),
            (Path, "unlink"),
        ):
            patch.setattr(owner, name, self._watched(getattr(owner, name)))
        fdopen = os.fdopen

        def opened(handle, *more):
            file = fdopen(handle, *more)
            return _Written(file, self)

        patch.setattr(os, "fdopen", opened)

    def hit(self, *, write=None, content: bytes = b"") -> None:
        self.seen += 1
        if self.seen != self.at:
            return
        if self.fault == "short" and write is not None:
            write(content[: len(content) // 2])
        if self.fault in ("killed", "short"):
            raise Killed
        raise OSError(getattr(errno, self.fault), os.strerror(getattr(errno, self.fault)))

    def _watched(self, real):
        def called(*words, **named):
            self.hit()
            return real(*words, **named)

        return called


class _Written:
    """An open file whose writes are counted."""

    def __init__(self, file, disk: Disk) -> None:
        self._file, self._disk = file, disk

    def write(self, content):
        self._disk.hit(write=self._file.write, content=content)
        return self._file.write(content)

    def writelines(self, parts):
        for part in parts:
            self.write(part)

    def __getattr__(self, name):
        return getattr(self._file, name)

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self._file.close()


def entries(count: int, salt: str = "") -> list[bytes]:
    world = World(salt).promise()
    for _ in range(count - 1):
        world.epoch({len(world.trees) % 256: ("x",) * 32})
    return world.leaves


LEAVES = entries(7)


def operations(tmp_path, patch) -> int:
    disk = Disk()
    (tmp_path / "counted").mkdir()
    with patch.context() as inside:
        disk.install(inside)
        publish_tree(tmp_path / "counted", LEAVES[:3], signer=SIGNER)
        publish_tree(tmp_path / "counted", LEAVES, signer=SIGNER)
    return disk.seen


def head(folder: Path) -> checkpoint.TreeHead | None:
    path = folder / "checkpoint"
    return checkpoint.parse(note.open_note(path.read_bytes(), SIGNER.verifier)) if path.exists() else None


@pytest.mark.parametrize(
    ("fault", "open_at_once"), [*((each, 64) for each in ("killed", "short", "EIO", "ENOSPC")), ("killed", 2)]
)
def test_a_fault_at_any_file_operation_leaves_a_log_that_holds(tmp_path, monkeypatch, fault, open_at_once):
    monkeypatch.setattr("answerable.adapters.log_stores._OPEN", open_at_once)
    steps = operations(tmp_path, monkeypatch)
    assert steps > 40
    for step in range(1, steps + 1):
        folder = tmp_path / f"{step}"
        folder.mkdir()
        with monkeypatch.context() as inside:
            Disk(step, fault).install(inside)
            with pytest.raises((Killed, OSError)):
                publish_tree(folder, LEAVES[:3], signer=SIGNER)
                publish_tree(folder, LEAVES, signer=SIGNER)
        signed = head(folder)
        if signed is not None:
            assert signed.root == merkle.root(merkle.leaf_hashes(LEAVES[: signed.size])), step
            names = {"checkpoint", "vkey", *tiles.paths(signed.size)}
            assert verify_log({path: kept for path, kept in read_tree(folder).items() if path in names}).passed, step
        publish_tree(folder, LEAVES, signer=SIGNER)
        assert verify_log(read_tree(folder)).passed, step


def test_a_barrier_that_failed_is_never_followed_by_reading_back(tmp_path, monkeypatch):
    read = []
    store = LocalStore(tmp_path)
    monkeypatch.setattr(store, "read", lambda path: read.append(path))
    monkeypatch.setattr(
        "answerable.adapters.log_stores.sync_folder", lambda _: (_ for _ in ()).throw(OSError(5, "EIO"))
    )
    with pytest.raises(OSError, match="EIO"):
        add_entries(store, Edge(), LEAVES)
    assert len(read) == len(set(read)), "each file was only looked for before it was written"


@pytest.mark.parametrize("failing", range(1, 5))
def test_no_file_has_its_name_before_all_that_was_added_with_it_is_durable(tmp_path, monkeypatch, failing):
    store, synced = LocalStore(tmp_path), []

    def sync(_):
        synced.append(sorted(read_tree(tmp_path)))
        if len(synced) == failing:
            raise OSError(errno.EIO, "EIO")

    monkeypatch.setattr(os, "fsync", sync)
    files = [*Edge().bundles(LEAVES), *Edge().grown(LEAVES)[1]]
    for path, content in [*files, ("vkey", b"x"), ("opening/1/0", b"y")]:
        store.add(path, content)
    with pytest.raises(OSError, match="EIO"):
        store.barrier()
    assert synced == [[]] * failing
    assert read_tree(tmp_path) == {}


@pytest.mark.parametrize("failing", range(1, 30, 7))
def test_of_many_files_synced_together_none_has_its_name_where_one_is_not_durable(tmp_path, monkeypatch, failing):
    """And none is read back, or lies open."""
    store, begun, ended, seen = LocalStore(tmp_path), [], [], []
    handles = set(Path("/dev/fd").iterdir())

    def sync(handle):
        begun.append(handle)
        if len(begun) == failing:
            raise OSError(errno.EIO, "EIO")
        seen.extend(read_tree(tmp_path))
        ended.append(handle)

    monkeypatch.setattr(os, "fsync", sync)
    for number in range(30):
        store.add(f"opening/1/{number}", b"%d" % number)
    monkeypatch.setattr(store, "read", lambda path: pytest.fail(f"{path} was read back"))
    with pytest.raises(OSError, match="EIO"):
        store.barrier()
    assert len(ended) == len(begun) - 1
    assert seen == []
    assert read_tree(tmp_path) == {}
    assert set(Path("/dev/fd").iterdir()) == handles


@pytest.mark.parametrize("count", [1, 8, 9, 64, 65, 150])
def test_each_of_many_files_is_synced_once_before_it_has_its_name(tmp_path, monkeypatch, count):
    store, synced, named = LocalStore(tmp_path), [], []

    def sync(handle):
        synced.append(os.fstat(handle).st_ino)

    def replace(path, target):
        assert path.stat().st_ino in synced
        named.append(target.name)
        return real(path, target)

    real = Path.replace
    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    for number in range(count):
        store.add(f"opening/1/{number}", b"%d" % number)
    store.barrier()
    assert named == [str(number) for number in range(count)]
    assert sorted(synced[:-3]) == sorted(each.stat().st_ino for each in (tmp_path / "opening/1").iterdir())
    assert len(synced) == count + 3, "and the three folders"


def test_every_name_on_the_way_to_a_file_is_durable_and_none_is_made_so_twice(tmp_path, monkeypatch):
    synced = []

    def sync(folder):
        synced.append(folder.relative_to(tmp_path).as_posix())
        if failing:
            raise OSError(errno.EIO, "EIO")

    def added(store, path):
        synced.clear()
        store.add(path, b"x")
        store.barrier()
        return synced

    monkeypatch.setattr("answerable.adapters.log_stores.sync_folder", sync)
    store, failing = LocalStore(tmp_path), True
    with pytest.raises(OSError, match="EIO"):
        added(store, "tile/0/000")
    failing = False
    assert added(store, "tile/0/001") == ["tile/0", "tile", "."], "the barrier before did not hold"
    assert added(store, "tile/0/002") == ["tile/0"]
    assert added(store, "tile/1/000.p/1") == ["tile/1/000.p", "tile/1", "tile"]
    assert added(store, "vkey") == ["."]
    assert added(LocalStore(tmp_path), "tile/0/003") == ["tile/0", "tile", "."], "another store may have died before"


@pytest.mark.parametrize("lost", range(6))
def test_renames_that_are_lost_or_reordered_before_the_barrier_leave_the_old_head(tmp_path, lost):
    """After a power cut any of the files that were not yet behind a barrier may be missing: the head names none of them."""
    publish_tree(tmp_path, LEAVES[:3], signer=SIGNER)
    store = LocalStore(tmp_path)
    files = [*Edge().bundles(LEAVES), *Edge().grown(LEAVES)[1]]
    for number, (path, content) in enumerate(files):
        if number % 6 != lost:
            store.add(path, content)
    store.barrier()
    assert head(tmp_path).size == 3
    publish_tree(tmp_path, LEAVES, signer=SIGNER)
    assert verify_log(read_tree(tmp_path)).passed


def flipped(content: bytes, chance: random.Random) -> bytes:
    bit = chance.randrange(len(content) * 8)
    return content[: bit // 8] + bytes([content[bit // 8] ^ 1 << bit % 8]) + content[bit // 8 + 1 :]


def test_a_flipped_bit_in_a_published_file_halts_the_log_or_is_found_with_its_place(tmp_path):
    """Tiles and bundles on disk: the whole check names file and place, and the next tick never signs over it."""
    chance = random.Random(7)
    publish_tree(tmp_path, LEAVES[:5], signer=SIGNER)
    sound, signed = read_tree(tmp_path), (tmp_path / "checkpoint").read_bytes()
    paths = sorted(set(sound) - {"checkpoint", "vkey"})
    for _ in range(MANY):
        path = chance.choice(paths)
        broken = flipped(sound[path], chance)
        found = verify_log({**sound, path: broken})
        assert not found.passed
        assert path in found.checks[-1].detail or "tile/0/" in found.checks[-1].detail, found.checks[-1]
        (tmp_path / path).write_bytes(broken)
        with pytest.raises(LogHalted, match=r"log\.file-differs"):
            publish_tree(tmp_path, LEAVES[:5], signer=SIGNER)
        assert (tmp_path / "checkpoint").read_bytes() == signed
        (tmp_path / path).write_bytes(sound[path])


def test_a_flipped_bit_in_the_right_edge_never_becomes_a_head():
    chance = random.Random(8)
    grown, files = Edge().grown(LEAVES)
    store = dict([*Edge().bundles(LEAVES), *files])
    for _ in range(MANY):
        path = chance.choice([path for path in store if ".p/" in path and "entries" not in path])
        edge = read_edge({**store, path: flipped(store[path], chance)}.get, len(LEAVES))
        assert edge.root() != grown.root()


class Rotten(LocalStore):
    """A disk that keeps one bit of one file otherwise than it was told."""

    def __init__(self, folder: Path, chance: random.Random, at: int) -> None:
        super().__init__(folder)
        self._chance, self._left = chance, at

    def _write(self, target: Path, content: bytes) -> None:
        self._left -= 1
        super()._write(target, flipped(content, self._chance) if self._left == 0 else content)


def test_a_bit_that_flips_in_a_buffer_on_its_way_is_seen_before_anything_is_signed(tmp_path):
    chance = random.Random(9)
    for number in range(min(MANY, 100)):
        store = Rotten(tmp_path / str(number), chance, 1 + number % 2)
        with pytest.raises(LogHalted, match=r"log\.file-differs"):
            add_entries(store, Edge(), LEAVES)


def test_the_public_sees_the_same_of_a_history_without_a_demand_and_of_one_that_is_full():
    """Names, sizes, times and all bytes but values of 32 bytes and what follows from them are the same."""
    quiet, busy = World("quiet").promise(), World("busy").promise()
    for _ in range(60):
        quiet.epoch()
        busy.epoch({slot: (str(slot),) * 32 for slot in range(256)} if len(busy.trees) % 59 == 0 else {3: ("x",) * 32})
    signer = note.Signer(SIGNER.name, SIGNER.key, MLDSA44PrivateKey.from_seed_bytes(b"q" * 32))
    is_the_same_to_the_public(quiet.files(signer), busy.files(signer))


def test_published_files_have_no_time_and_modes_that_tell_nothing(tmp_path):
    folders = []
    for world in ("quiet", "busy"):
        folder = tmp_path / world
        for size in (2, 5, 7):
            publish_tree(folder, entries(size, world), signer=SIGNER)
        folders.append({p.relative_to(folder): (p.stat().st_mtime, p.stat().st_mode, p.stat().st_size) for p in folder.rglob("*") if p.is_file()})  # fmt: skip
    assert folders[0] == folders[1]
    assert {time for time, _, _ in folders[0].values()} == {0.0}
