"""How do the machines reach the desk? One function reads the folder and hands everything over as arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Event

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from answerable.adapters import clock
from answerable.adapters.keys import Vault, log_key, quantum_safe_log_key
from answerable.adapters.revocation import Revocation, read_revocation
from answerable.adapters.sandbox import Sandbox
from answerable.adapters.site import Site
from answerable.adapters.sources import Progress, Sources, open_sources
from answerable.adapters.sources.scanning import Scanning
from answerable.adapters.trusted_lists import lists_of, read_pinned
from answerable.casefile.encoding import sha512_hex
from answerable.casefile.parties import Authority, Provider
from answerable.collect.data_map import DataMap, load_data_map
from answerable.desk.home import DeskSettings, Home
from answerable.errors import NotConfigured
from answerable.law.own import own_laws
from answerable.law.register import Law
from answerable.public_log.note import Signer
from answerable.public_log.quorum import Quorum, parse_quorum


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a move needs that is not in the database. `stop` ends a long reading, `tell` is told how far it is."""

    home: Home
    settings: DeskSettings
    directory: tuple[Authority, ...]
    trust_roots: tuple[bytes, ...]
    vault: Vault
    log_key: Ed25519PrivateKey
    data_map: DataMap
    now: Callable[[], datetime]
    quantum_safe_log_key: MLDSA44PrivateKey | None = None
    quorum: Quorum = field(default_factory=Quorum)
    quorum_sha512: str | None = None
    own_laws: tuple[Law, ...] = ()
    stop: Event = field(default_factory=Event)
    tell: Callable[[Progress], None] = lambda _: None
    sandbox: Sandbox = field(default_factory=lambda: walls())  # noqa: PLW0108 - found when it is called

    @property
    def provider(self) -> Provider:
        """The service that answers."""
        return self.settings.provider

    @property
    def signer(self) -> Signer:
        """The one signer of the log."""
        return Signer(self.settings.origin, self.log_key, self.quantum_safe_log_key)

    @property
    def site(self) -> Site:
        """Where the desk's pages lie, for passkeys. Refuses where no setting says it."""
        if self.settings.sign_in.address is None:
            raise NotConfigured(
                "desk.no-address",
                what="This desk has no address for passkeys.",
                why="A passkey is made for one address and answers nowhere else, so that a look-alike page gets nothing.",
                next_step="Set `sign_in: {address: https://…}` in desk.yaml to where people reach the desk.",
            )
        return Site(self.settings.sign_in.address, self.provider.name)

    def revocation(self) -> Revocation:
        """Read the folder of revocation data as it is now."""
        folder = self.settings.revocation
        return read_revocation(self.home.folder / folder) if folder else Revocation()

    def lists(self, country: str | None) -> tuple[tuple[tuple[str, bytes], ...], tuple[bytes, ...]]:
        """Read the Union's list of lists and those of one State, with the certificates they are checked by."""
        if self.settings.trusted_lists is None:
            return (), ()
        folder = self.home.folder / self.settings.trusted_lists
        return tuple(lists_of(folder, country).items()), read_pinned(folder)

    def sources(self, brought: Mapping[str, Scanning] | None = None) -> Sources:
        """Open the provider's stores, read-only; close them by leaving the `with` block.

        `brought` are the stores of what people looked up. Without it these stores stay shut.
        """
        return open_sources(self.data_map, self.settings.stores, now=self.now, brought=brought)


def wire(home: Home, *, now: Callable[[], datetime] = clock.now) -> Desk:
    """Return the desk of the folder `home`. Refuses, by name, whatever is missing or wrong there."""
    settings = home.settings()
    policy = home.witnesses()
    return Desk(
        home=home,
        settings=settings,
        directory=home.directory(),
        trust_roots=_trust_roots(home),
        vault=Vault.open(home.keys),
        log_key=log_key(home.keys),
        quantum_safe_log_key=quantum_safe_log_key(home.keys),
        quorum=parse_quorum(policy) if policy else Quorum(),
        quorum_sha512=sha512_hex(policy) if policy else None,
        data_map=load_data_map(home.data_map_text()),
        now=now,
        own_laws=laws_of(home, settings),
    )


def laws_of(home: Home, settings: DeskSettings) -> tuple[Law, ...]:
    """Return the law packs of one's own that the settings name: this runs their code. Refuses one that cannot be asked."""
    provider = settings.provider
    states = (provider.member_state, *provider.bound_by)
    return own_laws(settings.law_packs, beside=home.folder, states=states)


@lru_cache(maxsize=1)
def desk() -> Desk:
    """Return the desk of this process, the folder of the settings."""
    from django.conf import settings

    return wire(settings.HOME)


@lru_cache(maxsize=1)
def walls() -> Sandbox:
    """Return what papers are read and drawn in: one for this process, which starts when the first paper comes."""
    return Sandbox(load=("answerable.adapters.reading.jobs", "answerable.adapters.rendering.drawing"))


def _trust_roots(home: Home) -> tuple[bytes, ...]:
    return tuple(
        certificate.public_bytes(Encoding.DER)
        for path in sorted(home.trust.glob("*.pem"))
        for certificate in _certificates(path)
    )


def _certificates(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as fault:
        raise NotConfigured(
            "desk.bad-certificate",
            what=f"trust/{path.name} holds no certificate that can be read.",
            why="A chain may end only at a certificate that somebody put there on purpose, as PEM.",
            next_step="Put the authority's root certificate there again, or take the file away.",
        ) from fault
