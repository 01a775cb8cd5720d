"""Periods to count: demands as a desk would know them, made up, the same each time."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from answerable.casefile.categories import DataClass
from answerable.casefile.encoding import canonical, sha512_hex
from answerable.public_log import checkpoint, leaves, merkle, note, slots, tiles
from answerable.report.counted import CountedDemand
from answerable.report.gathered import gather
from answerable.report.groups import Shown
from answerable.report.periods import HalfYear
from answerable.report.query import current, query_text
from answerable.report.reporting import Closing, header_for, report_of, report_text
from answerable.report.table import LaidSheet, lay_out
from answerable.verify.log import VerifiedLog, verify_log
from answerable.verify.report import rows_root

SIGNER = note.Signer("log.example/reports", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
SECRET = bytes(range(32, 64))
PERIOD = HalfYear.named("2026-H1")
_DATA = ("eu.epoc", "us.sca.subpoena", "us.sca.warrant", "eu.domestic", "eu.dsa.inform")
_REMOVAL = ("eu.tco.removal", "eu.dsa.act")
_STATES = ("DE", "FR", "NL", "ES", "US", "IT", "PL", "SE", "LT", "MT")
_OUTCOMES = ("answer", "answer in part", "refuse", "contest", "nothing held", "open")


def demand(number: int, pick: random.Random, **changes) -> CountedDemand:
    """Return one demand as a desk would have it."""
    removes = pick.random() < 0.25
    instrument = pick.choice(_REMOVAL if removes else _DATA)
    outcome = pick.choice(("carry out", "carry out", "refuse")) if removes else pick.choice(_OUTCOMES)
    forged = "" if pick.random() < 0.93 else pick.choice(("A2", "A4"))
    asked = tuple(each for each in DataClass if not removes and pick.random() < 0.5)
    refused = outcome in ("refuse", "contest")
    known = {
        "link": hashlib.sha256(b"%d" % number).hexdigest(),
        "month": f"2026-{1 + number % 6:02d}",
        "instrument": instrument,
        "lane": "removal" if removes else "data",
        "country": _STATES[min(int(pick.expovariate(0.5)), 9)],
        "requester": pick.choice(("judge", "prosecutor", "police")),
        "court": pick.random() < 0.6,
        "channel": pick.choice(("portal", "email", "post")),
        "emergency": pick.random() < 0.08,
        "genuine": "no" if forged else "yes",
        "forged_by": forged,
        "outcome": outcome,
        "grounds": (pick.choice(("R1", "R3", "R9b", "A4")),) if refused else (),
        "asked": asked,
        "given": asked[:1] if outcome.startswith("answer") else (),
        "bulk": pick.random() < 0.03,
        "accounts": 1 + int(pick.expovariate(0.3)),
        "items": pick.randrange(1, 4) if removes else 0,
        "hours_to_answer": None if outcome == "open" else int(pick.expovariate(0.02)),
        "hours_to_acknowledge": 0,
        "measures": {"removed": pick.randrange(1, 4)} if outcome == "carry out" else {},
        "notice": pick.choice(("told", "to be told", "silence binds us", "the authority tells")),
        "gag": pick.choice(("none", "until a day", "without end")),
        "gag_months": pick.randrange(30),
    }
    return CountedDemand.model_validate(known | changes)


def demands(count: int, *, seed: int = 1) -> list[CountedDemand]:
    """Return that many demands."""
    pick = random.Random(seed)
    return [demand(number, pick) for number in range(count)]


@dataclass
class Sheet:
    """One sheet of a table as it is published."""

    name: str
    groups: tuple[Shown, ...]
    heading: str
    lines: tuple[str, ...]
    commitments: tuple[bytes, ...]

    @classmethod
    def written(cls, sheet: LaidSheet) -> Sheet:
        """Return the sheet with all of its parts, one after the other."""
        parts = list(sheet.parts())
        lines = tuple(line[:-1].decode() for part in parts for line in part.lines)
        commitments = tuple(each for part in parts for each in part.commitments)
        return cls(sheet.name, sheet.groups, sheet.heading[:-1].decode(), lines, commitments)


@dataclass
class Published:
    """A report as its readers have it, and what stands behind it."""

    demands: list[CountedDemand]
    table: list[str]
    query: bytes
    report: bytes
    sheets: list[Sheet]
    leaf: leaves.Period

    def log(self, *more: leaves.Leaf, receipts: dict[int, bytes] | None = None) -> VerifiedLog:
        """Return a log that tells of it, and of `more` after it; `receipts` are event roots by slot of its one epoch."""
        return verify_log(log_files([*FIRST, epoch_of(receipts or {}), self.leaf, *more]))


def publish(rows: list[CountedDemand], *, way: int = 3) -> Published:
    """Return the report over the demands, as the desk makes it."""
    query = current()
    closing = Closing("Harbour Forum", PERIOD, date(2026, 7, 2), way=way)
    gathered = gather(query, rows)
    header = header_for(query, gathered, closing)
    laid = (lay_out(query, at, gathered, size=header.size, secret=SECRET) for at in range(len(query.sheets)))
    made = list(map(Sheet.written, laid))
    groups = {
        sheet.name: [
            (group, sum(line.startswith(f"[{at},") for line in sheet.lines)) for at, group in enumerate(sheet.groups)
        ]
        for sheet in made
    }
    report = report_text(report_of(query, header, groups))
    leaf = leaves.Period(
        period=PERIOD.name,
        rows=header.size * len(made),
        table_root=merkle.root([rows_root(sheet.commitments) for sheet in made]),
        report_sha512=sha512_hex(report),
        query_sha512=sha512_hex(query_text()),
    )
    table = [canonical(header).decode(), *(line for sheet in made for line in (sheet.heading, *sheet.lines))]
    return Published(rows, table, query_text(), report, made, leaf)


FIRST = [
    leaves.Policy(
        origin=SIGNER.name,
        verifier_keys=(SIGNER.verifier_key,),
        period_seconds=86_400,
        slot_capacity=256,
        longest_seal_days=1825,
        fields_sha512="0" * 128,
        effective_epoch=1,
    )
]


def slot_tree(filled: dict[int, bytes]) -> tuple[bytes, ...]:
    """Return the slots of the one epoch: these event roots among decoys."""
    return slots.with_decoys(filled, 256, SECRET)


def epoch_of(filled: dict[int, bytes]) -> leaves.Epoch:
    """Return the leaf of an epoch in whose slots these event roots lie."""
    root = slots.slot_root(slot_tree(filled))
    return leaves.Epoch(number=1, slot_count=256, slot_root=root, decoy_commitment=slots.decoy_commitment(SECRET))


def log_files(said: list[leaves.Leaf]) -> dict[str, bytes]:
    """Return the files of a log with these leaves."""
    entries = [leaves.render(leaf) for leaf in said]
    head = checkpoint.TreeHead(SIGNER.name, len(entries), merkle.root([merkle.leaf_hash(each) for each in entries]))
    return {
        "vkey": SIGNER.verifier_key.encode() + b"\n",
        "checkpoint": SIGNER.sign(checkpoint.render(head)),
        **dict(tiles.files(entries)),
    }
