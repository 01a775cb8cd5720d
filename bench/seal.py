"""What does it cost to seal an answer, beside openssl hashing and encrypting alone, and beside serialising alone?

python bench/seal.py [--quick] [--megabytes N] [--rows N]

`--megabytes` are sealed to each kind of key (5,000 of them want 5 GB of disk), `--rows` go from batches to a package.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyrage
import pysequoia
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from measuring import line, measured, options, reach

from answerable.adapters.encryption import decrypt, encrypt, new_identity
from answerable.adapters.sealing.hashing import aside
from answerable.adapters.sources.serialising import serialise
from answerable.casefile.encoding import canonical
from answerable.seal import Bag
from answerable.verify.answer import verify_answer

_AT = datetime(2026, 11, 1, tzinfo=UTC)
_NAMES = ("at", "ip", "port", "user_agent", "kind")
_PART = 4 * 1024 * 1024
_BATCH = 20_000
_PLAN = canonical({"steps": [{"number": 1, "targets": [1], "columns": [{"name": name} for name in _NAMES]}]})
_ROW = b'{"answerable_target":1,"at":"2026-10-02T03:04:05Z","ip":"203.0.113.7","port":40961,"user_agent":"Browser/7","kind":"sign-in"}\n'
_LINES = _PART // len(_ROW)
_SHA512, _CHACHA = ("sha512",), ("-evp", "chacha20-poly1305")


def parts(megabytes: int) -> Iterator[tuple[str, bytes]]:
    """Yield parts of 4 MiB as `collect` gives them."""
    content = _ROW * _LINES
    for number in range(1, megabytes * 1_000_000 // len(content) + 1):
        yield f"data/001-events.signins.{number:04d}.jsonl", content


def batch() -> pa.RecordBatch:
    """Return the batch of which all rows are made: moments with fractions, short texts, a number."""
    start, step = int(_AT.timestamp() * 1_000_000), 12_345_678
    columns = [
        pa.array([start + row * step for row in range(_BATCH)], pa.timestamp("us", "UTC")),
        pa.array([f"203.0.113.{row % 254 + 1}" for row in range(_BATCH)]),
        pa.array([row % 64_000 + 1024 for row in range(_BATCH)], pa.int32()),
        pa.array([f"Browser/{row % 40}" for row in range(_BATCH)]),
        pa.array(["sign-in"] * _BATCH),
    ]
    return pa.RecordBatch.from_arrays(columns, names=list(_NAMES))


def bag(payload: Iterable[tuple[str, bytes]], read_log: Callable[[], bytes]) -> Bag:
    """Return a bag of `payload` with the descriptions that `verify` asks for."""
    return Bag(
        case="AN-2026-000001",
        sealed_at=_AT,
        payload=payload,
        tags=lambda: {"meta/plan.json": _PLAN, "meta/readlog.jsonl": read_log()},
    )


def ours(path: Path, megabytes: int, to: str) -> int:
    """Seal as the desk does: bag, SHA-512 of every file and of the sealed whole, synced; return the size."""
    read_log = b'{"step":1,"rows_returned":%d}' % (_LINES * sum(1 for _ in parts(megabytes)))
    with aside() as hashing:
        return encrypt(bag(parts(megabytes), lambda: read_log).stream(hashing), path, [to])[0]


def opened(path: Path, identity: bytes) -> int:
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


def openssl_rate(algorithm: tuple[str, ...]) -> float:
    """Return how many megabytes a second openssl hashes or encrypts on one core, by the clock on the wall, as it says itself."""
    command = ["openssl", "speed", "-elapsed", "-seconds", "1", "-bytes", "1048576", *algorithm]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(re.findall(r"([\d.]+)k", said)[-1]) / 1000


def rows_to_package(folder: Path, rows: int, recipient: str) -> int:
    """Go from record batches to a sealed package, as the desk does; return the records."""
    one, together = batch(), 2  # two batches make a part of about 4 MiB
    held = pa.concat_batches([one] * together)
    payload = (
        (f"data/001-events.signins.{number:04d}.jsonl", serialise(held))
        for number in range(1, rows // held.num_rows + 1)
    )
    made = bag(payload, lambda: b'{"step":1,"rows_returned":%d}' % rows)
    with aside() as hashing:
        encrypt(made.stream(hashing), folder / "rows.tar.age", [recipient])
    return rows


def serialised_by_us(rows: int) -> int:
    """Make lines of JSON of the batches, and nothing else."""
    held = pa.concat_batches([batch()] * 2)
    return sum(len(serialise(held)) for _ in range(rows // held.num_rows))


def serialised_by_polars(rows: int) -> int:
    """Make lines of JSON of the same batches with Polars."""
    frame, size = pl.from_arrow(batch()), 0
    for _ in range(rows // _BATCH):
        target = io.BytesIO()
        frame.write_ndjson(target)
        size += target.tell()
    return size


def serialised_by_duckdb(folder: Path, rows: int) -> int:
    """Make lines of JSON of as many rows with DuckDB, which goes to a file; its table is made the first time only."""
    path = folder / "duckdb.jsonl"
    _table(rows).execute(f"COPY rows TO '{path}' (FORMAT json)")
    return path.stat().st_size


@lru_cache(maxsize=1)
def _table(rows: int) -> duckdb.DuckDBPyConnection:
    db = duckdb.connect(":memory:", config={"threads": 2})
    db.execute("SET enable_progress_bar = false")
    one = batch()
    db.register("one", pa.Table.from_batches([one]))
    db.execute(f"CREATE TABLE rows AS SELECT one.* FROM one, range({rows // one.num_rows})")
    return db


def sealing(folder: Path, megabytes: int, recipient: str) -> None:
    """Print the rate of sealing, and its memory at two sizes."""
    floor = min(openssl_rate(_SHA512), openssl_rate(_CHACHA))
    mine = measured(ours, folder / "ours.tar.age", megabytes, recipient)
    floor = max(floor, min(openssl_rate(_SHA512), openssl_rate(_CHACHA)))
    rate = megabytes / mine.seconds
    goal = reach("ratio >= 0.5", rate >= 0.5 * floor)
    line(f"seal.{megabytes}_MB_beside_the_slower_of_openssl", "MB/s", rate, floor, peak_mb=mine.peak_mb, **goal)
    line(f"seal.memory_at_{megabytes}_MB", "MB", mine.peak_mb, **reach("< 350 MB", mine.peak_mb < 350))
    small = measured(ours, folder / "small.tar.age", max(8, megabytes // 8), recipient, times=1)
    goal = reach("as much for an eighth of the bytes, within 10 %", mine.peak_mb < 1.1 * small.peak_mb)
    line("seal.memory_does_not_grow", "MB", mine.peak_mb, small.peak_mb, **goal)


def opening(folder: Path, megabytes: int, identity: str) -> None:
    """Print the rate at which an outsider opens and checks an answer."""
    path = folder / "ours.tar.age"
    mine, bare = measured(opened, path, identity.encode()), measured(opened_plainly, path, identity)
    line("seal.opening_and_checking", "MB/s", megabytes / mine.seconds, megabytes / bare.seconds, peak_mb=mine.peak_mb)
    path.unlink()


def other_keys(folder: Path, megabytes: int) -> None:
    """Print the rate of sealing to the other kinds of key."""
    secret = pysequoia.Tsk.generate("Court <court@example.org>")
    for kind, to in (("openpgp", str(secret.extract_certificate())), ("cms", certificate())):
        mine = measured(ours, folder / f"ours.{kind}", megabytes, to)
        line(f"seal.to_{kind}", "MB/s", megabytes / mine.seconds, peak_mb=mine.peak_mb)
        (folder / f"ours.{kind}").unlink()


def certificate() -> str:
    """Return a certificate that an authority could supply."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Court")])
    now, usages = datetime.now(UTC), ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
                                      "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9))
        .add_extension(x509.KeyUsage(**{**dict.fromkeys(usages, False), "key_agreement": True}), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return made.public_bytes(Encoding.PEM).decode()


def end_to_end(folder: Path, rows: int, recipient: str) -> None:
    """Print what it takes from batches to a sealed package, beside only making lines of JSON of them by the fastest tool."""
    mine = measured(rows_to_package, folder, rows, recipient)
    alone = measured(serialised_by_us, rows)
    tools = {
        "polars": measured(serialised_by_polars, rows),
        "duckdb": measured(serialised_by_duckdb, folder, rows),
    }
    fastest = min(tools, key=lambda name: tools[name].seconds)
    best = tools[fastest]
    goal = reach("ratio <= 1.3", mine.seconds <= 1.3 * best.seconds)
    line(f"seal.{rows}_rows_to_package_beside_{fastest}", "s", mine.seconds, best.seconds, **goal)
    line("seal.serialising_alone", "s", alone.seconds, best.seconds)
    rate = rows / mine.seconds
    line("seal.rows_to_package", "rows/s", rate, **reach(">= 800000 rows/s", rate >= 800_000))
    goal = reach("< 350 MB", mine.peak_mb < 350)
    line("seal.rows_to_package_memory", "MB", mine.peak_mb, best.peak_mb, peak_mb=mine.peak_mb, **goal)


def main() -> None:
    """Print every figure."""
    size = options(__doc__, megabytes=(5_000, 256), rows=(1_000_000, 200_000))
    identity, recipient = new_identity()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        end_to_end(folder, size.rows, recipient)
        sealing(folder, size.megabytes, recipient)
        opening(folder, size.megabytes, identity)
        other_keys(folder, min(1_000, size.megabytes))


if __name__ == "__main__":
    main()
