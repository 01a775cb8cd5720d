"""Where does a desk keep its things? One folder, and the settings file in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, StringConstraints, ValidationError, model_validator

from answerable.adapters.access_point import AccessPointSettings
from answerable.adapters.agency.pin import Pin
from answerable.adapters.gate import PaperSettings
from answerable.adapters.sources.connections import Connection
from answerable.authenticate.mail.own_server import OwnServers
from answerable.casefile.answer import RecordFormat
from answerable.casefile.encoding import Record
from answerable.casefile.parties import Authority, Provider
from answerable.errors import NotConfigured

# Browsers give no page a passkey but over TLS, or on the machine itself.
_ADDRESS = r"^(https://[a-z0-9.-]+|http://localhost)(:[0-9]{1,5})?$"
# A folder, or a bucket and a prefix in it: no other scheme, and no room for a key or a password.
_PLACE = r"^(s3://[a-z0-9.-]+(/[A-Za-z0-9._~-]+)*/?|[^:]+)$"


class SignInSettings(Record):
    """How people come in. `address` is where the desk is reached, with scheme and without path: passkeys are made for it.

    A sign-in link lets an account in that has no passkey yet, so that it registers one. `links_alone` lets it in for good:
    for a demo, where nobody owns a device. `agencies` are the sign-on servers of authorities: each speaks for one record.
    """

    address: Annotated[str, StringConstraints(pattern=_ADDRESS)] | None = None
    links_alone: bool = False
    agencies: tuple[Pin, ...] = ()

    @model_validator(mode="after")
    def _each_agency_stands_for_one_office(self) -> SignInSettings:
        issuers, records = {each.issuer for each in self.agencies}, {each.record for each in self.agencies}
        if not len(issuers) == len(records) == len(self.agencies):
            raise ValueError("one issuer is pinned to one record, and one record to one issuer")
        if self.agencies and self.address is None:
            raise ValueError("an agency sends its officer back to `address`, so it must be set")
        return self


class DnsSettings(Record):
    """Which name servers are asked for the keys of a mail's signatures, and for how long; without addresses, the machine's."""

    addresses: tuple[str, ...] = ()
    port: Annotated[int, Field(ge=1, le=65_535)] = 53
    seconds_a_name: Annotated[float, Field(gt=0, le=30)] = 5.0
    seconds_in_all: Annotated[float, Field(gt=0, le=120)] = 30.0


class DeskSettings(Record):
    """`desk.yaml`: who answers, where the stores lie, how the log is called and how often it ticks.

    `stores` gives each store of the data map its place on this machine; `origin` is the log's name for life, a URL
    without scheme; `download_days` is how long a package stays to be fetched, 10 to 45 days; `record_format` is how records
    are written, `timestamp_url` who is asked for timestamps (RFC 3161); `papers` says which papers are
    opened and how much of one is drawn; `caution_keys` are the key lines of other desks whose feeds of cautions are taken
    in; `law_packs` are those of one's own, whose code then runs with the rights of the desk. `witnesses` names the policy
    file of the log's witnesses; `banded_instruments` are those of which law lets us tell in bands alone, and their events
    take the `reserved_slots` of an epoch. `national_security_bands` is the way of 50 USC 1874(a) in which the report tells of
    what it may tell in bands only. `sign_in` is how people come in; `mail_servers` are our own, whose results on a mail are
    believed; `publish_to` is the folder or bucket to which the worker copies the log after each tick, `report_after_days` how long
    after its end the worker closes a half-year; `dns` is asked for the keys of a mail's signatures, and nobody is where it is left out; `trusted_lists` and
    `revocation` are folders that somebody fills. `state_system` is where an access point lays down what States sent.
    """

    provider: Provider
    origin: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*$", max_length=200)]
    data_map: str = "data-map.yaml"
    stores: dict[str, Connection]
    tick_seconds: Annotated[int, Field(ge=60)] = 86_400
    slot_capacity: Literal[256, 1024, 4096] = 256
    longest_seal_days: Annotated[int, Field(ge=1, le=36_500)] = 5 * 365
    witnesses: str = ""
    banded_instruments: tuple[str, ...] = ()
    reserved_slots: Annotated[int, Field(ge=0, le=1_024)] = 0
    download_days: Annotated[int, Field(ge=10, le=45)] = 30
    record_format: RecordFormat = "jsonl"
    timestamp_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=500)] | None = None
    caution_keys: tuple[str, ...] = ()
    law_packs: tuple[str, ...] = ()
    papers: PaperSettings = PaperSettings()
    national_security_bands: Literal[1, 2, 3] = 3
    sign_in: SignInSettings = SignInSettings()
    mail_servers: OwnServers | None = None
    dns: DnsSettings | None = None
    publish_to: Annotated[str, StringConstraints(pattern=_PLACE, max_length=500)] | None = None
    report_after_days: Annotated[int, Field(ge=1, le=180)] | None = None
    trusted_lists: str | None = None
    revocation: str | None = None
    state_system: AccessPointSettings | None = None

    @model_validator(mode="after")
    def _bands_have_room(self) -> DeskSettings:
        if bool(self.banded_instruments) != bool(self.reserved_slots) or self.reserved_slots * 2 > self.slot_capacity:
            raise ValueError("banded instruments need reserved slots, at most half of an epoch's")
        return self


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one desk and the names in it."""

    folder: Path

    @classmethod
    def missing(cls) -> Home:
        """Refuse to start without a folder."""
        raise NotConfigured(
            "desk.no-home",
            what="No folder is set for this desk.",
            why="ANSWERABLE_HOME names the folder that holds its settings, keys, papers and log.",
            next_step="Run `answerable demo`, or set ANSWERABLE_HOME to the folder of your desk.",
        )

    @property
    def database(self) -> Path:
        """The desk's own database."""
        return self.folder / "desk.sqlite3"

    @property
    def keys(self) -> Path:
        """Secret keys, readable by the desk alone."""
        return self.folder / "keys"

    @property
    def papers(self) -> Path:
        """Originals and letters, encrypted, under names that say nothing."""
        return self.folder / "papers"

    @property
    def drawings(self) -> Path:
        """Pages of papers as pixels, encrypted; they can be drawn again from the originals."""
        return self.folder / "drawings"

    @property
    def packages(self) -> Path:
        """Sealed packages."""
        return self.folder / "packages"

    @property
    def deliveries(self) -> Path:
        """One folder a delivery: package, manifest, receipt."""
        return self.folder / "deliveries"

    @property
    def reports(self) -> Path:
        """The tables of the half-years that were published."""
        return self.folder / "reports"

    @property
    def log(self) -> Path:
        """The published tree."""
        return self.folder / "log"

    @property
    def trust(self) -> Path:
        """Certificates (PEM) at which the chain of a seal may end."""
        return self.folder / "trust"

    @property
    def uploads(self) -> Path:
        """What is being uploaded, until it is kept: never in a folder that others may read."""
        return self.folder / "uploads"

    def make_folders(self) -> None:
        """Create what is missing, closed to others."""
        for each in (
            self.folder,
            self.keys,
            self.papers,
            self.drawings,
            self.packages,
            self.deliveries,
            self.reports,
            self.trust,
            self.uploads,
        ):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log.mkdir(mode=0o755, exist_ok=True)

    def secret_key(self) -> str:
        """Return the key of the web framework's signatures. Refuses where there is none."""
        return self._read(self.keys / "web.key")

    def settings(self) -> DeskSettings:
        """Return `desk.yaml`. Refuses unknown or missing settings by name."""
        path = self.folder / "desk.yaml"
        with _refusing(path):
            return DeskSettings.model_validate(yaml.safe_load(self._read(path)))

    def directory(self) -> tuple[Authority, ...]:
        """Return the directory of authorities, `directory.yaml`."""
        path = self.folder / "directory.yaml"
        with _refusing(path):
            return tuple(Authority.model_validate(each) for each in yaml.safe_load(self._read(path)) or ())

    def data_map_text(self) -> str:
        """Return the text of the data map that the settings name. Refuses where it cannot be read."""
        return self._read(self.folder / self.settings().data_map)

    def witnesses(self) -> bytes:
        """Return the policy file of the log's witnesses; empty where the settings name none."""
        named = self.settings().witnesses
        return self._read(self.folder / named).encode() if named else b""

    def _read(self, path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as fault:
            raise NotConfigured(
                "desk.unreadable-setting",
                what=f"{path.name} cannot be read in the desk's folder.",
                why=f"The file is {'missing' if isinstance(fault, FileNotFoundError) else 'damaged or closed to us'}.",
                next_step=f"Put {path.name} there; docs/run/settings.md shows each file.",
            ) from fault


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except (yaml.YAMLError, ValidationError, TypeError) as fault:
        places = (
            ", ".join(".".join(map(str, each["loc"])) or "the whole file" for each in fault.errors()[:5])
            if isinstance(fault, ValidationError)
            else "the whole file"
        )
        raise NotConfigured(
            "desk.bad-setting",
            what=f"{path.name} says something the desk does not understand.",
            why=f"Look at: {places}.",
            next_step="Correct the file; docs/run/settings.md shows each setting with an example.",
        ) from fault
