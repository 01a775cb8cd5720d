"""Does an answer leave in the format that desk.yaml names, and hold in the eyes of whoever receives it?"""

from __future__ import annotations

import io
import tarfile

import pytest

from answerable.adapters.encryption import decrypt
from answerable.adapters.verifying import verify_delivery


@pytest.mark.parametrize("record_format", ["csv", "parquet"])
def test_an_answer_in_another_format_is_delivered_and_verified(
    machine, demo, decided, work, tmp_path, monkeypatch, record_format
):
    monkeypatch.setitem(machine.settings.__dict__, "record_format", record_format)
    case = decided()
    work(tick=True)
    case.refresh_from_db()
    assert case.state == "available"
    answer = machine.home.deliveries / case.reference / case.package["name"]
    identity = (demo.folder / "authority.key").read_bytes()
    receipt = answer.with_name(f"{answer.name}.tlog-proof")
    checks = verify_delivery(answer, identity, machine.home.log, receipt=receipt)
    assert [check for check in checks if not check.passed] == []
    with tarfile.open(fileobj=io.BytesIO(b"".join(decrypt(answer, identity)))) as bag:
        files = [name for name in bag.getnames() if name.startswith("data/")]
    assert files
    assert all(name.endswith(f".{record_format}") for name in files)
