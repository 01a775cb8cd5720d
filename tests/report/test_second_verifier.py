"""Does the verifier in plain JavaScript agree with ours: on what holds, and on what does not?

It runs under Node here; the same file runs in a browser. Ours makes the log, the report and the proofs, and it reads them.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from tests.public_log.worlds import SIGNER as LOG
from tests.public_log.worlds import World, fields
from tests.report.test_recount import links_of, with_events
from tests.report.worlds import FIRST, Published, demands, epoch_of, log_files, publish

from answerable.casefile.encoding import canonical
from answerable.public_log import bundles, merkle, note, receipt, slots
from answerable.verify.counted import CountedProof, LinkedRow, Placed, verify_counted
from answerable.verify.log import verify_log
from answerable.verify.report import recount, rows_root

SCRIPT = Path(__file__).parents[2] / "src" / "answerable" / "desk" / "static" / "verify.mjs"


@pytest.fixture(scope="module")
def node():
    found = shutil.which("node")
    if not found:
        (pytest.fail if os.environ.get("ANSWERABLE_REQUIRE_ALL") else pytest.skip)("Node is not installed")

    def run(*arguments: object) -> tuple[bool, str]:
        done = subprocess.run([found, SCRIPT, *map(str, arguments)], capture_output=True, text=True, check=False)
        assert done.stderr == ""
        assert done.stdout.endswith("all hold.\n") is (done.returncode == 0)
        return done.returncode == 0, done.stdout

    return run


def lay_out(folder: Path, report: Published, files: dict[str, bytes]) -> tuple[Path, Path]:
    """Write a log and a report as they are published, and return the two folders."""
    told = {
        "report.json": report.report,
        "query.json": report.query,
        "table.jsonl": ("\n".join(report.table) + "\n").encode(),
    }
    for part, contents in (("log", files), ("report", told)):
        for name, content in contents.items():
            (folder / part / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / part / name).write_bytes(content)
    return folder / "log", folder / "report"


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory):
    report = publish(demands(120))
    files = log_files([*FIRST, epoch_of({}), report.leaf])
    return report, *lay_out(tmp_path_factory.mktemp("second"), report, files)


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """A proof that somebody was counted, its receipt, the log, and the log's folder."""
    report, receipts = with_events()
    roots = {at: bytes.fromhex(row.link) for at, row in enumerate(report.demands)}
    files = log_files([*FIRST, epoch_of(roots), report.leaf])
    folder = tmp_path_factory.mktemp("counted")
    log, _ = lay_out(folder, report, files)
    mine = [LinkedRow.model_validate_json(line) for line in links_of(report)]
    size = len(report.sheets[0].commitments)
    tops = [rows_root(sheet.commitments) for sheet in report.sheets]
    rows = tuple(
        Placed(
            row=row,
            index=row.sheet * size + row.at,
            proof=tuple(
                note.to_base64(each)
                for each in (
                    *merkle.prove_inclusion(list(map(merkle.leaf_hash, report.sheets[row.sheet].commitments)), row.at),
                    *merkle.prove_inclusion(tops, row.sheet),
                )
            ),
        )
        for row in mine
        if row.link == report.demands[4].link
    )
    proof = CountedProof(period="2026-H1", receipt=receipts[4].decode(), rows=rows)
    return canonical(proof), receipts[4], verify_log(files), log, folder


def test_it_is_one_short_file_that_asks_no_other_machine():
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 300
    assert re.findall(r"https?://|innerHTML|eval\(|new Function", text) == []
    assert re.findall(r"import\(\"([^\"]+)\"\)|from \"([^\"]+)\"", text) == [("node:fs/promises", "")]


def test_it_walks_the_log_and_counts_the_report_again(node, laid_out):
    report, log, folder = laid_out
    assert recount(report.table, report.query, report.report, log=report.log()).passed
    holds, said = node(log, folder)
    assert holds, said
    assert "The figures are those that the rows give: 120" in said
    assert "The log tells of 2026-H1 once" in said


def test_it_checks_a_receipt_and_a_proof_of_having_been_counted(node, counted):
    proof, receipt, log, folder, place = counted
    assert all(check.passed for check in verify_counted(proof, log))
    (place / "counted.json").write_bytes(proof)
    (place / "one.tlog-proof").write_bytes(receipt)
    assert node(folder, "-", place / "counted.json")[0]
    holds, said = node(folder, "-", place / "one.tlog-proof")
    assert holds
    assert "lies in epoch 1" in said


