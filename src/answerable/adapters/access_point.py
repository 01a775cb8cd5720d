"""What did an access point lay down for us? One folder a message, as the file system plugin of an AS4 gateway writes it.

    IN/<final recipient>/<message id>/metadata.xml and the payloads

The folder stands for the channel, so nobody but the gateway's own account may write in it; nothing is written there by us. A
message is read in these steps, and the first one that fails says why:

1  folders and files are the gateway's alone: its owner's, closed to other writers, no links, no other kinds
2  nothing of it changed for a while: the gateway writes the description first and the payloads after it, and marks no end
3  the description can be read, is addressed to us, comes from a party that the settings pin, and is of a service we take
4  each payload that it names lies there, once, and nothing else; one of them is the demand

The names of payloads are the sender's words, and may name a person: no refusal repeats one.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, unquote_plus

from pydantic import Field, model_validator

from answerable.authenticate.handed_over import LARGEST_METADATA, read_metadata
from answerable.casefile.encoding import Record, canonical
from answerable.casefile.handover import Handover, Name, Part, Party, StateParty, UserMessage
from answerable.errors import MalformedDemand, NotConfigured

METADATA = "metadata.xml"
_MOST_FILES = 21
_PAPERS = ("application/pdf", "application/json")
_OTHERS_WRITE = 0o022
_ROOT = 0
_PATIENCE = 3_600  # seconds, after which a message that is not whole is told of


class AccessPointSettings(Record):
    """Where an access point lays messages down, who we are there, and whose are taken in.

    `services` are those of which messages are taken, all where it is empty; `settle_seconds` is for how long nothing of a
    message may have changed before it is read.
    """

    folder: str
    us: Party
    parties: Annotated[tuple[StateParty, ...], Field(min_length=1)]
    services: tuple[Name, ...] = ()
    settle_seconds: Annotated[int, Field(ge=5, le=3_600)] = 60

    @model_validator(mode="after")
    def _each_party_stands_for_one_state(self) -> AccessPointSettings:
        ends = {each.party for each in self.parties}
        if len(ends) != len(self.parties) or self.us in ends:
            raise ValueError("each party stands there once, for one State, and is not this desk")
        return self


@dataclass(frozen=True, slots=True)
class Seen:
    """A message's folder: `place` below the settings' folder, and `print`, which is another once anything there changes.

    Of a place whose name is no printable text, `place` says the name in escapes: that message is not taken in.
    """

    place: str
    print: str


@dataclass(frozen=True, slots=True)
class Handed:
    """A message as it was read whole: how it came, what describes it, the demand in it, and the other payloads."""

    handover: Handover
    metadata: bytes
    paper: bytes
    others: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class _File:
    size: int
    changed: float


def messages_in(folder: Path, settings: AccessPointSettings, *, taken: Set[str] = frozenset()) -> Iterator[Seen]:
    """Yield each message's folder but those `taken` already. Refuses a folder that is not there, or that others may write in."""
    refuse_unless_closed(folder)
    said = hashlib.sha256(canonical(settings)).hexdigest()
    for place in _places(folder):
        shown = place if place.isprintable() else place.encode("unicode_escape").decode()
        if shown not in taken:
            yield Seen(shown, hashlib.sha256(f"{said} {_looks(folder / place)}".encode()).hexdigest())


def take(folder: Path, place: str, settings: AccessPointSettings, *, largest: int, now: datetime) -> Handed | None:
    """Return a message, read whole; None while it is still being written, or gone. Refuses one that is not to be taken in.

    `largest` is the most octets of its payloads together.
    """
    owner = folder.stat().st_uid
    files = _files(folder, place, owner=owner)  # 1
    if not _is_settled(files, settings, now):  # 2
        return None
    metadata = _read(folder / place, METADATA, owner=owner, largest=LARGEST_METADATA)
    said, by = _addressed(metadata, settings)  # 3
    named = _matched(said.parts, [name for name in files if name != METADATA])  # 4
    if sum(files[name].size for name in named) > largest:
        raise _too_large("It has payloads", largest)
    contents = [_read(folder / place, name, owner=owner, largest=largest) for name in named]
    if _files(folder, place, owner=owner) != files:
        return None  # it was written on while it was read
    paper = contents.pop(_paper(said.parts))
    handover = Handover(
        message_id=said.message_id,
        by=by,
        to=said.receiver,
        at=datetime.fromtimestamp(min(files[METADATA].changed, now.timestamp()), UTC),
        paper=hashlib.sha256(paper).hexdigest(),
    )
    return Handed(handover, metadata, paper, tuple(contents))


