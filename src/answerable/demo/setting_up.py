"""What does a desk need to start? Keys, settings, trust, directory, database; here, those of Harbour Forum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from answerable.adapters import clock
from answerable.adapters.encryption import new_identity
from answerable.adapters.files import write_once, write_whole
from answerable.adapters.keys import make_keys
from answerable.adapters.paper import paper
from answerable.adapters.signing import SealingIdentity, make_authority
from answerable.demo import demands, harbour_forum
from answerable.desk.home import Home
from answerable.errors import NotConfigured


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo's folder: the desk's home in it, the demands, and the authority's key."""

    folder: Path

    @property
    def home(self) -> Home:
        """The desk's folder."""
        return Home(self.folder / "desk")

    @property
    def recipient(self) -> str:
        """The age recipient of the demo authority."""
        return (self.folder / "authority.pub").read_text().strip()

    def demand(self, name: str) -> bytes:
        """Return a demand of the queue as the authority sent it."""
        return (self.folder / "demands" / f"{name}.pdf").read_bytes()


def set_up(
    folder: Path, *, accounts: int, events: int, seed: int, progress: Callable[[str], None] = lambda _: None
) -> Demo:
    """Return the demo in `folder`, with whatever is missing made. Can be repeated after any crash."""
    demo = Demo(folder)
    folder.mkdir(parents=True, exist_ok=True)
    demo.home.make_folders()
    make_keys(demo.home.keys)
    midnight = clock.now().replace(hour=0, minute=0, second=0)
    write_once(folder / "until", midnight.isoformat().encode())
    until = midnight.fromisoformat((folder / "until").read_text())
    forum = harbour_forum.make(
        folder / "harbour-forum", until=until, accounts=accounts, events=events, seed=seed, progress=progress
    )
    _authority_key(folder)
    court, forger = _authority(folder / "court"), _authority(folder / "forger")
    _settings(demo, forum.places, court)
    _papers(demo, court, forger)
    return demo


def _authority_key(folder: Path) -> None:
    if not (folder / "authority.pub").exists():
        identity, recipient = new_identity()
        write_whole(folder / "authority.key", identity.encode() + b"\n")
        write_whole(folder / "authority.pub", recipient.encode() + b"\n")


def _authority(folder: Path) -> SealingIdentity:
    if not (folder / "seal.pem").exists():
        made = make_authority(
            demands.AUTHORITY, organisation_identifier=demands.ORGANISATION, country="DE", at=clock.now()
        )
        made.save(folder)
    return SealingIdentity.load(folder)


def _settings(demo: Demo, places: dict[str, str], court: SealingIdentity) -> None:
    write_once(demo.home.trust / "court.pem", court.root)
    write_once(demo.home.folder / "data-map.yaml", harbour_forum.data_map().encode())
    write_once(demo.home.folder / "desk.yaml", yaml.safe_dump(_provider(places), sort_keys=False).encode())
    write_once(demo.home.folder / "directory.yaml", yaml.safe_dump([_court()], sort_keys=False).encode())


def _papers(demo: Demo, court: SealingIdentity, forger: SealingIdentity) -> None:
    (demo.folder / "demands").mkdir(exist_ok=True)
    now = clock.now()
    for name, form in (demands.orders(now, demo.recipient) | demands.actions(now, demo.recipient)).items():
        path = demo.folder / "demands" / f"{name}.pdf"
        if not path.exists():
            write_whole(path, paper(form, forger if name == "forged" else court))


def _provider(places: dict[str, str]) -> dict[str, object]:
    return {
        "provider": {
            "name": "Harbour Forum",
            "addressee": "Harbour Forum B.V.",
            "addressee_kind": "designated_establishment",
            "member_state": "NL",
            "address": "Kade 1, 1000 AA Voorbeeldstad",
            "email": "orders@harbourforum.example",
            "contact_person": "Mara Visser",
            "contact_post": "Legal reviewer",
            "languages": ["en", "nl", "de"],
            "services": ["Harbour Forum"],
            "zone": "Europe/Amsterdam",
        },
        "origin": "desk.harbourforum.example/log",
        "stores": places,
        # Who tries the demo owns no device of its people: here a link lets in for good.
        "sign_in": {"links_alone": True, "address": "http://localhost:8000"},
        # A real desk ticks once a day; who tries the demo does not wait that long.
        "tick_seconds": 60,
    }


def _court() -> dict[str, object]:
    return {
        "id": "de-musterstadt-court",
        "name": demands.AUTHORITY,
        "country": "DE",
        "kind": "judge",
        "organisation_identifier": demands.ORGANISATION,
        "telephone": "+49 30 0000000",
        "source": "made by the demo",
        "added_on": clock.now().date().isoformat(),
    }


def refuse_other_addresses(bind: str) -> None:
    """Refuse to serve the demo anywhere but on this machine: its accounts sign in by links that anybody could use."""
    if bind not in ("127.0.0.1", "localhost", "::1"):
        raise NotConfigured(
            "demo.not-loopback",
            what="The demo serves this machine only.",
            why="Its people are made up and its links are printed on the screen.",
            next_step="Leave out --bind, and open it on the machine itself.",
        )
