"""Is a genuine trusted list believed, a doctored one refused, and a certificate judged by the right list, with its date?"""

import base64
import copy
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from pyhanko.sign.validation.qualified.eutl_parse import ojeu_bootstrap_lotl_tlso_certs
from tests.authenticate.authorities import QC, Office, der_of, list_of_lists, trusted_list
from tests.authenticate.conftest import cms_of

from answerable.adapters.trusted_lists import fetch_lists, import_lists, read_lists, read_pinned
from answerable.authenticate.documents import Qualified, Trust
from answerable.authenticate.documents.trusted_lists import locations, verify_lists
from answerable.authenticate.documents.xml_verifier import DS
from answerable.casefile.evidence import Result
from answerable.errors import NotConfigured

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "signed-papers" / "trustlists"
corpus = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of trusted lists is not beside this checkout")
OWN_DATE = datetime(2019, 12, 1, tzinfo=UTC)


@corpus
def test_genuine_lists_are_believed_at_their_own_date_and_doctored_ones_refused():
    pinned = [each.dump() for each in ojeu_bootstrap_lotl_tlso_certs(0)]
    found = verify_lists(read_lists(CORPUS), pinned=pinned, at=OWN_DATE)
    assert {each.name: each.accepted for each in found.checked} == {
        "eu-lotl_original.xml": True, "CY.xml": True, "eu-lotl_broken-sig.xml": False,
        "eu-lotl_not-parsable.xml": False, "CZ_broken-sig.xml": False, "CZ_no-sig.xml": False,
    }  # fmt: skip
    assert all(each.why for each in found.checked)
    (cyprus,) = found.accepted
    assert (cyprus.territory, cyprus.sequence, len(cyprus.certificates)) == ("CY", 31, 2)
    assert cyprus.issued == datetime(2019, 7, 17, 1, tzinfo=UTC)
    assert cyprus.next_update == datetime(2020, 1, 17, tzinfo=UTC)
    assert not cyprus.expired(OWN_DATE)


@corpus
def test_years_later_the_same_lists_are_said_to_be_expired():
    pinned = [each.dump() for each in ojeu_bootstrap_lotl_tlso_certs(0)]
    found = verify_lists(read_lists(CORPUS), pinned=pinned, at=datetime(2026, 11, 23, tzinfo=UTC))
    assert all(each.expired and "expired" in each.why for each in found.checked if each.accepted)


@corpus
def test_without_the_right_pin_nothing_is_believed(now):
    for pinned in ([], [Office(now).der]):
        assert not any(each.accepted for each in verify_lists(read_lists(CORPUS), pinned=pinned, at=OWN_DATE).checked)


@pytest.fixture(scope="module")
def world(now):
    office, union, state = Office(now), Office(now, "Union"), Office(now, "State")
    return SimpleNamespace(
        office=office,
        journal=union.identity(),
        next_journal=union.identity(),
        operator=state.identity(),
        stranger=state.identity(),
        seal=office.identity(extensions=[QC]),
        plain=office.identity(),
        issued=now,
    )


def files(w, **more):
    return {
        "lotl.xml": list_of_lists(w.journal, {"EU": [w.journal], "CY": [w.operator]}, issued=w.issued),
        "CY.xml": trusted_list(w.office, w.operator, issued=w.issued, **more),
    }


def verified(w, content, at=None):
    return verify_lists(content, pinned=[der_of(w.journal)], at=at or w.issued + timedelta(days=10))


def test_a_list_is_believed_with_its_number_and_dates(world):
    found = verified(world, files(world, number=7))
    (accepted,) = found.accepted
    assert accepted.sequence == 7
    assert accepted.certificates == {world.office.der}
    assert "number 7" in accepted.cited
    assert locations(files(world), pinned=[der_of(world.journal)], at=world.issued) == {
        "CY": "https://cy.example/tl.xml"
    }


