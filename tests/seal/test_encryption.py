"""Does only the authority open a package, whole or not at all?"""

import errno
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.adapters.encryption import decrypt, encrypt, new_identity
from answerable.casefile.encoding import sha512_hex
from answerable.errors import SealFailed, StoreFailed, VerificationFailed

IDENTITY, RECIPIENT = new_identity()
# age seals in chunks of 64 KiB: the edges are where a cut could go unseen.
CHUNK = 64 * 1024
CONTENT = b"a record\n" * 12


def sealed(folder, content, *, recipients=(RECIPIENT,)):
    """Return the path of `content`, sealed in two pieces."""
    path = folder / "answer.tar.age"
    encrypt(iter([content[:7], b"", content[7:]]), path, recipients)
    return path


def opened(path, identity=IDENTITY):
    return b"".join(decrypt(path, identity))


def refuses(path, content, identity=IDENTITY):
    path.write_bytes(content)
    with pytest.raises(VerificationFailed) as refusal:
        opened(path, identity)
    assert refusal.value.code == "answer.cannot-open"
    return True


@pytest.mark.parametrize("size", [0, 1, 7, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 1024 * 1024 + 1])
def test_what_was_sealed_is_what_is_opened(tmp_path, size):
    content = os.urandom(size)
    assert opened(sealed(tmp_path, content)) == content


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    return tmp_path_factory.mktemp("shelf")


@settings(max_examples=40, deadline=None)
@given(pieces=st.lists(st.binary(max_size=300), max_size=8))
def test_the_pieces_do_not_matter(shelf, pieces):
    path = shelf / "pieces.age"
    size, sha512 = encrypt(iter(pieces), path, [RECIPIENT])
    assert opened(path) == b"".join(pieces)
    assert (size, sha512) == (path.stat().st_size, sha512_hex(path.read_bytes()))


def test_nothing_of_the_content_shows(tmp_path):
    assert b"record" not in sealed(tmp_path, CONTENT).read_bytes()


def test_every_changed_byte_is_refused(tmp_path):
    path = sealed(tmp_path, CONTENT)
    whole = path.read_bytes()
    for at in range(len(whole)):
        flip = 1 << at % 8
        assert refuses(path, whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1 :]), at
    path.write_bytes(whole)
    assert opened(path) == CONTENT


def test_every_cut_is_refused(tmp_path):
    path = sealed(tmp_path, CONTENT)
    whole = path.read_bytes()
    for size in range(len(whole)):
        assert refuses(path, whole[:size]), size


@pytest.mark.parametrize("off", [-17, -16, -1, 0, 1, 16])
@pytest.mark.parametrize("chunks", [1, 2])
def test_a_cut_between_two_chunks_is_refused(tmp_path, chunks, off):
    path = sealed(tmp_path, os.urandom(2 * CHUNK + 99))
    whole = path.read_bytes()
    payload = len(whole) - (2 * CHUNK + 99 + 3 * 16)
    assert refuses(path, whole[: payload + chunks * (CHUNK + 16) + off])


@pytest.fixture(scope="module")
def long_answer(shelf):
    return sealed(shelf, b"row\n" * CHUNK).read_bytes()


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_changed_byte_of_a_long_answer_is_refused(shelf, long_answer, data):
    at, flip = data.draw(st.integers(0, len(long_answer) - 1)), data.draw(st.integers(1, 255))
    assert refuses(shelf / "changed.age", long_answer[:at] + bytes([long_answer[at] ^ flip]) + long_answer[at + 1 :])


def test_two_chunks_that_changed_places_are_refused(tmp_path):
    path = sealed(tmp_path, os.urandom(2 * CHUNK + 99))
    whole = path.read_bytes()
    start, long = len(whole) - (2 * CHUNK + 99 + 3 * 16), CHUNK + 16
    first, second = whole[start : start + long], whole[start + long : start + 2 * long]
    assert refuses(path, whole[:start] + second + first + whole[start + 2 * long :])


def test_what_is_added_is_refused(tmp_path):
    path = sealed(tmp_path, CONTENT)
    assert refuses(path, path.read_bytes() + b"\0")


@pytest.mark.parametrize(
    "identity",
    [new_identity()[0], RECIPIENT, "", "AGE-SECRET-KEY-1"],
    ids=["another", "a recipient", "empty", "cut short"],
)
def test_nobody_else_opens_it(tmp_path, identity):
    path = sealed(tmp_path, CONTENT)
    assert refuses(path, path.read_bytes(), identity)


def test_an_identity_may_end_with_its_line(tmp_path):
    assert opened(sealed(tmp_path, CONTENT), IDENTITY + "\n") == CONTENT


def test_each_of_two_recipients_opens_it(tmp_path):
    identity, recipient = new_identity()
    path = sealed(tmp_path, CONTENT, recipients=[RECIPIENT, recipient])
    assert opened(path) == opened(path, identity) == CONTENT


def test_a_file_that_is_not_there_cannot_be_opened(tmp_path):
    with pytest.raises(VerificationFailed):
        opened(tmp_path / "gone.age")


def test_the_sealed_file_is_closed_to_others(tmp_path):
    assert sealed(tmp_path, CONTENT).stat().st_mode & 0o777 == 0o600


def left_behind(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("recipients", [[], ["age1"], ["not a key"], [RECIPIENT, "not a key"], [IDENTITY]])
def test_without_a_readable_key_nothing_is_written(tmp_path, recipients):
    with pytest.raises(SealFailed) as refusal:
        sealed(tmp_path, CONTENT, recipients=recipients)
    assert refusal.value.code == "seal.unfit-key"
    assert left_behind(tmp_path) == []


def stops(fault, after):
    yield from [CONTENT] * after
    raise fault


STOPPED = StoreFailed("collect.store-failed", what="what", why="why", next_step="next")


@pytest.mark.parametrize("after", [0, 1, 20_000])
def test_when_a_store_fails_the_fault_keeps_its_name_and_nothing_half_made_is_left(tmp_path, after):
    with pytest.raises(StoreFailed) as refusal:
        encrypt(stops(STOPPED, after), tmp_path / "answer.tar.age", [RECIPIENT])
    assert refusal.value is STOPPED
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize("fault", [ValueError("wrong"), OSError(errno.EIO, "broken")])
def test_any_other_fault_leaves_nothing_half_made_either(tmp_path, fault):
    with pytest.raises(SealFailed):
        encrypt(stops(fault, 1), tmp_path / "answer.tar.age", [RECIPIENT])
    assert left_behind(tmp_path) == []


def test_a_full_disk_leaves_the_earlier_package_as_it_was(tmp_path, monkeypatch):
    earlier = sealed(tmp_path, CONTENT).read_bytes()

    def full(_):
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SealFailed):
        sealed(tmp_path, b"another")
    assert left_behind(tmp_path) == ["answer.tar.age"]
    assert (tmp_path / "answer.tar.age").read_bytes() == earlier
