"""Are timestamp and signature of the tag manifest made, checked, and found wanting where they are; by others' tools too?"""

import hashlib
import os
import shutil
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from asn1crypto import cms as asn1_cms

from answerable.adapters.sealing.attesting import ABSENT, SIGNATURE, TIMESTAMP, Attestor, check_seals
from answerable.adapters.sealing.signature import SigningKey, signer_of
from answerable.errors import NotConfigured

from .keys import NOW, certificate, key, pem

TAGS = b"00ff  meta/plan.json\n"
ROOT_KEY = key("SECP384R1")
ROOT = certificate(ROOT_KEY, usage="key_cert_sign")
UNDER = (ROOT.subject, ROOT_KEY)
OTHER_ROOT = certificate(key("SECP521R1"), usage="key_cert_sign")

CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha512
ess_cert_id_alg = sha256
"""


def openssl():
    found = shutil.which("openssl")
    if found is None:
        message = "openssl is not on this machine"
        pytest.fail(message) if os.environ.get("ANSWERABLE_REQUIRE_ALL") else pytest.skip(message)
    return found


def reply(folder, query, *, stamping=True):
    """Answer a query as a timestamp authority does."""
    own = key("SECP256R1")
    (folder / "tsa.pem").write_text(pem(certificate(own, usage="digital_signature", issuer=UNDER, stamping=stamping)))
    (folder / "tsa.key").write_text(pem(own))
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    (folder / "query").write_bytes(query)
    command = [openssl(), "ts", "-reply", "-config", folder / "tsa.cnf", "-queryfile", folder / "query"]
    command += ["-signer", folder / "tsa.pem", "-inkey", folder / "tsa.key", "-out", folder / "reply"]
    subprocess.run(command, check=True, capture_output=True)
    return (folder / "reply").read_bytes()


@contextmanager
def authority(answer):
    """Serve `answer` as a timestamp authority on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            content = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def attested(answer, signing=None):
    with authority(answer) as url:
        attestor = Attestor(url, signing, now=lambda: NOW)
        return attestor(TAGS), attestor.absent


def signing(kind="SECP256R1", **more):
    usage = {"usage": "digital_signature"} | more
    return SigningKey(key(kind), (certificate(key(kind), issuer=UNDER, **usage),))


def said(seals, tags=TAGS, trust=()):
    return [(check.name, check.passed) for check in check_seals(seals, tags, trust=trust)]


GOOD = [("The timestamp is of this answer", True), ("The signature is of this answer", True)]


@pytest.fixture(scope="module")
def seals(tmp_path_factory):
    made, absent = attested(lambda query: reply(tmp_path_factory.mktemp("tsa"), query), signing())
    assert (set(made), absent) == ({TIMESTAMP, SIGNATURE}, [])
    return made


def test_both_hold_with_and_without_the_certificates_they_must_end_at(seals):
    assert said(seals) == said(seals, trust=[OTHER_ROOT, ROOT]) == GOOD
    assert all("give --trust" in check.detail for check in check_seals(seals, TAGS))
    assert not any("give --trust" in check.detail for check in check_seals(seals, TAGS, trust=[ROOT]))


def test_another_root_or_another_tag_manifest_is_seen(seals):
    bad = [("The timestamp does not hold", False), ("The signature does not hold", False)]
    assert said(seals, trust=[OTHER_ROOT]) == bad
    assert said(seals, TAGS + b"\n") == bad


@pytest.mark.parametrize("path", [TIMESTAMP, SIGNATURE])
def test_no_changed_byte_makes_it_say_something_else(seals, path):
    whole, before = seals[path], {check.detail for check in check_seals(seals, TAGS, trust=[ROOT])}
    noticed = 0
    for at in range(0, len(whole), 5):
        changed = {**seals, path: whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :]}
        after = check_seals(changed, TAGS, trust=[ROOT])
        assert {check.detail for check in after if check.passed} <= before, at
        noticed += not all(check.passed for check in after)
    # Algorithm names beside the signature are not under it; the receipt vouches for every byte.
    assert noticed > 0.9 * len(range(0, len(whole), 5))


