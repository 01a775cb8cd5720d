"""Do the threads that make, hash, seal and write one answer stop together, and hold no more than they may?"""

import sys
import threading
from datetime import UTC, datetime

import pytest

from answerable.adapters import encryption
from answerable.adapters.encryption import decrypt, encrypt, new_identity
from answerable.adapters.sealing import age, hashing, piping
from answerable.adapters.sealing.hashing import aside
from answerable.adapters.sealing.piping import Gathered, Pipe, Written
from answerable.casefile.encoding import sha512_hex
from answerable.errors import SealFailed, StoreFailed
from answerable.seal import Bag

IDENTITY, RECIPIENT = new_identity()
PIECE = bytes(range(256)) * 4096
STOPPED = StoreFailed("collect.store-failed", what="what", why="why", next_step="next")


def bag(payload):
    return Bag(case="AN-2026-000001", sealed_at=datetime(2026, 11, 23, tzinfo=UTC), payload=payload, tags=dict)


def parts(count=40, fault=None):
    for number in range(count):
        yield f"data/001-forum.posts.{number:04d}.jsonl", PIECE[number:]
    if fault:
        raise fault


def seal(folder, payload):
    with aside() as beside:
        return encrypt(bag(payload).stream(beside), folder / "answer.tar.age", [RECIPIENT])


def test_hashing_aside_changes_no_byte_of_a_bag():
    with aside() as beside:
        made = bag(parts())
        content = b"".join(made.stream(beside))
    plain = bag(parts())
    assert content == b"".join(plain.stream())
    assert made.manifest_sha512 == plain.manifest_sha512


def test_an_answer_sealed_side_by_side_opens_and_is_what_was_said_of_it(tmp_path):
    size, sha512 = seal(tmp_path, parts())
    sealed = (tmp_path / "answer.tar.age").read_bytes()
    assert (size, sha512) == (len(sealed), sha512_hex(sealed))
    assert b"".join(decrypt(tmp_path / "answer.tar.age", IDENTITY)) == b"".join(bag(parts()).stream())


def test_a_file_system_that_takes_no_advice_on_writing_is_written_all_the_same(tmp_path, monkeypatch):
    def refuses(*_):
        raise OSError(95, "not here")

    monkeypatch.setattr(piping.os, "posix_fadvise", refuses, raising=False)
    monkeypatch.setattr(piping, "_SYNCED", 1)
    size, _ = seal(tmp_path, parts(2))
    assert (tmp_path / "answer.tar.age").stat().st_size == size


def test_a_bag_asks_for_a_digest_before_it_has_begun_five_more():
    begun, asked, widest = [], [], 0

    def beside(content):
        begun.append(content)
        return lambda: asked.append(content) or "0" * 128

    for _ in bag(parts(30)).stream(beside):
        widest = max(widest, len(begun) - len(asked))
    assert (widest, len(asked)) == (4, len(begun))


FAULT = MemoryError("too little")


def breaks(*_):
    raise FAULT


@pytest.mark.parametrize("where", ["hashing", "sealing", "writing"])
@pytest.mark.parametrize("after", [0, 3, 15])
def test_a_fault_of_any_thread_stops_the_others_and_is_the_one_that_is_told(tmp_path, monkeypatch, where, after):
    owner, name = {"hashing": (hashing, "_sha512"), "sealing": (Gathered, "write"), "writing": (Written, "take")}[where]
    works, calls, taken = getattr(owner, name), [], []

    def now_and_then(*given):
        calls.append(given)
        return breaks() if len(calls) > after else works(*given)

    # Writing is one call for all pieces.
    monkeypatch.setattr(owner, name, breaks if where == "writing" else now_and_then)

    def payload():
        for part in parts(200):
            taken.append(part[0])
            yield part

    before = threading.active_count()
    with pytest.raises(SealFailed) as failure:
        seal(tmp_path, payload())
    assert failure.value.code == "seal.not-written"
    assert str(FAULT) in str(failure.value.__cause__)
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == before
    assert len(taken) < 200


@pytest.mark.parametrize("after", [0, 1, 12, 60])
def test_where_the_records_stop_all_threads_end_and_the_fault_keeps_its_name(tmp_path, after):
    before = threading.active_count()
    with pytest.raises(StoreFailed) as failure:
        seal(tmp_path, parts(after, STOPPED))
    assert failure.value is STOPPED
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == before


def test_a_pipe_holds_what_it_has_room_for_and_one_piece_more():
    pipe, written = Pipe(room=1000), []

    def write():
        for _ in range(10):
            pipe.write(bytes(400))
            written.append(400)
        pipe.finish()

    writer = threading.Thread(target=write)
    writer.start()
    ahead, read = 0, 0
    for piece in pipe.pieces():
        read += len(piece)
        ahead = max(ahead, sum(written) - read)
    writer.join()
    assert read == 4000
    assert ahead <= 1200


@pytest.mark.parametrize("fault", [None, STOPPED])
def test_how_soon_threads_ask_for_the_interpreter_is_put_back(tmp_path, monkeypatch, fault):
    before, meanwhile, works = sys.getswitchinterval(), [], age.seal

    def watched(*given):
        meanwhile.append(sys.getswitchinterval())
        works(*given)

    monkeypatch.setattr(age, "seal", watched)
    try:
        seal(tmp_path, parts(2, fault))
    except StoreFailed:
        assert fault
    assert meanwhile[0] < before
    assert sys.getswitchinterval() == before


def test_of_two_seals_at_once_the_last_puts_it_back():
    before = sys.getswitchinterval()
    one, other = (encryption._asking_soon() for _ in range(2))
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    assert sys.getswitchinterval() < before
    other.__exit__(None, None, None)
    assert sys.getswitchinterval() == before
