"""What is taken out of the folders that somebody fills: revocation data, and the trusted lists of one State?"""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.authenticate.authorities import Office

from answerable.adapters.revocation import Revocation, read_revocation
from answerable.adapters.trusted_lists import lists_of


@pytest.fixture(scope="module")
def crl(now):
    return Office(now).crl(at=now - timedelta(hours=1))


def test_lists_are_read_in_both_writings_and_what_is_none_is_named(tmp_path, crl):
    (tmp_path / "a.crl").write_bytes(crl)
    (tmp_path / "b.CRL").write_bytes(x509.load_der_x509_crl(crl).public_bytes(Encoding.PEM))
    (tmp_path / "c.crl").write_bytes(b"no list")
    (tmp_path / "d.ocsp").write_bytes(b"no answer")
    (tmp_path / "notes.txt").write_bytes(b"for people")
    found = read_revocation(tmp_path)
    assert found == Revocation(crls=(crl, crl), unreadable=("c.crl", "d.ocsp"))


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    assert read_revocation(tmp_path / "none") == Revocation()


@pytest.mark.parametrize(
    ("country", "names"), [("DE", {"eu.xml", "german.xml"}), ("CY", {"eu.xml"}), (None, {"eu.xml"}), ("", {"eu.xml"})]
)
def test_of_the_lists_the_unions_and_those_of_one_state_are_taken(tmp_path, country, names):
    said = {"eu.xml": "EU", "german.xml": "DE", "french.xml": "FR", "broken.xml": "de"}
    for name, territory in said.items():
        (tmp_path / name).write_text(f"<tsl:SchemeTerritory>{territory}</tsl:SchemeTerritory>")
    assert set(lists_of(tmp_path, country)) == names