def test_both_name_the_figure_that_was_changed_by_one(node, laid_out, tmp_path):
    report, log, _ = laid_out
    changed = json.loads(report.report)
    cell = changed["figures"][1]["cells"][0]
    cell["rows"] += 1
    told = Published(**(vars(report) | {"report": canonical(changed) + b"\n"}))
    _, folder = lay_out(tmp_path, told, {})
    words = f"by_outcome, {cell['key'][0]}: the report says {cell['rows']}, the rows give {cell['rows'] - 1}"
    ours = recount(told.table, told.query, told.report)
    assert words in " ".join(check.detail for check in ours.checks)
    assert words in node(log, folder)[1]


@pytest.mark.parametrize(
    ("name", "words"),
    [("dropped", "a row was left out"), ("added", "a line too many"), ("twice", "published twice: leaf 2, leaf 3")],
)
def test_it_names_a_row_dropped_or_added_and_a_period_published_twice(node, laid_out, tmp_path, name, words):
    report, log, folder = laid_out
    table = {"dropped": report.table[:-1], "added": [*report.table, report.table[-1]]}.get(name, report.table)
    other = publish(demands(121)).leaf
    files = log_files([*FIRST, epoch_of({}), report.leaf, *([other] if name == "twice" else [])])
    log, folder = lay_out(tmp_path, Published(**(vars(report) | {"table": table})), files)
    holds, said = node(log, folder)
    assert not holds
    assert words in said


def test_every_flipped_bit_that_it_is_shown_is_found(node, laid_out, counted, tmp_path):
    """A few places in each file, the same each time; ours finds every one of them, which other tests show for many more."""
    _, log, folder = laid_out
    pick = random.Random(5)
    for path in [*sorted(path for path in log.rglob("*") if path.is_file()), *sorted(folder.iterdir())]:
        whole = path.read_bytes()
        for _ in range(2):
            at = pick.randrange(len(whole))
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << pick.randrange(8)]) + whole[at + 1 :])
            holds, said = node(log, folder)
            assert not holds, (path.name, at, said)
        path.write_bytes(whole)
    proof, _, _, place, _ = counted
    for _ in range(6):
        at = pick.randrange(len(proof))
        flipped = tmp_path / "counted.json"
        flipped.write_bytes(proof[:at] + bytes([proof[at] ^ 1 << pick.randrange(8)]) + proof[at + 1 :])
        assert not node(place, "-", flipped)[0], at
    assert node(log, folder)[0], "every file is as it was"


def walk(node, folder: Path, world: World, signer: note.Signer = LOG) -> tuple[bool, str]:
    """Write a small log and let the second verifier walk it; ours must say the same."""
    files = world.files(signer)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    holds, said = node(folder)
    assert holds is verify_log(files).passed, said
    return holds, said


def test_it_reads_what_was_opened_and_a_policy_that_changed(node, tmp_path):
    world = World().promise().epoch({7: fields("a", reason="first")}).promise(slot_capacity=1024, effective_epoch=3)
    world.epoch({200: fields("a", world.trees[1][7].hex())}).epoch(capacity=1024)
    opening = receipt.Opening.of(
        *world.events[2, 200], shown=(1, 24), tree=world.trees[2], at=(2, 200),
        decoy_commitment=slots.decoy_commitment(world.decoys(2)),
    )  # fmt: skip
    holds, said = walk(node, tmp_path, world.opening(*world.whole(1), bundles.part(opening)))
    assert holds, said
    assert "1 events, 1 whole epochs" in said


def test_it_names_two_histories_of_one_case_and_what_is_overdue(node, tmp_path):
    world = World().promise().epoch({7: fields("a"), 8: fields("a", reason="other")})
    holds, said = walk(node, tmp_path / "two", world.opening(world.event(1, 7), world.event(1, 8)))
    assert not holds
    assert "two histories" in said
    holds, said = walk(node, tmp_path / "late", World().promise(longest_seal_days=1).epoch().epoch())
    assert not holds
    assert "epoch 1 is older than the longest seal" in said


def test_it_asks_for_the_line_of_every_key_and_says_which_it_does_not_check(node, tmp_path):
    both = note.Signer(LOG.name, LOG.key, MLDSA44PrivateKey.generate())
    world = World().promise(verifier_keys=tuple(each.line for each in both.verifiers)).epoch()
    holds, said = walk(node, tmp_path, world, both)
    assert holds, said
    assert "ML-DSA-44 too, which is not checked here" in said
    holds, said = walk(node, tmp_path, world)
    assert not holds
    assert "not those of the keys" in said
