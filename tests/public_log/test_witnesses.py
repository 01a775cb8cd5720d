"""Does a witness sign one history only, whoever asks, in whatever order, and after whatever crash?"""

import hashlib
import http.client
import threading
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from answerable.adapters.witness_client import ask, ask_witnesses, size_seen
from answerable.adapters.witness_server import Witness, serve_witness
from answerable.errors import NotConfigured, VerificationFailed
from answerable.public_log import checkpoint, merkle, note, quorum
from answerable.public_log.witnessing import SIZE_TYPE, Request, Seen, judge, read_answer, render_request

SIGNER = note.Signer(
    "log.example/one", Ed25519PrivateKey.from_private_bytes(b"k" * 32), MLDSA44PrivateKey.from_seed_bytes(b"q" * 32)
)
HASHES = [merkle.leaf_hash(bytes([n])) for n in range(20)]
OTHER = [*HASHES[:3], *(merkle.leaf_hash(b"other" + bytes([n])) for n in range(17))]


def now():
    return datetime(2026, 11, 23, tzinfo=UTC)


def signed(size, hashes=HASHES, signer=SIGNER):
    return signer.sign(checkpoint.render(checkpoint.TreeHead(signer.name, size, merkle.root(hashes[:size]))))


def question(old, size, hashes=HASHES, proof=None):
    found = merkle.prove_consistency(hashes[:size], old) if proof is None and 0 < old <= size else proof or ()
    return render_request(Request(old, tuple(found), signed(size, hashes)))


@pytest.fixture
def witness(tmp_path):
    made = Witness(tmp_path / "w", name="w.example/1", logs=SIGNER.verifiers, now=now)
    yield made
    made.close()