def refuse_unless_closed(folder: Path) -> None:
    """Refuse a folder that is not there, is a link, or in whose place others could put something."""
    try:
        status = os.lstat(folder)
        os.scandir(folder).close()
    except OSError as fault:
        raise NotConfigured(
            "state-system.no-folder",
            what="The folder of the access point cannot be read.",
            why=f"{folder} is {'missing' if isinstance(fault, FileNotFoundError) else 'closed to us'}.",
            next_step="Name the folder IN of its file system plugin in `state_system`, and let the desk's account read it.",
        ) from fault
    if not stat.S_ISDIR(status.st_mode) or status.st_mode & _OTHERS_WRITE:
        raise _open(f"{folder} is no folder, or may be written in by others than its owner")
    for above in _above(folder):
        is_ = above.stat()
        if is_.st_uid not in (_ROOT, status.st_uid, os.geteuid()):
            raise _open(f"{above} belongs to another account, which could put another folder in its place")
        if is_.st_mode & _OTHERS_WRITE and not is_.st_mode & stat.S_ISVTX:
            raise _open(f"{above} may be written in by others, who could put another folder in its place")


def _above(folder: Path) -> Iterator[Path]:
    """Yield every folder on the way to one, and on the way to where a link among them leads."""
    for each in folder.absolute().parents:
        yield each
        if each.is_symlink():
            yield from _above(each.parent / each.readlink())


def _places(folder: Path) -> Iterator[str]:
    """Yield what lies two folders down, in order of name, and what on the way there is no folder that could be looked into."""
    for recipient in _folders(folder):
        try:
            within = _folders(folder / recipient)
        except OSError:
            yield recipient
        else:
            yield from (f"{recipient}/{message}" for message in within)


def _folders(folder: Path) -> list[str]:
    """Return all names in a folder but those of plain files. Refuses, with OSError, a link in the place of a folder."""
    if stat.S_ISLNK(os.lstat(folder).st_mode):
        raise NotADirectoryError
    with os.scandir(folder) as entries:
        return sorted(each.name for each in entries if not each.is_file(follow_symlinks=False))


def _looks(folder: Path) -> str:
    """Return a text that is another once anything in a message's folder is: names, kinds, owners, sizes, times."""
    try:
        with os.scandir(folder) as entries:
            found = [(each.name, each.stat(follow_symlinks=False)) for each in entries]
        found.append((".", os.lstat(folder)))
    except OSError as fault:
        return repr(type(fault))
    return repr(
        sorted((name, is_.st_mode, is_.st_uid, is_.st_nlink, is_.st_size, is_.st_mtime_ns) for name, is_ in found)
    )


def _files(folder: Path, place: str, *, owner: int) -> dict[str, _File]:
    """Return what a message's folder holds; nothing where it is gone. Refuses what is not the gateway's alone."""
    try:
        return _listed(folder, place, owner=owner)
    except FileNotFoundError as fault:
        if "\\" in place:
            raise _not_alone("its folder bears a name that is no text") from fault
        return {}
    except OSError as fault:
        raise _not_alone(f"its folder cannot be read ({type(fault).__name__})") from fault


def _listed(folder: Path, place: str, *, owner: int) -> dict[str, _File]:
    for each in (folder / place.partition("/")[0], folder / place):
        status = os.lstat(each)
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner or status.st_mode & _OTHERS_WRITE:
            raise _not_alone("its folder, or its recipient's, is a link or belongs to others as well")
    with os.scandir(folder / place) as entries:
        found = {each.name: each.stat(follow_symlinks=False) for each in entries}
    if len(found) > _MOST_FILES:
        raise _incomplete(f"It has more than {_MOST_FILES} files")
    for name, status in found.items():
        _refuse_unless_plain(name, status, owner)
    return {name: _File(status.st_size, status.st_mtime) for name, status in found.items()}


def _is_settled(files: Mapping[str, _File], settings: AccessPointSettings, now: datetime) -> bool:
    """Whether a message is there and nothing of it changed for a while. Refuses one that can be waited for in vain."""
    if not files:
        return False
    since = now.timestamp() - max(each.changed for each in files.values())
    if since < -_PATIENCE:
        raise _unfinished("its files bear a time that is still to come")
    if METADATA in files:
        return since >= settings.settle_seconds
    if since > _PATIENCE:
        raise _unfinished(f"no {METADATA} came with it within an hour")
    return False


def _refuse_unless_plain(name: str, status: os.stat_result, owner: int) -> None:
    plain = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
    if not plain or status.st_uid != owner or status.st_mode & _OTHERS_WRITE:
        raise _not_alone(f"{_called(name)} is a link or no file, or belongs to others as well")


def _read(folder: Path, name: str, *, owner: int, largest: int) -> bytes:
    """Return a file's bytes. It is opened without following a link, and looked at again once it is open."""
    try:
        handle = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as fault:
        raise _not_alone(f"{_called(name)} cannot be opened") from fault
    with os.fdopen(handle, "rb") as file:
        _refuse_unless_plain(name, os.fstat(handle), owner)
        content = file.read(largest + 1)
    if len(content) > largest:
        raise _too_large(f"It has {_called(name)}", largest)
    return content


