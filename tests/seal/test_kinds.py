"""Is an answer sealed to whichever key the order supplies, and does the office's own tool open it?"""

import base64
import os
import shutil
import subprocess
from datetime import timedelta

import pysequoia
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from answerable.adapters.encryption import decrypt, encrypt, new_identity, sealed_kind
from answerable.adapters.sealing import cms, der
from answerable.adapters.sealing.recipients import recipient
from answerable.errors import SealFailed, StoreFailed, VerificationFailed

from .keys import NOW, certificate, key, pem

SIZES = [0, 1, 1024 * 1024, 1024 * 1024 + 1, 3 * 1024 * 1024 + 77]
CURVES = ["SECP256R1", "SECP384R1", "SECP521R1", "BrainpoolP256R1"]


def tool(name):
    """Return the path of a tool, or skip; where everything is required, fail."""
    found = shutil.which(name)
    if found is None:
        message = f"{name} is not on this machine"
        pytest.fail(message) if os.environ.get("ANSWERABLE_REQUIRE_ALL") else pytest.skip(message)
    return found


def openpgp():
    secret = pysequoia.Tsk.generate("Court <court@example.org>")
    return str(secret.extract_certificate()), bytes(secret)


def certified(kind):
    usage = "key_encipherment" if kind.isdigit() else "key_agreement"
    return pem(certificate(key(kind), usage=usage)), pem(key(kind)).encode()


PAIRS = {"age": lambda: new_identity()[::-1], "openpgp": openpgp, "cms": lambda: certified("SECP256R1")}


def sealed(folder, content, to):
    path = folder / "answer"
    encrypt(iter([content[:7], b"", content[7:]]), path, [to])
    return path


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.parametrize("size", [0, 1, 2 * 1024 * 1024 + 5])
def test_what_is_sealed_to_any_kind_is_what_is_opened(tmp_path, kind, size):
    to, identity = PAIRS[kind]()
    content = os.urandom(size)
    path = sealed(tmp_path, content, to)
    assert sealed_kind(path) == recipient(to, at=NOW).kind == kind
    assert b"".join(decrypt(path, identity)) == content


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["2048", "SECP256R1"])
def test_openssl_opens_what_is_sealed_to_a_certificate(tmp_path, kind, size):
    _opens_with_openssl(tmp_path, kind, os.urandom(size))


@pytest.mark.parametrize("kind", CURVES[1:])
def test_openssl_opens_what_is_sealed_to_a_curve(tmp_path, kind):
    _opens_with_openssl(tmp_path, kind, b"a record\n")


def _opens_with_openssl(folder, kind, content):
    openssl = tool("openssl")
    to, identity = certified(kind)
    path = sealed(folder, content, to)
    (folder / "key.pem").write_bytes(identity)
    command = [openssl, "cms", "-decrypt", "-inform", "DER", "-binary", "-in", path, "-inkey", folder / "key.pem"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == content


def test_gpg_opens_what_is_sealed_to_a_key_that_gpg_made(tmp_path):
    gpg = tool("gpg")
    home = tmp_path / "gpg"
    home.mkdir(mode=0o700)

    def run(*arguments):
        return subprocess.run([gpg, "--batch", "--homedir", home, *arguments], capture_output=True, check=True).stdout

    made = ["--pinentry-mode", "loopback", "--passphrase", "", "--quick-gen-key", "court@example.org"]
    run(*made, "default", "default", "1y")
    content = os.urandom(300_000)
    path = sealed(tmp_path, content, run("--armor", "--export").decode().strip())
    assert run("--decrypt", path) == content
    secret = run("--export-secret-keys")
    assert b"".join(decrypt(path, secret)) == content
    subprocess.run([tool("gpgconf"), "--homedir", home, "--kill", "all"], check=True, capture_output=True)


def test_age_opens_what_is_sealed_to_its_recipient(tmp_path):
    age = tool("age")
    to, identity = PAIRS["age"]()
    path = sealed(tmp_path, b"a record\n", to)
    (tmp_path / "identity").write_text(f"# created by a tool\n{identity}\n")
    done = subprocess.run([age, "-d", "-i", tmp_path / "identity", path], capture_output=True, check=True)
    assert done.stdout == b"a record\n"
    assert b"".join(decrypt(path, (tmp_path / "identity").read_bytes())) == b"a record\n"


def test_a_certificate_may_come_as_der_in_base64(tmp_path):
    made = certificate(key("2048"))
    to = base64.b64encode(made.public_bytes(Encoding.DER)).decode()
    assert recipient(to, at=NOW).name == recipient(pem(made), at=NOW).name
    path = sealed(tmp_path, b"a record\n", to)
    assert b"".join(decrypt(path, pem(key("2048")))) == b"a record\n"


CONTENT = b"a record\n" * 3


@pytest.mark.parametrize("kind", ["2048", "SECP256R1"])
def test_no_changed_byte_of_a_message_changes_what_is_opened_and_no_cut_is_overlooked(tmp_path, kind):
    to, identity = certified(kind)
    path = sealed(tmp_path, CONTENT, to)
    whole = path.read_bytes()
    # To whom a message is addressed stands before, in clear: CMS does not vouch for it, the receipt does.
    start = whole.index(der.oid("2.16.840.1.101.3.4.1.46"))
    for at in [*range(0, start, 11), *range(start, len(whole))]:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
        assert is_the_same_or_refused(path, identity, may_be_the_same=at < start), at
    for size in range(0, len(whole), 5):
        _refuses(path, whole[:size], identity)
    _refuses(path, whole + b"\0", identity)


def is_the_same_or_refused(path, identity, *, may_be_the_same):
    try:
        return b"".join(decrypt(path, identity)) == CONTENT and may_be_the_same
    except VerificationFailed:
        return True


def test_a_changed_or_cut_openpgp_message_is_refused(tmp_path):
    to, identity = PAIRS["openpgp"]()
    path = sealed(tmp_path, CONTENT, to)
    whole = path.read_bytes()
    for at in (0, len(whole) - 60, len(whole) - 25, len(whole) - 1):
        _refuses(path, whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :], identity)
    for size in (0, 50, len(whole) - 1):
        _refuses(path, whole[:size], identity)