def test_openssl_takes_both_for_good(seals, tmp_path):
    for name, content in {
        "tags": TAGS,
        "root": pem(ROOT).encode(),
        "tsr": seals[TIMESTAMP],
        "p7s": seals[SIGNATURE],
    }.items():
        (tmp_path / name).write_bytes(content)
    tags, root = tmp_path / "tags", tmp_path / "root"
    stamp = [openssl(), "ts", "-verify", "-in", tmp_path / "tsr", "-data", tags, "-CAfile", root]
    assert subprocess.run(stamp, capture_output=True).returncode == 0
    sign = [openssl(), "cms", "-verify", "-inform", "DER", "-binary", "-in", tmp_path / "p7s", "-content", tags]
    sign += ["-CAfile", root, "-purpose", "any", "-cades"]
    assert subprocess.run(sign, capture_output=True, check=True).stdout == TAGS
    tags.write_bytes(TAGS + b"\n")
    assert subprocess.run(stamp, capture_output=True).returncode != 0
    assert subprocess.run(sign, capture_output=True).returncode != 0


@pytest.mark.parametrize("kind", ["2048", "SECP384R1"])
def test_a_signature_names_its_certificate_by_digest(kind):
    made = signing(kind)
    signature = made.sign(TAGS, at=NOW)
    assert signer_of(signature, TAGS) == made.certificates[0]
    info = asn1_cms.ContentInfo.load(signature)
    (signer,) = info["content"]["signer_infos"]
    (named,) = [each for each in signer["signed_attrs"] if each["type"].native == "signing_certificate_v2"]
    digest = named["values"][0]["certs"][0]["cert_hash"].native
    assert digest == hashlib.sha256(info["content"]["certificates"][0].chosen.dump()).digest()


def _other_question(folder):
    return lambda query: reply(folder, query.replace(hashlib.sha512(TAGS).digest(), bytes(64)))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda folder: lambda query: b"", "gave no timestamp"),
        (lambda folder: lambda query: b"<html>busy</html>", "gave no timestamp"),
        (_other_question, "gave no timestamp"),
        (
            lambda folder: (
                lambda query: reply(folder, query[:-13] + b"\x02\x08\x01\x02\x03\x04\x05\x06\x07\x08\x01\x01\xff")
            ),
            "no",
        ),
    ],
)
def test_an_authority_that_gives_none_holds_nothing_up(tmp_path, answer, why):
    made, absent = attested(answer(tmp_path), signing())
    assert (set(made), len(absent)) == ({SIGNATURE, ABSENT}, 1)
    assert why in absent[0]
    assert said(made) == [("The answer has no timestamp", True), GOOD[1]]
    assert check_seals(made, TAGS)[0].detail == absent[0]


def test_an_authority_out_of_reach_holds_nothing_up():
    with authority(lambda query: b"") as url:
        gone = url
    attestor = Attestor(gone, None, now=lambda: NOW)
    assert dict(attestor(TAGS)) == {ABSENT: b"No timestamp: the timestamp authority could not be reached.\n"}


def test_an_expired_certificate_signs_nothing_and_that_is_said():
    attestor = Attestor(None, signing(start=-9, end=-1), now=lambda: NOW)
    assert list(attestor(TAGS)) == [ABSENT]
    assert "not valid today" in attestor.absent[0]


def test_without_the_means_nothing_is_made_and_nothing_is_missing():
    assert dict(Attestor(None, None, now=lambda: NOW)(TAGS)) == {}
    assert said({}) == [("The answer has no timestamp", True), ("The answer has no signature", True)]


def test_a_key_is_loaded_with_its_certificate_or_refused(tmp_path):
    assert SigningKey.load(tmp_path) is None
    made = certificate(key("SECP256R1"), usage="digital_signature")
    (tmp_path / "seal.pem").write_text(pem(made))
    for content in (None, "nothing", pem(key("SECP384R1"))):
        if content:
            (tmp_path / "seal.key").write_text(content)
        with pytest.raises(NotConfigured) as refusal:
            SigningKey.load(tmp_path)
        assert refusal.value.code == "keys.no-seal"
    (tmp_path / "seal.key").write_text(pem(key("SECP256R1")))
    assert SigningKey.load(tmp_path).certificates == (made,)
