"""Does the manifest name the seven elements of Implementing Regulation (EU) 2025/1550, and hold its window?"""

from datetime import timedelta

import pytest

from answerable.casefile.answer import Package
from answerable.casefile.demand import Arrival, Demand, instrument_of
from answerable.casefile.epoc import Epoc
from answerable.deliver.manifest import LARGEST_IN_SYSTEM, Digest, SentFile, delivery_manifest
from answerable.errors import MoveRefused

RECEIPT = SentFile(name="r.tlog-proof", size=10, digests=(Digest(algorithm="SHA-512", value="c" * 128),))


@pytest.fixture
def made(forms, provider, now):
    """Return a function that makes the manifest of a package of so many bytes, sealed in that way, for so many days."""

    def make(size=1, encryption="age", days=30):
        package = Package(
            case="AN-2026-000001",
            name="AN-2026-000001.tar.age",
            size=size,
            sha512="a" * 128,
            manifest_sha512="b" * 128,
            encryption=encryption,
            recipient="somebody",
            records=1,
            sealed_at=now,
        )
        form = Epoc.model_validate(forms["lawful"])
        arrival = Arrival(received_at=now, channel="portal", media_type="application/json", sha512="d" * 128, size=1)
        demand = Demand(instrument=instrument_of(form), arrival=arrival, form=form)
        return delivery_manifest(package, demand, provider, at=now, days=days, receipt=RECEIPT), form

    return make


def test_all_seven_elements_are_there(made, now):
    manifest, form = made()
    assert manifest.sender == "Harbour Forum B.V."  # 1
    assert manifest.recipient == form.L.contact.name
    assert (manifest.order_reference, manifest.order_sha512) == (form.A.issuing_file_no, "d" * 128)  # 2
    assert manifest.made_available_at == now  # 3
    assert "each fetch is recorded" in manifest.means  # 4
    assert [file.name for file in manifest.files] == ["AN-2026-000001.tar.age", RECEIPT.name]  # 5
    assert [file.size for file in manifest.files] == [1, 10]  # 6
    assert {digest.algorithm for file in manifest.files for digest in file.digests} == {"SHA-512"}  # 7
    assert manifest.available_until == now + timedelta(days=30)


@pytest.mark.parametrize(("days", "is_open"), [(9, False), (10, True), (45, True), (46, False)])
def test_the_window_is_ten_to_forty_five_days(made, days, is_open):
    if is_open:
        assert made(days=days)[0].available_until == made()[0].made_available_at + timedelta(days=days)
        return
    with pytest.raises(MoveRefused) as refusal:
        made(days=days)
    assert refusal.value.code == "deliver.window"


@pytest.mark.parametrize(("size", "is_above"), [(LARGEST_IN_SYSTEM - 10, False), (LARGEST_IN_SYSTEM - 9, True)])
def test_it_says_why_the_evidence_does_not_go_through_the_decentralised_system(made, size, is_above):
    assert ("above the 25 MB" in made(size=size)[0].outside_the_system_because) is is_above


@pytest.mark.parametrize(
    ("kind", "words"), [("age", "age"), ("openpgp", "gpg --decrypt"), ("cms", "openssl cms -decrypt")]
)
def test_it_says_how_the_package_opens(made, kind, words):
    manifest, _ = made(encryption=kind)
    assert words in manifest.remarks
    assert "somebody" in manifest.encryption