FORGERIES = {
    "another list of lists": (lambda w: files(w) | {
        "lotl.xml": list_of_lists(w.stranger, {"CY": [w.stranger]}, issued=w.issued)}, "nobody names"),
    "a stranger signs the national list": (lambda w: files(w) | {
        "CY.xml": trusted_list(w.office, w.stranger, issued=w.issued)}, "nobody names"),
    "another territory's list": (lambda w: files(w) | {
        "CY.xml": trusted_list(w.office, w.operator, issued=w.issued, territory="MT")}, "for its territory"),
    "another certificate travels with it": (lambda w: files(w) | {
        "CY.xml": swapped(files(w)["CY.xml"], w.operator, w.stranger)}, "travels with its signature"),
    "a certificate more travels with it": (lambda w: files(w) | {
        "CY.xml": swapped(files(w)["CY.xml"], w.operator, w.operator, w.seal)}, "travels with its signature"),
    "a word is changed": (lambda w: files(w) | {
        "CY.xml": files(w)["CY.xml"].replace(b"ForeSeals", b"ForeSings")}, "changed after signing"),
    "the value is another": (lambda w: files(w) | {
        "CY.xml": files(w)["CY.xml"].replace(b"SignatureValue>", b"SignatureValue>AAAA", 1)}, "not this key's"),
    "a service is granted again": (lambda w: files(w) | {
        "CY.xml": files(w, status="withdrawn")["CY.xml"].replace(b"/withdrawn", b"/granted")}, "changed after signing"),
    "its next update is put off": (lambda w: files(w) | {
        "CY.xml": re.sub(rb"(NextUpdate>\s*<[^>]*>)\d{4}", rb"\g<1>2099", files(w)["CY.xml"])}, "changed after signing"),
    "a service is added behind": (lambda w: files(w) | {
        "CY.xml": files(w)["CY.xml"].replace(b"</TrustServiceStatusList>", b"<Evil/></TrustServiceStatusList>")},
        "changed after signing"),
    "it is wrapped": (lambda w: files(w) | {"CY.xml": b"<Evil>" + files(w)["CY.xml"] + b"</Evil>"}, "no trusted list"),
    "it is a list around another": (lambda w: files(w) | {"CY.xml": around(files(w)["CY.xml"])}, "directly under its root"),
    "it is signed a second time": (lambda w: files(w) | {"CY.xml": signed_again(files(w)["CY.xml"])}, "several signatures"),
    "its signature is gone": (lambda w: files(w) | {"CY.xml": unsigned(files(w)["CY.xml"])}, "no signature"),
    "it is dated tomorrow": (lambda w: files(w) | {
        "CY.xml": trusted_list(w.office, w.operator, issued=w.issued + timedelta(days=11))}, "after this moment"),
    "it is dated before its certificate": (lambda w: files(w) | {
        "CY.xml": trusted_list(w.office, w.operator, issued=w.issued - timedelta(days=100))}, "not valid on the day"),
    "it is no list": (lambda w: files(w) | {"CY.xml": b"<a/>"}, "no trusted list"),
    "it is empty": (lambda w: files(w) | {"CY.xml": b""}, "well-formed"),
    "it names no number": (lambda w: files(w) | {
        "CY.xml": files(w)["CY.xml"].replace(b"SequenceNumber", b"SequenceNumbes")}, "TSLSequenceNumber"),
}  # fmt: skip


def swapped(content, before, *after):
    """Return a list with other certificates beside the value of its signature, where no signature reaches."""
    root = etree.fromstring(content)
    (travelling,) = root.iterfind(f"{{{DS}}}Signature/{{{DS}}}KeyInfo//{{{DS}}}X509Certificate")
    assert base64.b64decode("".join(travelling.text.split())) == der_of(before)
    for each in after:
        etree.SubElement(travelling.getparent(), travelling.tag).text = base64.b64encode(der_of(each)).decode()
    travelling.getparent().remove(travelling)
    return etree.tostring(root)


