"""What do the tests share? A lawful form, a provider, an authority with its seal."""

import os
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import settings

from answerable.adapters.encryption import new_identity
from answerable.adapters.signing import make_authority
from answerable.casefile.parties import Authority, Provider
from answerable.demo.demands import AUTHORITY, ORGANISATION, orders

# Where nothing may be skipped, the examples are the same in every run; elsewhere each run looks for new ones.
if os.environ.get("ANSWERABLE_REQUIRE_ALL"):
    settings.load_profile("ci")

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def forms() -> dict:
    return orders(NOW, new_identity()[1])


@pytest.fixture(scope="session")
def provider() -> Provider:
    return Provider(
        name="Harbour Forum",
        addressee="Harbour Forum B.V.",
        addressee_kind="designated_establishment",
        member_state="NL",
        address="Kade 1",
        email="orders@harbourforum.example",
        contact_person="Mara Visser",
        contact_post="reviewer",
        languages=("en",),
        services=("Harbour Forum",),
        zone="Europe/Amsterdam",
    )


@pytest.fixture(scope="session")
def court():
    return make_authority(AUTHORITY, organisation_identifier=ORGANISATION, country="DE", at=NOW)


@pytest.fixture(scope="session")
def trust(court) -> list[bytes]:
    return [x509.load_pem_x509_certificate(court.root).public_bytes(Encoding.DER)]


@pytest.fixture(scope="session")
def directory() -> list[Authority]:
    return [
        Authority(
            id="court",
            name=AUTHORITY,
            country="DE",
            kind="judge",
            organisation_identifier=ORGANISATION,
            source="test",
            added_on=NOW.date(),
        )
    ]
