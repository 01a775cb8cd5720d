"""Did a State's own system bring the demand, and what does that show? Facts A6 and A7, from what the access point wrote.

What it wrote is a file of the ebMS 3.0 header, `metadata.xml`, that proves nothing by itself. It stands for the channel
because nobody but the access point can write where it lies; the signature of AS4 is checked there, and never here.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from importlib.metadata import version
from typing import Any

from lxml import etree
from pydantic import ValidationError

from answerable.authenticate.safe_xml import parse
from answerable.casefile.evidence import Fact, Result
from answerable.casefile.handover import Handover, UserMessage

LARGEST_METADATA = 256 * 1024
_NS = "{http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/}"
_TITLES = {
    "A6": "The access point of a State's own system handed it over",
    "A7": "The access point stands for the State that the paper names",
}
_NOT_SHOWN = {
    "A6": "that the message was signed, or by whom: the gateway that the operator runs checked that, the desk did not; which"
    " person in that State sent it; that nobody else could write into the gateway's folder later on",
    "A7": "that the authority of that State which the paper names sent it",
}


def read_metadata(content: bytes) -> UserMessage:
    """Return what an access point wrote of a message. Refuses, with ValueError, what is not written as its schema says."""
    if len(content) > LARGEST_METADATA:
        raise ValueError("it is larger than any description of a message")
    try:
        root = parse(content)
    except etree.XMLSyntaxError as fault:
        raise ValueError("it is no XML, or damaged") from fault
    if root.tag != f"{_NS}UserMessage":
        raise ValueError("it describes no message")
    parties, about = _one(root, "PartyInfo"), _one(root, "CollaborationInfo")
    try:
        return UserMessage.model_validate(
            {
                "message_id": _text(_one(root, "MessageInfo"), "MessageId"),
                "sender": _party(_one(parties, "From")),
                "receiver": _party(_one(parties, "To")),
                "service": _text(about, "Service"),
                "action": _text(about, "Action"),
                "conversation": _text(about, "ConversationId", needed=False),
                "final_recipient": _property(root, "MessageProperties", "finalRecipient"),
                "parts": [_part(each) for each in _one(root, "PayloadInfo").iterchildren(f"{_NS}PartInfo")],
            }
        )
    except ValidationError as fault:
        places = ", ".join(".".join(map(str, each["loc"])) for each in fault.errors()[:5])
        raise ValueError(f"it says something else than its schema allows: {places}") from fault


def handover_facts(handover: Handover, metadata: bytes, paper: bytes, *, at: datetime) -> tuple[Fact, ...]:
    """Return facts A6 and A7 about a paper that was handed over, from what the access point wrote and what was pinned then."""
    raw = hashlib.sha256(metadata).hexdigest()
    why = _why_not(handover, metadata, paper)
    found = why or (
        f"Message {handover.message_id} from {handover.by}, which our settings pin to {handover.by.state}, to"
        f" {handover.to}; laid down on {handover.at:%d %B %Y, %H:%M} UTC. Confirmed by the gateway that the operator runs."
    )
    handed = _fact("A6", Result.CONTRADICTED if why else Result.CONFIRMED, found, at=at, raw=raw)
    return handed, _state(handover, at=at, raw=raw)


def _why_not(handover: Handover, metadata: bytes, paper: bytes) -> str:
    try:
        said = read_metadata(metadata)
    except ValueError as fault:
        return f"What the access point wrote cannot be read: {fault}."
    if said.message_id != handover.message_id or said.sender != handover.by.party or said.receiver != handover.to:
        return "What the access point wrote names another message, sender or receiver than those that were taken in."
    if hashlib.sha256(paper).hexdigest() != handover.paper:
        return "The message carried other bytes than these."
    return ""


def _state(handover: Handover, *, at: datetime, raw: str) -> Fact:
    named = handover.named
    if not named:
        return _fact("A7", Result.NOT_CHECKED, "The paper names no State that could be read.", at=at, raw=raw)
    if named != handover.by.state:
        found = f"The paper is of {named}, and the access point stands for {handover.by.state}."
        return _fact("A7", Result.CONTRADICTED, found, at=at, raw=raw)
    return _fact("A7", Result.CONFIRMED, f"Both are of {named}.", at=at, raw=raw)


def _fact(code: str, result: Result, found: str, *, at: datetime, raw: str) -> Fact:
    method = f"the folder of an access point; lxml {version('lxml')}"
    return Fact(
        code=code, title=_TITLES[code], result=result, found=found, method=method, at=at, raw=raw,
        not_shown=_NOT_SHOWN[code],
    )  # fmt: skip


def _one(parent: etree._Element, name: str) -> etree._Element:
    found = list(parent.iterchildren(f"{_NS}{name}"))
    if len(found) != 1:
        raise ValueError(f"{name} stands in it {len(found)} times")
    return found[0]


def _text(parent: etree._Element, name: str, *, needed: bool = True) -> str | None:
    found = list(parent.iterchildren(f"{_NS}{name}"))
    if len(found) > 1 or (needed and not found):
        raise ValueError(f"{name} stands in it {len(found)} times")
    return _plain(found[0]) if found else None


def _plain(element: etree._Element) -> str:
    """Return the text of an element. Refuses one that holds more: a comment in it would hide what follows."""
    if len(element):
        raise ValueError(f"{etree.QName(element).localname} is more than a text")
    return (element.text or "").strip()


def _party(end: etree._Element) -> dict[str, Any]:
    return {
        "id": _text(end, "PartyId"),
        "type": _one(end, "PartyId").get("type"),
        "role": _text(end, "Role"),
    }


def _part(info: etree._Element) -> dict[str, Any]:
    return {
        "href": info.get("href"),
        "media_type": _property(info, "PartProperties", "MimeType"),
        "file_name": _property(info, "PartProperties", "FileName"),
    }


def _property(parent: etree._Element, group: str, name: str) -> str | None:
    """Return the value of a named property, or None. Refuses one that is given twice."""
    groups = list(parent.iterchildren(f"{_NS}{group}"))
    values = [_plain(each) for one in groups for each in one.iterchildren(f"{_NS}Property") if each.get("name") == name]
    if len(groups) > 1 or len(values) > 1:
        raise ValueError(f"{name} stands in it twice")
    return (values[0] or None) if values else None