def unsigned(content):
    root = etree.fromstring(content)
    root.remove(root.find(f"{{{DS}}}Signature"))
    return etree.tostring(root)


def around(content):
    root = etree.fromstring(unsigned(content))
    root.append(etree.fromstring(content))
    return etree.tostring(root)


def signed_again(content):
    root = etree.fromstring(content)
    root.append(copy.deepcopy(root.find(f"{{{DS}}}Signature")))
    return etree.tostring(root)


@pytest.mark.parametrize(("forge", "why"), FORGERIES.values(), ids=FORGERIES.keys())
def test_a_doctored_list_is_refused_with_a_reason(forge, why, world):
    found = verified(world, forge(world))
    assert found.accepted == ()
    refused = [each for each in found.checked if not each.accepted]
    assert any(why in each.why for each in refused), [each.why for each in refused]


def test_a_list_may_bring_the_issuer_of_its_certificate(world, now):
    state = Office(now, "Ministry")
    operator = state.identity()
    lists = {
        "lotl.xml": list_of_lists(world.journal, {"EU": [world.journal], "CY": [operator]}, issued=world.issued),
        "CY.xml": trusted_list(world.office, operator, issued=world.issued),
    }
    issuer = SimpleNamespace(certificate=state.certificate.public_bytes(Encoding.PEM))
    lists["CY.xml"] = swapped(lists["CY.xml"], operator, operator, issuer)
    assert [each.territory for each in verified(world, lists).accepted] == ["CY"]


def test_the_newest_list_counts_and_a_doctored_newer_one_does_not(world):
    content = files(world, number=5)
    content["older.xml"] = trusted_list(world.office, world.operator, issued=world.issued, number=4)
    content["forged.xml"] = trusted_list(world.office, world.stranger, issued=world.issued, number=99)
    found = verified(world, content)
    assert [each.sequence for each in found.accepted] == [5]
    assert {each.name for each in found.checked if not each.accepted} == {"older.xml", "forged.xml"}


def test_a_pivot_hands_over_to_the_next_certificate(world):
    w = world
    content = {
        "pivot.xml": list_of_lists(w.journal, {"EU": [w.journal, w.next_journal]}, issued=w.issued, number=1),
        "lotl.xml": list_of_lists(
            w.next_journal, {"EU": [w.next_journal], "CY": [w.operator]}, issued=w.issued, number=2
        ),
        "CY.xml": trusted_list(w.office, w.operator, issued=w.issued),
    }
    assert [each.territory for each in verified(w, content).accepted] == ["CY"]
    del content["pivot.xml"]
    assert verified(w, content).accepted == ()


def qualified(look, w, identity, content, *, at=None, anchors=()):
    moment = at or w.issued + timedelta(days=10)
    lists = verified(w, content, at=moment).accepted
    found = look(cms_of(b"order", identity), trust=Trust(lists=lists, anchors=anchors), at=moment)
    (fact,) = [fact for fact in found.facts if fact.code == "E4"]
    return found.signers[0].qualified, fact


def test_a_certificate_is_qualified_by_the_list_that_carries_its_issuer(world, look):
    status, fact = qualified(look, world, world.seal, files(world))
    assert (status, fact.result) == (Qualified.YES, Result.CONFIRMED)
    assert "for electronic seals" in fact.found
    assert "trusted list of CY, number 1" in fact.found


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"status": "withdrawn"}, Qualified.NO, "no longer grants"),
        ({"since": timedelta(days=9)}, Qualified.YES, "Test service"),
        ({"since": timedelta(days=11)}, Qualified.UNKNOWN, "no service of a trusted list"),
        ({"days": 5}, Qualified.UNKNOWN, "expired"),
    ],
)
def test_it_is_qualified_only_by_a_granted_service_of_a_list_in_force(change, status, word, world, look):
    if "since" in change:
        change = {"since": world.issued + change["since"]}
    found, fact = qualified(look, world, world.seal, files(world, **change))
    assert found is status
    assert word in fact.found


