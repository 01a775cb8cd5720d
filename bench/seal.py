"""What does it cost to seal an answer, beside tar and age alone, and beside hashing and writing the same bytes?

python bench/seal.py [--quick] [--megabytes N] [--rows N]
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyrage
import sample
from measuring import line, measured, options, reach

from answerable.adapters.encryption import decrypt, encrypt, new_identity
from answerable.adapters.sources import collect
from answerable.casefile.encoding import canonical
from answerable.collect.plan import Plan
from answerable.seal import Bag
from answerable.verify.answer import verify_answer

_NAMES = ("at", "ip", "port", "user_agent", "kind")
_PART = 4 * 1024 * 1024
_PLAN = canonical({"steps": [{"number": 1, "targets": [1], "columns": [{"name": name} for name in _NAMES]}]})
_ROW = b'{"answerable_target":1,"at":"2026-10-02T03:04:05Z","ip":"203.0.113.7","port":40961,"user_agent":"Browser/7","kind":"sign-in"}\n'


def parts(megabytes: int) -> Iterator[tuple[str, bytes]]:
    """Yield parts of 4 MiB as `collect` gives them."""
    lines = _PART // len(_ROW)
    for number in range(1, megabytes * 1_000_000 // (lines * len(_ROW)) + 1):
        stamp = b"%d" % (10_000 + number)
        yield f"data/001-events.signins.{number:04d}.jsonl", _ROW.replace(b"40961", stamp) * lines


def bag(payload: Iterable[tuple[str, bytes]], read_log: Callable[[], bytes]) -> Bag:
    """Return a bag of `payload` with the descriptions that `verify` asks for."""
    return Bag(
        case="AN-2026-000001",
        sealed_at=sample.UNTIL,
        payload=payload,
        tags=lambda: {"meta/plan.json": _PLAN, "meta/readlog.jsonl": read_log()},
    )


def ours(path: Path, megabytes: int, recipient: str) -> int:
    """Seal as the desk does: bag, SHA-512 of every file and of the sealed whole, age, synced; return the size."""
    read_log = b'{"step":1,"rows_returned":%d}' % sum(len(content) // len(_ROW) for _, content in parts(megabytes))
    return encrypt(bag(parts(megabytes), lambda: read_log).stream(), path, [recipient])[0]


def tar_and_age(folder: Path, megabytes: int, recipient: str) -> int:
    """Write the same files with tarfile, seal that with age, and hash nothing."""
    with tarfile.open(folder / "plain.tar", "w") as tar:
        for path, content in parts(megabytes):
            member = tarfile.TarInfo(path)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    keys = [pyrage.x25519.Recipient.from_str(recipient)]
    with (folder / "plain.tar").open("rb", _PART) as source, (folder / "plain.tar.age").open("wb", _PART) as target:
        pyrage.encrypt_io(source, target, keys)
        os.fsync(target.fileno())
    return (folder / "plain.tar.age").stat().st_size


def hash_and_write(folder: Path, megabytes: int) -> int:
    """Hash the same bytes once with SHA-512 and write them: what no way of sealing can do without."""
    size, sha512 = 0, hashlib.sha512()
    with (folder / "plain").open("wb", _PART) as file:
        for _, content in parts(megabytes):
            sha512.update(content)
            size += file.write(content)
        os.fsync(file.fileno())
    return size


def opened(path: Path, identity: str) -> int:
    """Open and check a sealed answer as `verify` does; return its records. Refuses one that does not hold."""
    answer = verify_answer(decrypt(path, identity))
    if not all(check.passed for check in answer.checks):
        raise ValueError(str(answer.checks[-1]))
    return answer.records.total()


def opened_plainly(path: Path, identity: str) -> int:
    """Open the same file with age alone, and check nothing."""
    with path.open("rb", _PART) as source, Path(os.devnull).open("wb") as target:
        pyrage.decrypt_io(source, target, [pyrage.x25519.Identity.from_str(identity)])
    return 0


def rows_to_package(folder: Path, plan: Plan, recipient: str) -> int:
    """Go from rows in a store to a sealed package, as the desk does; return the records."""
    with sample.sources(folder) as sources:
        rows = collect(plan, sources, masking_key=bytes(32))
        log = lambda: b"".join(canonical(entry) + b"\n" for entry in rows.read_log)  # noqa: E731
        encrypt(bag(rows.chunks(), log).stream(), folder / "rows.tar.age", [recipient])
        return rows.records


def sealing(folder: Path, megabytes: int, recipient: str) -> None:
    """Print the rate of sealing, and its memory at two sizes."""
    mine = measured(ours, folder / "ours.tar.age", megabytes, recipient)
    age, written = measured(tar_and_age, folder, megabytes, recipient), measured(hash_and_write, folder, megabytes)
    small = measured(ours, folder / "small.tar.age", max(8, megabytes // 8), recipient, times=1)
    rate = megabytes / mine.seconds
    line("seal.beside_tar_and_age", "MB/s", rate, megabytes / age.seconds, peak_mb=mine.peak_mb)
    line("seal.beside_sha512_and_write", "MB/s", rate, megabytes / written.seconds)
    goal = reach("< 300 MB", mine.peak_mb < 300)
    line(f"seal.memory_at_{megabytes}_MB", "MB", mine.peak_mb, age.peak_mb, peak_mb=mine.peak_mb, **goal)
    goal = reach("as much for an eighth of the bytes, within 10 %", mine.peak_mb < 1.1 * small.peak_mb)
    line("seal.memory_does_not_grow", "MB", mine.peak_mb, small.peak_mb, **goal)


def opening(folder: Path, megabytes: int, identity: str) -> None:
    """Print the rate at which an outsider opens and checks an answer."""
    path = folder / "ours.tar.age"
    mine, bare = measured(opened, path, identity), measured(opened_plainly, path, identity)
    line("seal.opening_and_checking", "MB/s", megabytes / mine.seconds, megabytes / bare.seconds, peak_mb=mine.peak_mb)


def end_to_end(folder: Path, rows: int, recipient: str) -> None:
    """Print what it takes from rows in Parquet to a sealed package, beside only making lines of JSON of them."""
    sample.make(folder, accounts=10_000, events=500_000, busy_rows=rows)
    plan = sample.plan(sample.BUSY, categories=sample.SIGN_INS, table="signins")
    mine, written = (
        measured(rows_to_package, folder, plan, recipient),
        measured(sample.plain_parquet, folder, plan, True),
    )
    goal = reach("ratio <= 1.3", mine.seconds <= 1.3 * written.seconds)
    line("seal.rows_to_package_beside_serialising", "s", mine.seconds, written.seconds, **goal)
    rate = mine.result / mine.seconds
    line("seal.rows_to_package", "rows/s", rate, **reach(">= 800000 rows/s", rate >= 800_000))
    goal = reach("< 300 MB", mine.peak_mb < 300)
    line("seal.rows_to_package_memory", "MB", mine.peak_mb, written.peak_mb, peak_mb=mine.peak_mb, **goal)


def main() -> None:
    """Print every figure."""
    size = options(__doc__, megabytes=(1_024, 128), rows=(500_000, 100_000))
    identity, recipient = new_identity()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sealing(folder, size.megabytes, recipient)
        opening(folder, size.megabytes, identity)
        end_to_end(folder, size.rows, recipient)


if __name__ == "__main__":
    main()
