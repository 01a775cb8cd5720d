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
from cryptography.hazmat.primitives.serialization import Encoding

from answerable.adapters import clock
from answerable.adapters.keys import Vault, log_key
from answerable.adapters.sandbox import Sandbox
from answerable.adapters.sources import Progress, Sources, open_sources
from answerable.casefile.parties import Authority, Provider
from answerable.collect.data_map import DataMap, load_data_map
from answerable.desk.home import DeskSettings, Home
from answerable.errors import NotConfigured
from answerable.law.own import own_laws
from answerable.law.register import Law


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
    own_laws: tuple[Law, ...] = ()
    stop: Event = field(default_factory=Event)
    tell: Callable[[Progress], None] = lambda _: None
    sandbox: Sandbox = field(default_factory=lambda: walls())  # noqa: PLW0108 - found when it is called

    @property
    def provider(self) -> Provider:
        """The service that answers."""
        return self.settings.provider

    def sources(self, looked_up: Mapping[str, Mapping[str, Path]] | None = None) -> Sources:
        """Open the provider's stores, read-only; close them by leaving the `with` block.

        `looked_up` gives the confirmed files of stores that only a person can look into, by store and table. Without it
        these stores stay shut.
        """
        return open_sources(self.data_map, self.settings.stores, now=self.now, looked_up=looked_up)


def wire(home: Home, *, now: Callable[[], datetime] = clock.now) -> Desk:
    """Return the desk of the folder `home`. Refuses, by name, whatever is missing or wrong there."""
    settings = home.settings()
    return Desk(
        home=home,
        settings=settings,
        directory=home.directory(),
        trust_roots=_trust_roots(home),
        vault=Vault.open(home.keys),
        log_key=log_key(home.keys),
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