@pytest.mark.parametrize("kind", PAIRS)
def test_a_lost_key_opens_nothing(tmp_path, kind):
    path = sealed(tmp_path, b"a record\n", PAIRS[kind]()[0])
    others = [openpgp()[1], new_identity()[0].encode(), pem(key("SECP384R1")).encode(), pem(key("2048")).encode(), b""]
    for other in others:
        _refuses(path, path.read_bytes(), other)


def _refuses(path, content, identity):
    path.write_bytes(content)
    with pytest.raises(VerificationFailed) as refusal:
        b"".join(decrypt(path, identity))
    assert refusal.value.code == "answer.cannot-open"


def _revoked():
    secret = pysequoia.Tsk.generate("Court <court@example.org>")
    public = secret.extract_certificate()
    return str(pysequoia.Cert.from_bytes(bytes(public) + bytes(public.revoke(secret.certifier()))))


def _for_signing_alone():
    secret = pysequoia.Tsk.generate("Court <court@example.org>")
    tags = ("Tag.PublicSubkey",)
    packets = list(pysequoia.packet.PacketPile.from_bytes(bytes(secret.extract_certificate())))
    first = next(at for at, each in enumerate(packets) if str(each.tag) in tags)
    return str(pysequoia.Cert.from_packets(packets[:first]))


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda: "age1" + "q" * 58, "no X25519 recipient"),
        (lambda: pem(certificate(key("2048"), start=-9, end=-1)), "valid from"),
        (lambda: pem(certificate(key("2048"), start=1)), "valid from"),
        (lambda: pem(certificate(key("1024"))), "1024 bits"),
        (lambda: pem(certificate(key("2048"), usage="digital_signature")), "keyUsage"),
        (lambda: pem(certificate(key("2048"), usage=None)), "keyUsage"),
        (lambda: pem(certificate(key("SECP256R1"))), "keyUsage"),
        (lambda: pem(certificate(key("SECP192R1"), usage="key_agreement")), "neither RSA nor"),
        (lambda: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "no X.509 certificate"),
        (lambda: "MI" + "I" * 200, "no X.509 certificate"),
        (lambda: "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----", "no OpenPGP"),
        (_revoked, "revoked"),
        (_for_signing_alone, "no key for encryption"),
    ],
)
def test_an_unfit_key_is_refused_with_the_reason_and_nothing_is_written(tmp_path, made, why):
    with pytest.raises(SealFailed) as refusal:
        encrypt(iter([b"a record\n"]), tmp_path / "answer", [made()])
    assert refusal.value.code == "seal.unfit-key"
    assert why in refusal.value.why
    assert list(tmp_path.iterdir()) == []


def test_an_openpgp_key_that_expires_is_refused_from_that_day_on():
    secret, expires = pysequoia.Tsk.generate("Court <court@example.org>"), NOW + timedelta(days=30)
    to = str(secret.extract_certificate().set_expiration(expires, secret.certifier()))
    assert recipient(to, at=NOW).kind == "openpgp"
    with pytest.raises(SealFailed) as refusal:
        recipient(to, at=expires + timedelta(seconds=1))
    assert "expired" in refusal.value.why


def test_more_than_one_key_of_gcm_serves_for_is_refused_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(cms, "LONGEST", 2 * 1024 * 1024)
    to, identity = PAIRS["cms"]()
    assert b"".join(decrypt(sealed(tmp_path, bytes(2 * 1024 * 1024), to), identity)) == bytes(2 * 1024 * 1024)
    (tmp_path / "answer").unlink()
    with pytest.raises(SealFailed):
        sealed(tmp_path, bytes(2 * 1024 * 1024 + 1), to)
    assert list(tmp_path.iterdir()) == []


STOPPED = StoreFailed("collect.store-failed", what="what", why="why", next_step="next")


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.parametrize("after", [0, 1, 20])
def test_a_store_that_fails_leaves_nothing_of_any_kind(tmp_path, kind, after):
    def stream():
        yield from [bytes(400_000)] * after
        raise STOPPED

    with pytest.raises(StoreFailed) as refusal:
        encrypt(stream(), tmp_path / "answer", [PAIRS[kind]()[0]])
    assert refusal.value is STOPPED
    assert list(tmp_path.iterdir()) == []