def _called(name: str) -> str:
    return METADATA if name == METADATA else "a file beside it"


def _addressed(metadata: bytes, settings: AccessPointSettings) -> tuple[UserMessage, StateParty]:
    try:
        said = read_metadata(metadata)
    except ValueError as fault:
        raise MalformedDemand(
            "intake.message-not-described",
            what="The description of a message that was handed over cannot be read.",
            why=f"Of {METADATA}: {fault}.",
            next_step="Ask whoever runs the gateway what it wrote there, and for the message itself.",
        ) from fault
    if said.receiver != settings.us:
        raise MalformedDemand(
            "intake.message-not-for-us",
            what="A message that was handed over is addressed to somebody else.",
            why=f"It is for {said.receiver}.",
            next_step="Tell whoever runs the gateway. Where that is this desk, correct `state_system.us`.",
        )
    by = next((each for each in settings.parties if each.party == said.sender), None)
    if by is None:
        raise MalformedDemand(
            "intake.message-unknown-party",
            what="A message was handed over from a party that the settings do not name.",
            why=f"It is from {said.sender}.",
            next_step="Ask the authority that runs the system whose it is, by another way, and add it to `state_system.parties`.",
        )
    if settings.services and said.service not in settings.services:
        raise MalformedDemand(
            "intake.message-other-service",
            what="A message that was handed over belongs to a service that this desk does not take.",
            why=f"Its service is {said.service}.",
            next_step="Let the gateway route it elsewhere, or add the service to `state_system.services`.",
        )
    return said, by


def _matched(parts: tuple[Part, ...], names: list[str]) -> list[str]:
    """Return the file of each part. Refuses a part without one, with two or with another's, and a file of no part."""
    found = []
    for part in parts:
        fitting = [name for name in names if name in _named(part)] or [name for name in names if _is_of(name, part)]
        if len(fitting) != 1 or fitting[0] in found:
            raise _incomplete(f"Of {len(parts)} payloads that are named, one is not there, or not there alone")
        found.append(fitting[0])
    if len(names) != len(found):
        raise _incomplete("There are files that it does not name")
    return found


def _named(part: Part) -> set[str]:
    """Return how the name that a part gives its file may stand on the disk: never more than its last element."""
    given = part.file_name or ""
    last = given.replace("\\", "/").rpartition("/")[2]
    return {last, unquote(last), unquote_plus(last)} - {""}


def _is_of(name: str, part: Part) -> bool:
    """Whether a file is called as the part's reference, with or without an ending."""
    stem = part.href.removeprefix("cid:")
    return name == stem or (name.startswith(f"{stem}.") and "." not in name.removeprefix(f"{stem}."))


def _paper(parts: tuple[Part, ...]) -> int:
    papers = [at for at, each in enumerate(parts) if each.media_type.partition(";")[0].strip().lower() in _PAPERS]
    if len(parts) == 1:
        return 0
    if len(papers) != 1:
        raise MalformedDemand(
            "intake.message-no-one-paper",
            what="A message that was handed over does not carry one demand.",
            why=f"{len(papers)} of its {len(parts)} payloads are PDF or form data.",
            next_step="Enter each demand in it by hand, as it came: it is then called back about like any other.",
        )
    return papers[0]


def _open(why: str) -> NotConfigured:
    return NotConfigured(
        "state-system.open-folder",
        what="The folder of the access point is open to others, so nothing is taken in from it.",
        why=f"That only the gateway can write there is what shows that a demand came through it; {why}.",
        next_step="Give it to the gateway's own account, and take the right to write from group and others (chmod go-w).",
    )


def _not_alone(why: str) -> MalformedDemand:
    return MalformedDemand(
        "intake.message-not-the-gateways",
        what="A message that was handed over is not the gateway's alone.",
        why=f"Somebody else can have written or may change it: {why}.",
        next_step="Find out who put it there, before anything that lies there is believed.",
    )


def _too_large(what: str, largest: int) -> MalformedDemand:
    return MalformedDemand(
        "intake.message-too-large",
        what="A message that was handed over is larger than this desk takes in.",
        why=f"{what} of more than {largest:,} octets.",
        next_step="Look at it where the gateway laid it down; `papers.largest` in desk.yaml is the limit.",
    )


def _unfinished(why: str) -> MalformedDemand:
    return MalformedDemand(
        "intake.message-not-finished",
        what="A message that was handed over does not become whole.",
        why=f"It was waited for, and {why}.",
        next_step="Ask whoever runs the gateway, look at the clock of its machine, and let it lay the message down again.",
    )


def _incomplete(why: str) -> MalformedDemand:
    return MalformedDemand(
        "intake.message-incomplete",
        what="A message that was handed over is not what its description says.",
        why=f"{why}.",
        next_step="It is looked at again once anything changes. If it stays, ask whoever runs the gateway.",
    )
