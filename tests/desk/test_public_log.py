"""Does the desk keep its log's promises: openings, witnesses, one signer, nothing signed that its rows do not say?"""

from __future__ import annotations

import dataclasses
import shutil
import threading
from contextlib import contextmanager

import pytest
from tests.public_log.worlds import read_tree

from answerable.adapters.clock import now
from answerable.adapters.witness_server import Witness, serve_witness
from answerable.casefile.encoding import canonical
from answerable.errors import LogHalted, MoveRefused
from answerable.public_log import leaves, note, quorum
from answerable.verify.approvals import verify_approvals
from answerable.verify.log import verify_log
from answerable.verify.receipt import verify_receipt_offline


def logged(desk, *, rule=None):
    return verify_log(read_tree(desk.home.log), expected_key=desk.signer.verifier_key, quorum=rule)


def test_an_event_that_two_people_open_is_public_at_the_next_tick_and_not_before(
    machine, people, received, work, apart, transaction
):
    from answerable.desk import moves

    case = received()
    event = case.events.get(kind="received")
    with transaction():
        desk = apart()
        moves.tick(desk)  # other tests may have wished for something
        before = logged(desk).opened.fields
        pair = {"by": people["mara"], "seconded_by": people["jonas"]}
        wish = moves.want_opened(desk, event, names=["event", "instrument"], **pair)
        moves.want_opened(desk, case.events.get(kind="assessed"), names=None, **pair)
        moves.publish(desk)
        assert logged(desk).opened.fields == before
        moves.tick(desk)
        found = logged(desk)
        assert found.passed, found.checks[-1]
        part, whole = sorted((found.opened.fields[each] for each in found.opened.fields.keys() - before), key=len)
        assert part == {"event": "received", "instrument": "eu.epoc"}
        assert (whole["event"], len(whole)) == ("assessed", 32)
        wish.refresh_from_db()
        assert wish.done_at is not None
        moves.tick(desk)
        assert len(logged(desk).opened.fields) == len(before) + 2


def test_one_person_opens_nothing_and_what_is_banded_stays_closed(machine, people, received, apart):
    from answerable.desk import moves

    event = received().events.get(kind="received")
    with pytest.raises(MoveRefused, match=r"open\.one-person"):
        moves.want_opened(machine, event, names=None, by=people["mara"], seconded_by=people["mara"])
    with pytest.raises(MoveRefused, match=r"decide\.not-a-reviewer"):
        moves.want_opened(machine, event, names=None, by=people["mara"], seconded_by=people["ina"])
    banded = apart(settings={"banded_instruments": ("eu.epoc",), "reserved_slots": 64})
    with pytest.raises(MoveRefused, match=r"open\.banded"):
        moves.want_opened(banded, event, names=None, by=people["mara"], seconded_by=people["jonas"])


def test_a_wish_for_what_has_become_banded_waits(machine, people, received, apart, transaction):
    from answerable.desk import moves

    event = received().events.get(kind="received")
    with transaction():
        pair = {"by": people["mara"], "seconded_by": people["jonas"]}
        wish = moves.want_opened(machine, event, names=None, **pair)
        banded = apart(settings={"banded_instruments": ("eu.epoc",), "reserved_slots": 64})
        for _ in range(3):
            moves.tick(banded)
        found = logged(banded)
        assert found.passed, found.checks[-1]
        wish.refresh_from_db()
        assert wish.done_at is None


def test_when_the_longest_seal_is_over_everything_is_open_but_what_is_banded(machine, received, apart, transaction):
    from answerable.desk import moves
    from answerable.desk.models import Epoch, Event

    case = received()
    with transaction():
        desk = apart(
            settings={
                "tick_seconds": 86_400,
                "longest_seal_days": 1,
                "banded_instruments": ("eu.epoc",),
                "reserved_slots": 64,
            }
        )
        first = moves.tick(desk).number
        for _ in range(4):
            moves.tick(desk)
        found = logged(desk)
        assert found.passed, found.checks[-1]
        assert first + 2 in found.opened.epochs
        sealed = {
            (each.slot.epoch_id, each.slot.position) for each in Event.objects.filter(case=case, slot__isnull=False)
        }
        assert not sealed & set(found.opened.fields)
        assert Epoch.objects.get(number=first + 2).reserved == 64


def test_a_changed_promise_is_a_new_policy_leaf_an_epoch_later(machine, apart, transaction):
    from answerable.desk import moves

    with transaction():
        moves.tick(apart())
        desk = apart(settings={"slot_capacity": 1024})
        before = moves.tick(desk)
        after = moves.tick(desk)
        assert (before.capacity, after.capacity) == (256, 1024)
        assert logged(desk).passed


def test_a_period_is_told_once(machine, apart, transaction):
    from answerable.desk import moves
    from answerable.desk.moves.recording import append_period

    told = leaves.Period(
        period="2031-H1", rows=8, table_root=bytes(32), report_sha512="0" * 128, query_sha512="1" * 128
    )
    with transaction():
        desk = apart()
        append_period(desk, told)
        with pytest.raises(LogHalted, match=r"log\.period-twice"):
            append_period(desk, told)
        moves.tick(desk)
        assert [leaf for _, leaf in logged(desk).periods if leaf.period == told.period] == [told]