@contextmanager
def listening(witness):
    server = serve_witness(witness, bind="127.0.0.1", port=0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield quorum.Witness(b"w", witness.cosigner.verifiers[0], f"http://127.0.0.1:{server.server_address[1]}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_every_pair_of_sizes_is_answered_as_the_format_says(tmp_path):
    cosigner = note.Cosigner("w.example/1", SIGNER.key, SIGNER.quantum_safe)
    logs = {SIGNER.name: SIGNER.verifiers}
    for last in range(6):
        seen = checkpoint.TreeHead(SIGNER.name, last, merkle.root(HASHES[:last])) if last else None
        for old in range(6):
            for size in range(6):
                for hashes in (HASHES, OTHER):
                    answer = judge(question(old, size, hashes), logs, seen, cosigner=cosigner, at=1)
                    same = hashes is HASHES or last <= 3 or size <= 3
                    if old > size:
                        assert answer.status == 400
                    elif old != last:
                        assert (answer.status, answer.body, answer.content_type) == (409, b"%d\n" % last, SIZE_TYPE)
                    elif merkle.root(hashes[:last]) == merkle.root(HASHES[:last]):
                        assert answer.status == 200
                        assert answer.remember.size == size
                    else:
                        assert answer.status == 422, (last, old, size, same)
                        assert answer.remember is None


def test_what_is_not_its_log_is_refused(witness):
    stranger = note.Signer("log.example/two", SIGNER.key)
    forged = note.Signer(SIGNER.name, Ed25519PrivateKey.from_private_bytes(b"f" * 32))
    assert witness.answer(render_request(Request(0, (), signed(2, signer=stranger)))).status == 404
    assert witness.answer(render_request(Request(0, (), signed(2, signer=forged)))).status == 403
    for content in (b"", b"old 0\n", b"old 00\n\n" + signed(2), b"old 0\nxx\n\n" + signed(2), b"new 0\n\n" + signed(2)):
        assert witness.answer(content).status == 400
    assert witness.answer(question(0, 2, proof=[HASHES[0]])).status == 422
    assert witness.seen(SIGNER.name) is None


def test_it_goes_on_after_a_restart_and_never_back(tmp_path):
    for size in (3, 7, 20):
        witness = Witness(tmp_path, name="w.example/1", logs=SIGNER.verifiers, now=now)
        with listening(witness) as known:
            lines = ask(known, signed(size), HASHES).lines
            assert note.signed_by(signed(size) + lines, witness.cosigner.verifiers) == witness.cosigner.verifiers[:1]
            older = ask(known, signed(2), HASHES)
            assert (older.size, older.lines) == (size, b"")
            assert "already" in older.why
            assert size_seen(known, signed(2)) == size
            fork = ask(known, signed(size, OTHER), OTHER)
            assert not fork.lines or size == 3
            assert fork.why or size == 3
            with pytest.raises(NotConfigured, match=r"witness\.already-runs"):
                Witness(tmp_path, name="w.example/1", logs=SIGNER.verifiers, now=now)
        witness.close()


def test_both_its_keys_sign_and_each_can_be_the_one_that_is_known(witness):
    with listening(witness) as known:
        safe = quorum.Witness(b"w", witness.cosigner.verifiers[1], known.url)
        for each in (known, safe):
            assert note.signed_by(signed(4) + ask(each, signed(4), HASHES).lines, [each.verifier]) == (each.verifier,)


def test_a_tree_without_leaves_has_the_empty_root(witness):
    text = checkpoint.render(checkpoint.TreeHead(SIGNER.name, 0, HASHES[0]))
    assert witness.answer(render_request(Request(0, (), SIGNER.sign(text)))).status == 422
    assert witness.answer(question(0, 0)).status == 200


def test_lines_of_keys_that_are_not_known_say_nothing_and_those_of_known_ones_must_hold(witness):
    other = note.Signer(SIGNER.name, Ed25519PrivateKey.from_private_bytes(b"o" * 32))
    elsewhere = other.sign(note.text_of(signed(2))).partition(b"\n\n")[2]
    for old, lines_of in ((0, SIGNER.verifiers), (2, SIGNER.verifiers[1:])):
        mixed = note.only(signed(2), lines_of) + elsewhere
        assert witness.answer(render_request(Request(old, (), mixed))).status == 200
    stale = note.only(signed(2), SIGNER.verifiers[:1]).partition(b"\n\n")[2]
    swapped = note.only(signed(3), SIGNER.verifiers[1:]) + stale
    assert witness.answer(render_request(Request(2, (), swapped))).status == 403


def test_the_lines_after_root_are_cosigned_by_ed25519_and_may_not_be_empty(witness):
    text = note.text_of(signed(5))
    answer = witness.answer(render_request(Request(0, (), SIGNER.sign(text + b"more\nand more\n"))))
    assert answer.status == 200
    assert witness.seen(SIGNER.name) == checkpoint.parse(text)
    plain, safe = witness.cosigner.verifiers
    for extended, by in ((b"more\nand more\n", (plain, safe)), (b"", (safe,))):
        lines = note.only(text + b"\n" + answer.body, by).partition(b"\n\n")[2]
        assert note.signed_by(text + extended + b"\n" + lines, (plain, safe)) == by
    for broken in (text + b"\nmore\n", text.replace(b"\n5\n", b"\n05\n")):
        assert witness.answer(render_request(Request(5, (), SIGNER.sign(broken)))).status == 400


def test_a_monitor_reads_the_checkpoint_that_was_cosigned_last(witness):
    def read(path):
        connection = http.client.HTTPConnection("127.0.0.1", int(known.url.rpartition(":")[2]))
        connection.request("GET", path)
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found

    place = f"/{hashlib.sha256(SIGNER.name.encode()).hexdigest()}/checkpoint"
    stranger = note.Signer("log.example/two", SIGNER.key).sign(note.text_of(signed(7))).partition(b"\n\n")[2]
    with listening(witness) as known:
        assert read(place)[0] == 404
        for size, keys_of in ((3, SIGNER.verifiers), (7, SIGNER.verifiers[1:])):
            lines = ask(known, note.only(signed(size), keys_of) + stranger * (size == 7), HASHES).lines
            status, shown = read("/any/prefix" + place)
            assert status == 200
            assert note.text_of(shown) == note.text_of(signed(size))
            assert note.signed_by(shown, SIGNER.verifiers) == tuple(keys_of)
            assert note.signed_by(shown, witness.cosigner.verifiers) == witness.cosigner.verifiers
            assert set(note.names_of(shown)) == {SIGNER.name, "w.example/1"}
            assert lines in shown
        ask(known, signed(7, OTHER), OTHER)
        assert read(place) == (200, shown)
        for path in ("/", "/checkpoint", "/lock/checkpoint", "/../ed25519.key", place.upper(), place + "?", place[:-1]):
            assert read(path) == (404, b""), path


def test_of_two_histories_asked_at_once_one_is_signed(witness):
    with listening(witness) as known:
        ask(known, signed(3), HASHES)
        answers = []

        def ask_for(hashes, size):
            answers.append((hashes is HASHES, size, ask(known, signed(size, hashes), hashes)))

        asked = [threading.Thread(target=ask_for, args=(h, n)) for n in range(5, 11) for h in (HASHES, OTHER)]
        for each in asked:
            each.start()
        for each in asked:
            each.join()
        assert len({mine for mine, _, seen in answers if seen.lines}) == 1


def test_a_state_that_cannot_be_read_signs_nothing(tmp_path):
    witness = Witness(tmp_path, name="w.example/1", logs=SIGNER.verifiers, now=now)
    assert witness.answer(question(0, 5)).status == 200
    [state] = tmp_path.glob("*.seen")
    state.write_bytes(b"log.example/one\n0\n")
    with pytest.raises(NotConfigured, match=r"witness\.bad-state"):
        witness.answer(question(0, 5, OTHER))
    witness.close()


@pytest.mark.parametrize(
    ("status", "content_type", "body", "size", "why"),
    [
        (409, SIZE_TYPE, b"7\n", 7, ""),
        (409, SIZE_TYPE, b"07\n", None, "two histories"),
        (409, "text/plain", b"7\n", None, "two histories"),
        (409, f"{SIZE_TYPE}; charset=utf-8", b"7\n", 7, ""),
        (409, "", b"", None, "two histories"),
        (404, "", b"", None, "does not know"),
        (403, "", b"", None, "another key"),
        (422, "", b"", None, "proof does not hold there: two histories"),
        (429, "", b"", None, "429"),
        (500, "", b"", None, "500"),
        (302, "", b"", None, "302"),
        (200, "", b"", None, "no good signature"),
        (200, "", b"\xe2\x80\x94 w.example/1 AAAAAAAA\n", None, "no good signature"),
    ],
)
def test_each_answer_is_read_as_the_format_says(status, content_type, body, size, why):
    known = note.Cosigner("w.example/1", SIGNER.key, SIGNER.quantum_safe).verifiers[0]
    seen = read_answer(status, content_type, body, known=known, signed=signed(3))
    assert (seen.lines, seen.size) == (b"", size)
    assert why in seen.why


def test_a_witness_that_is_away_is_passed_over(witness):
    with listening(witness) as known:
        away = quorum.Witness(b"v", witness.cosigner.verifiers[1], "http://127.0.0.1:9")
        rule = quorum.Quorum((), {b"w": known, b"v": away}, {b"g": (1, (b"w", b"v"))}, b"g")
        cosigned = ask_witnesses(rule, signed(5), HASHES)
        assert rule.holds(cosigned)
        assert not rule.holds(signed(5))
        assert ask_witnesses(rule, cosigned, HASHES) == cosigned


def test_a_witness_is_asked_with_the_lines_of_the_log_alone(monkeypatch):
    asked = []
    asking = "answerable.adapters.witness_client.ask"
    monkeypatch.setattr(asking, lambda _, signed, __: asked.append(signed) or Seen(why="x"))
    cosigners, known = keys()
    rule = quorum.Quorum((), {bytes([n]): quorum.Witness(b"w", key, "http://w") for n, key in enumerate(known)})
    lines = b"".join(each.cosign(note.text_of(signed(4)), 1) for each in cosigners[:2]).splitlines(keepends=True)
    cosigned = signed(4) + lines[0] + lines[3]
    assert ask_witnesses(rule, cosigned, HASHES) == cosigned
    assert [note.names_of(each) for each in asked] == [(SIGNER.name, SIGNER.name)] * 3


def keys():
    made = [note.Cosigner(f"w.example/{n}", Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32),
                          MLDSA44PrivateKey.from_seed_bytes(bytes([n]) * 32)) for n in range(1, 6)]  # fmt: skip
    return made, [each.verifiers[n % 2] for n, each in enumerate(made)]


def test_a_policy_of_two_levels_needs_what_it_says():
    cosigners, known = keys()
    lines = [f"log {SIGNER.verifier_key}", "# people", *(f"witness W{n}\t{k.line}" for n, k in enumerate(known))]
    lines += ["group X 2 W0 W1 W2", "group Y any W3 W4", "group both all X Y", "quorum both", ""]
    rule = quorum.parse_quorum("\n".join(lines).encode())
    for chosen in range(32):
        lines_of = b"".join(c.cosign(note.text_of(signed(4)), 1) for n, c in enumerate(cosigners) if chosen >> n & 1)
        enough = (chosen & 7).bit_count() >= 2 and bool(chosen >> 3)
        assert rule.holds(signed(4) + lines_of) is enough, chosen


@pytest.mark.parametrize(
    "text",
    [
        "", "quorum none\nquorum none\n", "quorum x\n", "witness none {0}\nquorum none\n", "witness a {0}\nwitness a {1}\nquorum a\n",
        "witness a {0}\nwitness b {0}\nquorum a\n", "group g any a\nwitness a {0}\nquorum g\n",
        "witness a {0}\ngroup g 2 a\nquorum g\n", "witness a {0}\ngroup g 01 a\nquorum g\n", "witness a {0}\ngroup g any a a\nquorum g\n",
        "witness a {0}\ngroup g any a\ngroup h any a\nquorum h\n", "witness a {2}\nquorum a\n", "log {0}\nquorum none\n",
        "witness a x\nquorum a\n", "hello\nquorum none\n", "quorum none\r\n",
    ],
)  # fmt: skip
def test_a_policy_that_says_something_else_is_refused(text):
    known = keys()[1]
    with pytest.raises(NotConfigured, match=r"witness\.bad-policy"):
        quorum.parse_quorum(text.format(known[0].line, known[2].line, SIGNER.verifier_key).encode())


def test_a_known_key_with_a_bad_signature_rejects_the_note_and_an_unknown_one_does_not():
    good = signed(4)
    other = note.Signer(SIGNER.name, Ed25519PrivateKey.from_private_bytes(b"o" * 32))
    mixed = good + other.sign(note.text_of(good)).partition(b"\n\n")[2]
    assert note.open_note(mixed, SIGNER.verifiers) == note.text_of(good)
    bad = good.replace(b"\n4\n", b"\n5\n")
    for each in SIGNER.verifiers:
        assert note.Verifier.parse(each.line) == each
        with pytest.raises(VerificationFailed, match=r"note\.bad-signature"):
            note.open_note(bad, each)
        with pytest.raises(VerificationFailed, match=r"note\.not-signed"):
            note.open_note(note.only(good, [v for v in SIGNER.verifiers if v != each]) or good, each)