def test_a_certificate_that_claims_nothing_is_not_qualified(world, look):
    status, fact = qualified(look, world, world.plain, files(world))
    assert (status, fact.result) == (Qualified.NO, Result.ABSENT)


def test_without_a_list_it_is_unknown_and_not_no(world, look):
    status, fact = qualified(look, world, world.seal, {}, anchors=(world.office.der,))
    assert (status, fact.result) == (Qualified.UNKNOWN, Result.NOT_CHECKED)
    assert "says of itself" in fact.found


def test_a_forged_issuer_of_the_same_name_is_on_no_list(world, look, now):
    namesake = Office(now)
    status, _ = qualified(look, world, namesake.identity(extensions=[QC]), files(world))
    assert status is Qualified.UNKNOWN


@pytest.fixture
def folder(tmp_path, world):
    (tmp_path / "pinned").mkdir()
    pem = world.journal.certificate
    (tmp_path / "pinned" / "journal.pem").write_bytes(pem)
    for name, content in files(world).items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "notes.txt").write_text("no list")
    return tmp_path


def test_a_folder_is_imported_offline(folder, world):
    found = import_lists(folder, at=world.issued + timedelta(days=1))
    assert [each.territory for each in found.accepted] == ["CY"]
    assert {each.name for each in found.checked} == {"lotl.xml", "CY.xml"}


def test_a_pin_may_be_pem_or_der(folder, world):
    (folder / "pinned" / "journal.pem").unlink()
    (folder / "pinned" / "journal.der").write_bytes(der_of(world.journal))
    assert read_pinned(folder) == (der_of(world.journal),)


def test_a_folder_without_pins_or_with_bad_ones_is_refused(folder):
    (folder / "pinned" / "journal.pem").write_bytes(b"no certificate")
    with pytest.raises(NotConfigured) as bad:
        read_pinned(folder)
    assert bad.value.code == "trusted-lists.bad-certificate"
    (folder / "pinned" / "journal.pem").unlink()
    with pytest.raises(NotConfigured) as nothing:
        import_lists(folder, at=OWN_DATE)
    assert nothing.value.code == "trusted-lists.nothing-pinned"


def test_lists_are_fetched_from_the_addresses_that_a_believed_list_of_lists_gives(folder, world):
    published = files(world, number=8)
    asked = []

    def opener(address):
        asked.append(address)
        if "cy.example" in address:
            return published["CY.xml"]
        if "eu-lotl" in address:
            return list_of_lists(
                world.journal,
                {"EU": [world.journal], "CY": [world.operator], "MT": [world.operator]},
                issued=world.issued,
                number=2,
            )
        raise OSError

    failed = fetch_lists(folder, opener, at=world.issued + timedelta(days=1))
    assert failed == {"MT": "OSError"}
    assert set(asked[1:]) == {"https://cy.example/tl.xml", "https://mt.example/tl.xml"}
    assert [each.sequence for each in import_lists(folder, at=world.issued + timedelta(days=1)).accepted] == [8]


def test_a_list_of_lists_that_is_not_believed_sends_nobody_anywhere(folder, world):
    (folder / "lotl.xml").unlink()

    def opener(address):
        assert "eu-lotl" in address
        return list_of_lists(world.stranger, {"CY": [world.stranger]}, issued=world.issued)

    assert fetch_lists(folder, opener, at=world.issued + timedelta(days=1)) == {}


def test_what_is_too_large_or_empty_is_not_kept(folder, world):
    assert fetch_lists(folder, lambda _: b"", at=world.issued) == {
        "EU": "what came is empty or too large", "CY": "what came is empty or too large"
    }  # fmt: skip
    assert (folder / "CY.xml").stat().st_size > 0
