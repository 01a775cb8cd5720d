"""What is done with a paper behind the walls? The pure stages, called in a child; what they say leaves as JSON."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from answerable.authenticate.examining import authenticate
from answerable.authenticate.gathered import from_plain
from answerable.authenticate.mail import questions
from answerable.authenticate.sheet import proven
from answerable.casefile.encoding import canonical
from answerable.casefile.epoc import Epoc
from answerable.casefile.mail import is_mail, read_message
from answerable.casefile.order import Order
from answerable.casefile.parties import Authority
from answerable.errors import MalformedDemand
from answerable.intake import read
from answerable.intake.letters import addresses_in, words_of

_DIRECTORY = TypeAdapter(tuple[Authority, ...])


def read_paper(content: bytes, _: dict[str, Any]) -> bytes:
    """Return kind and form of a paper, or why it is none."""
    try:
        found = read(content)
    except MalformedDemand as fault:
        why = {"code": fault.code, "what": fault.what, "why": fault.why, "next_step": fault.next_step}
        return json.dumps({"refused": why}).encode()
    name = "order" if isinstance(found.form, Order) else "epoc"
    paper = hashlib.sha256(found.paper).hexdigest()
    said = {"media_type": found.media_type, "paper": paper, name: found.form.model_dump(mode="json")}
    return json.dumps(said).encode()


def read_words(content: bytes, _: dict[str, Any]) -> bytes:
    """Return the words of a letter and the addresses in them; neither where it holds no words."""
    try:
        text = words_of(content)
    except MalformedDemand:
        return json.dumps({}).encode()
    return json.dumps({"text": text, "addresses": addresses_in(text)}).encode()


def examine_paper(content: bytes, settings: dict[str, Any]) -> bytes:
    """Return the findings on paper, seal and sender."""
    kind: type[Epoc | Order] = Order if settings["kind"] == "order" else Epoc
    findings = authenticate(
        _within(content),
        kind.model_validate_json(settings["form"]),
        trust_roots=[base64.b64decode(root) for root in settings["trust_roots"]],
        directory=_DIRECTORY.validate_json(settings["directory"]),
        at=datetime.fromisoformat(settings["at"]),
    )
    return json.dumps([finding.model_dump(mode="json") for finding in findings]).encode()


def open_mail(content: bytes, _: dict[str, Any]) -> bytes:
    """Return the names that the DNS must be asked about a mail, and its subject."""
    subject = read_message(content).header.first("subject")
    return json.dumps({"questions": questions(content), "subject": subject.text[:2_000] if subject else ""}).encode()


def make_sheet(content: bytes, settings: dict[str, Any]) -> bytes:
    """Return the evidence sheet of a paper and what it proves; everything else that it rests on comes in the settings."""
    files = {name: base64.b64decode(each) for name, each in settings["files"].items()}
    plain = settings["evidence"]
    return canonical(proven(from_plain(plain, files | {plain["original"]: content})))


def _within(content: bytes) -> bytes:
    """Return the paper that a mail carries, or the bytes themselves."""
    if not is_mail(content):
        return content
    try:
        return read(content).paper
    except MalformedDemand:
        return content