@contextmanager
def witnesses(folder, desk, count=2):
    """Run witnesses and yield the rule that all of them must cosign, and a function that switches one off."""
    made = [Witness(folder / str(n), name=f"w{n}.example/w", logs=desk.signer.verifiers, now=now) for n in range(count)]
    servers = [serve_witness(each, bind="127.0.0.1", port=0) for each in made]
    threads = [threading.Thread(target=each.serve_forever, kwargs={"poll_interval": 0.05}) for each in servers]
    for each in threads:
        each.start()
    try:
        known = {b"w%d" % n: quorum.Witness(b"w%d" % n, each.cosigner.verifiers[n % 2], f"http://127.0.0.1:{server.server_address[1]}")
                 for n, (each, server) in enumerate(zip(made, servers, strict=True))}  # fmt: skip
        yield quorum.Quorum((), known, {b"all": (count, tuple(known))}, b"all")
    finally:
        for server, thread, each in zip(servers, threads, made, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()
            each.close()


def test_a_package_leaves_once_the_quorum_has_cosigned(machine, decided, apart, transaction, tmp_path):
    from answerable.desk import moves
    from answerable.desk.moves.delivering import receipt_of
    from answerable.desk.moves.recording import is_logged

    sealed = decided().events.get(kind="sealed")
    with transaction():
        desk = apart()
        with witnesses(tmp_path / "w", desk) as rule:
            away = {name: dataclasses.replace(each, url="http://127.0.0.1:9") for name, each in rule.witnesses.items()}
            moves.tick(
                dataclasses.replace(desk, quorum=dataclasses.replace(rule, witnesses=away), quorum_sha512="0" * 128)
            )
            assert not is_logged(sealed)
            with pytest.raises(MoveRefused, match=r"receipt\.not-yet"):
                receipt_of(desk, sealed)
            asked = dataclasses.replace(desk, quorum=rule, quorum_sha512="0" * 128)
            moves.publish(asked)
            assert is_logged(sealed)
            assert logged(asked, rule=rule).passed
            proof = receipt_of(asked, sealed)
            assert verify_receipt_offline(proof, [desk.signer.verifier], quorum=rule).passed
            assert not verify_receipt_offline(note_without(proof, rule), [desk.signer.verifier], quorum=rule).passed


def note_without(proof, rule):
    name = next(iter(rule.witnesses.values())).verifier.name.encode()
    return b"\n".join(line for line in proof.split(b"\n") if name not in line)


def test_a_receipt_of_a_package_is_small_and_shows_that_two_people_decided(machine, decided, work):
    from answerable.desk.moves.delivering import receipt_of

    case = decided()
    work(tick=True)
    events = {kind: case.events.filter(kind=kind).last() for kind in ("sealed", "prepared", "approved")}
    assert len(receipt_of(machine, events["sealed"])) <= 2048
    shown = ("event", "actor_role", "statement_sha512")
    proofs = [receipt_of(machine, events[kind], shown=shown) for kind in ("prepared", "approved")]
    decision = canonical(case.decision)
    verifiers = [machine.signer.verifier]
    assert all(check.passed for check in verify_approvals(decision, proofs, verifiers))
    for wrong in ((decision + b" ", proofs), (decision, proofs[:1]), (decision, [proofs[0]] * 2), (decision, [])):
        assert not all(check.passed for check in verify_approvals(*wrong, verifiers))


def test_an_older_database_and_a_clone_sign_nothing_that_contradicts(machine, apart, transaction, tmp_path):
    """Roll-back, clone and double instance: each is seen before anything is signed."""
    from answerable.desk import moves
    from answerable.desk.models import Checkpoint

    desk = apart()
    with transaction():
        moves.tick(desk)
    # The rows of that tick are gone: a restored database over the newer tree.
    with transaction(), pytest.raises(LogHalted, match=r"log\.would-fork|log\.file-differs"):
        moves.tick(desk)
    shutil.rmtree(desk.home.log)
    desk.home.log.mkdir()
    with transaction():
        moves.tick(desk)
        Checkpoint.objects.create(
            size=10**6, text=Checkpoint.objects.order_by("size").last().text, signed_at=desk.now()
        )
        with pytest.raises(LogHalted):  # another process signed a head that this one has not seen
            moves.tick(desk)


def test_a_restored_desk_waits_for_its_witnesses_word(machine, apart, transaction, tmp_path):
    from answerable.desk import moves
    from answerable.desk.moves.restoring import resume

    with transaction():
        desk = apart()
        with witnesses(tmp_path / "w", desk) as rule:
            desk = dataclasses.replace(desk, quorum=rule, quorum_sha512="0" * 128)
            moves.tick(desk)
            (desk.home.folder / "restored").touch()
            for move in (moves.tick, moves.publish):
                with pytest.raises(LogHalted, match=r"log\.restored"):
                    move(desk)
            away = {name: dataclasses.replace(each, url="http://127.0.0.1:9") for name, each in rule.witnesses.items()}
            with pytest.raises(LogHalted, match=r"log\.restored"):
                resume(dataclasses.replace(desk, quorum=dataclasses.replace(rule, witnesses=away)), insist=False)
            assert resume(desk, insist=False)[-1] == "the log may sign again"
            moves.tick(desk)
    with transaction():
        desk = apart()
        (desk.home.folder / "restored").touch()
        with pytest.raises(LogHalted, match=r"log\.restored"):
            resume(desk, insist=False)
        resume(desk, insist=True)
        assert not (desk.home.folder / "restored").exists()


def test_a_flipped_bit_in_a_row_is_found_before_it_is_signed(machine, apart, transaction):
    from django.db import connection

    from answerable.desk import moves
    from answerable.desk.models import Leaf
    from answerable.desk.moves.recording import close_epoch

    desk = apart()
    for flip in (0, 13, 40):
        with transaction():
            moves.publish(desk)
            close_epoch(desk)
            newest = Leaf.objects.order_by("index").last()
            content = bytes(newest.content)
            with connection.cursor() as cursor:
                cursor.execute("DROP TRIGGER desk_leaf_no_update")
            Leaf.objects.filter(pk=newest.pk).update(
                content=content[:flip] + bytes([content[flip] ^ 4]) + content[flip + 1 :]
            )
            with pytest.raises(LogHalted, match=r"log\.row-differs"):
                moves.publish(desk, whole=True)


def test_a_clock_that_jumps_makes_no_second_history(machine, apart, transaction):
    from datetime import timedelta

    from answerable.desk import moves

    with transaction():
        for days in (400, -400, 0):
            desk = apart(now=lambda days=days: machine.now() + timedelta(days=days))
            moves.tick(desk)
            assert logged(desk).passed


def test_every_key_of_the_policy_signs_and_a_missing_line_is_seen(machine, apart, transaction):
    from answerable.desk import moves

    with transaction():
        desk = apart()
        moves.tick(desk)
        files = read_tree(desk.home.log)
        assert len(logged(desk).verifiers) == 2
        files["checkpoint"] = note.only(files["checkpoint"], [desk.signer.verifier])
        assert "did not sign" in verify_log(files).checks[-1].name


def test_a_promise_that_is_broken_is_told_to_everybody(machine, browser_of, apart, transaction, monkeypatch):
    from datetime import timedelta

    from answerable.desk import moves, queries
    from answerable.desk.public import views

    with transaction():
        desk = apart(settings={"tick_seconds": 86_400})
        moves.tick(desk)
        assert all(each.passed for each in queries.log_promises(desk))
        late = dataclasses.replace(desk, now=lambda: machine.now() + timedelta(days=2))
        old = dataclasses.replace(desk, now=lambda: machine.now() + timedelta(days=1900))
        assert [each.name for each in queries.log_promises(late) if not each.passed] == ["every tick was on time"]
        assert "is overdue" in [each.detail for each in queries.log_promises(old) if not each.passed][1]
        monkeypatch.setattr(views, "desk", lambda: late)
        page = browser_of(None).get("/log/").content.decode()
        assert "A promise of this log is not kept" in page


def test_an_emergency_leaves_at_once_on_a_promise_and_the_receipt_follows(machine, decided, work):
    from datetime import timedelta

    from answerable.adapters.verifying import verify_offline
    from answerable.desk import queries
    from answerable.desk.queries.log_health import late_emergencies

    case = decided("emergency")
    case.refresh_from_db()
    assert case.state == "available"
    held = queries.delivered_file(machine, case, "receipt")
    assert held.suffix == ".promise"
    key = machine.signer.verifier_key
    assert all(check.passed for check in verify_offline(held, (), log_key=key))
    held.with_name("other.promise").write_bytes(held.read_bytes().replace(b"T", b"U", 1))
    assert not verify_offline(held.with_name("other.promise"), (), log_key=key)[0].passed
    late = dataclasses.replace(machine, now=lambda: machine.now() + timedelta(hours=25))
    assert late_emergencies(machine).passed
    assert case.reference in late_emergencies(late).detail
    work(tick=True)
    held = queries.delivered_file(machine, case, "receipt")
    assert held.suffix == ".tlog-proof"
    assert all(check.passed for check in verify_offline(held, (), log_key=key))


def test_what_an_event_is_chained_to_is_found_by_an_index_however_many_a_case_has(received):
    from django.db import connection

    from answerable.desk.moves import recording

    with connection.cursor() as cursor:
        plan = [step[3] for step in cursor.execute(f"EXPLAIN QUERY PLAN {recording._LAST}", [received().pk]).fetchall()]
    assert any("USING INDEX events_of_a_case (case_id=?)" in step for step in plan)
    assert not any("SCAN desk_event" in step or "TEMP B-TREE" in step for step in plan), plan
