"""Do the commands on a desk's own log do what they say: open an event, write a receipt, publish, go on after a restore?"""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from answerable.cli import main, publishing
from answerable.verify.receipt import verify_receipt_offline


@pytest.fixture
def run(machine, monkeypatch):
    """Run a command on the desk of this process."""
    monkeypatch.setattr(publishing, "start_desk", lambda _: None)

    def said(*words: object) -> str:
        done = CliRunner().invoke(main, [*map(str, words), "--home", str(machine.home.folder)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return said


def test_an_event_is_opened_and_its_receipt_is_written(run, machine, people, received, work, tmp_path):
    from answerable.desk import moves
    from answerable.desk.models import OpeningWish

    case = received()
    work(tick=True)
    run("log", "receipt", case.reference, "received", "--field", "event", "--out", tmp_path / "one.tlog-proof")
    found = verify_receipt_offline((tmp_path / "one.tlog-proof").read_bytes(), machine.signer.verifiers)
    assert found.passed
    assert found.shown == {"event": "received"}
    told = run("log", "open", case.reference, "received", "--field", "event", "--by", "mara", "--seconded-by", "jonas")
    assert told == f"{case.reference}, received: event will be opened at the next tick\n"
    assert OpeningWish.objects.filter(event__case=case, done_at=None).count() == 1
    moves.tick(machine)
    assert OpeningWish.objects.filter(event__case=case, done_at=None).count() == 0


def test_the_log_is_published_to_a_folder_and_a_restored_desk_goes_on(run, machine, tmp_path):
    run("publish", tmp_path / "out")
    assert (tmp_path / "out" / "checkpoint").read_bytes() == (machine.home.log / "checkpoint").read_bytes()
    mark = machine.home.folder / "restored"
    mark.touch()
    run("log", "resume", "--this-is-the-newest")
    assert not mark.exists()
