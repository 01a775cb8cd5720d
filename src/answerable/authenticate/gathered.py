"""What does a sheet rest on, and what comes of it? Records alone: whoever only hands them on loads no reader of papers."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from answerable.authenticate.coherence.claims import Mail, Seal
from answerable.authenticate.mail.own_server import OwnServers
from answerable.authenticate.mail.records import DnsRecords
from answerable.casefile.call_back import CallBack
from answerable.casefile.demand import Demand
from answerable.casefile.directory import DirectoryRecord
from answerable.casefile.encoding import Record
from answerable.casefile.evidence import Sheet
from answerable.casefile.handover import Handover
from answerable.casefile.officer import SenderAccount


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a sheet rests on. `original` are the bytes as they came; `paper` is the demand within, where they are a mail.

    `demand` is None where no form could be read. `anchors`, `crls`, `ocsps` and `pinned` are DER; `lists` are trusted
    lists as they were published, by file name, believed only after they were verified against `pinned`. `account` is what
    is known of the account that sent it, None where it came from none; `calls` are those to the authority about it.
    `handover` and `metadata` are how a State's own system handed it over, and what its access point wrote then.
    """

    original: bytes
    at: datetime
    paper: bytes | None = None
    demand: Demand | None = None
    anchors: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    lists: tuple[tuple[str, bytes], ...] = ()
    pinned: tuple[bytes, ...] = ()
    records: DnsRecords = field(default_factory=DnsRecords)
    servers: OwnServers | None = None
    directory: tuple[DirectoryRecord, ...] = ()
    account: SenderAccount | None = None
    calls: tuple[CallBack, ...] = ()
    handover: Handover | None = None
    metadata: bytes | None = None

    @property
    def received_at(self) -> datetime:
        """When the demand came, or where it could not be read, the moment of the sheet."""
        return self.demand.arrival.received_at if self.demand else self.at


class Proven(Record):
    """A sheet, and what it proves of the office: the head of a mail whose domain is proven, and whose whole seal it is."""

    sheet: Sheet
    mail: Mail | None = None
    seal: Seal | None = None


def to_plain(evidence: Evidence) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the evidence as plain data that name each file by its SHA-256, and the files by that name."""
    files: dict[str, bytes] = {}

    def kept(content: bytes) -> str:
        name = hashlib.sha256(content).hexdigest()
        files[name] = content
        return name

    plain = {
        "original": kept(evidence.original),
        "paper": kept(evidence.paper) if evidence.paper is not None else None,
        "at": evidence.at.isoformat(),
        "demand": evidence.demand.model_dump(mode="json") if evidence.demand else None,
        **{name: [kept(each) for each in getattr(evidence, name)] for name in _DERS},
        "lists": {name: kept(content) for name, content in evidence.lists},
        "records": evidence.records.model_dump(mode="json"),
        "servers": evidence.servers.model_dump(mode="json") if evidence.servers else None,
        "directory": [each.model_dump(mode="json") for each in evidence.directory],
        "account": evidence.account.model_dump(mode="json") if evidence.account else None,
        "calls": [each.model_dump(mode="json") for each in evidence.calls],
        "handover": evidence.handover.model_dump(mode="json") if evidence.handover else None,
        "metadata": kept(evidence.metadata) if evidence.metadata is not None else None,
    }
    return plain, files


_DERS = ("anchors", "crls", "ocsps", "pinned")


def from_plain(plain: dict[str, Any], files: dict[str, bytes]) -> Evidence:
    """Return the evidence from its plain data. Raises KeyError, ValueError or TypeError where something of it is missing."""
    return Evidence(
        original=files[plain["original"]],
        paper=files[plain["paper"]] if plain["paper"] else None,
        at=datetime.fromisoformat(plain["at"]),
        demand=Demand.model_validate_json(json.dumps(plain["demand"])) if plain["demand"] else None,
        **{name: tuple(files[each] for each in plain[name]) for name in _DERS},
        lists=tuple((name, files[each]) for name, each in plain["lists"].items()),
        records=DnsRecords.model_validate_json(json.dumps(plain["records"])),
        servers=OwnServers.model_validate_json(json.dumps(plain["servers"])) if plain["servers"] else None,
        directory=tuple(DirectoryRecord.model_validate_json(json.dumps(each)) for each in plain["directory"]),
        account=SenderAccount.model_validate_json(json.dumps(plain["account"])) if plain["account"] else None,
        calls=tuple(CallBack.model_validate_json(json.dumps(each)) for each in plain["calls"]),
        # Bundles of earlier versions have neither.
        handover=Handover.model_validate_json(json.dumps(said)) if (said := plain.get("handover")) else None,
        metadata=files[name] if (name := plain.get("metadata")) else None,
    )


def in_base64(files: dict[str, bytes]) -> dict[str, str]:
    """Return files as text, for a job that takes settings as JSON."""
    return {name: base64.b64encode(content).decode() for name, content in files.items()}
