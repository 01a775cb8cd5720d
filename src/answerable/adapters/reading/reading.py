"""How does the desk learn what a paper says, and never touch it? A child reads; what it answers is checked as a paper is.

A child that was taken over can say what it likes of its own paper, as the paper itself could. It cannot reach another
paper, a key, the database or the network.
"""

from __future__ import annotations

import base64
import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, NoReturn

from pydantic import Field, TypeAdapter, ValidationError

from answerable.adapters.sandbox import Limits, Sandbox
from answerable.adapters.sandbox.failing import Cause, failed
from answerable.adapters.sandbox.running import LIMITS
from answerable.authenticate.gathered import Evidence, Proven, in_base64, to_plain
from answerable.casefile.encoding import Record
from answerable.casefile.epoc import Epoc
from answerable.casefile.finding import Finding, Outcome
from answerable.casefile.mail import read_message
from answerable.casefile.order import Order
from answerable.casefile.parties import Authority
from answerable.errors import MalformedDemand, SandboxFailed

_JOBS = "answerable.adapters.reading.jobs"
_FINDINGS = TypeAdapter(tuple[Finding, ...])
_DIRECTORY = TypeAdapter(tuple[Authority, ...])
_Sentence = Annotated[str, Field(max_length=2_000)]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a paper says, and of which kind it is."""

    media_type: Literal["application/pdf", "application/json", "message/rfc822"]
    form: Epoc | Order
    paper: str = ""
    """SHA-256 of the file that carries the form: of a mail, one of the papers within."""

    def within(self, content: bytes) -> bytes | None:
        """Return the paper within a mail that carries the form, or None where `content` is that paper itself."""
        if self.media_type != "message/rfc822":
            return None
        return next((each.content for each in read_message(content).papers if each.sha256 == self.paper), None)


class _Refused(Record):
    code: Annotated[str, Field(pattern=r"^intake\.[a-z0-9-]{1,40}$")]
    what: _Sentence
    why: _Sentence
    next_step: _Sentence


class _Answer(Record):
    media_type: Literal["application/pdf", "application/json", "message/rfc822"] | None = None
    paper: Annotated[str, Field(max_length=64)] = ""
    epoc: Epoc | None = None
    order: Order | None = None
    refused: _Refused | None = None


def open_paper(content: bytes, *, sandbox: Sandbox, limits: Limits = LIMITS) -> Opened:
    """Return what a paper says. Refuses with `MalformedDemand` what cannot be read, and what ended its reader.

    Where this machine can start no child at all, it refuses with `SandboxFailed`; off Linux it reads without walls.
    """
    try:
        answer = _Answer.model_validate_json(_Reader(sandbox, limits).done("read_paper", content, {}))
    except SandboxFailed as fault:
        _refuse_costly(fault)
    except ValidationError as fault:
        _refuse_costly(failed(Cause.GARBLED, f"What it said is no form ({fault.error_count()} places)."))
    if answer.refused:
        said = answer.refused
        raise MalformedDemand(said.code, what=said.what, why=said.why, next_step=said.next_step)
    form = answer.epoc or answer.order
    if form is None or answer.media_type is None:
        _refuse_costly(failed(Cause.GARBLED, "It said nothing of the paper."))
    return Opened(answer.media_type, form, answer.paper)


class Letter(Record):
    """The words of a paper, and the web addresses that stand in them."""

    text: Annotated[str, Field(max_length=200_000)] = ""
    addresses: Annotated[tuple[Annotated[str, Field(max_length=1_000)], ...], Field(max_length=1_000)] = ()


def read_words(content: bytes, *, sandbox: Sandbox, limits: Limits = LIMITS) -> Letter | None:
    """Return the words of a paper; None where it holds none, or ended its reader: then a person looks at the pictures."""
    try:
        letter = Letter.model_validate_json(_Reader(sandbox, limits).done("read_words", content, {}))
    except (SandboxFailed, ValidationError):
        return None
    return letter if letter.text else None


class OpenedMail(Record):
    """What is asked about a mail before it can be examined: which names of the DNS, and what its subject says."""

    questions: Annotated[tuple[Annotated[str, Field(max_length=300)], ...], Field(max_length=500)] = ()
    subject: Annotated[str, Field(max_length=2_000)] = ""


def open_mail(content: bytes, *, sandbox: Sandbox, limits: Limits = LIMITS) -> OpenedMail:
    """Return what must be asked about a mail. Refuses with `MalformedDemand` one that ended its reader."""
    try:
        return OpenedMail.model_validate_json(_Reader(sandbox, limits).done("open_mail", content, {}))
    except SandboxFailed as fault:
        _refuse_costly(fault)
    except ValidationError as fault:
        _refuse_costly(failed(Cause.GARBLED, f"What it said is nothing of a mail ({fault.error_count()} places)."))


def authenticate(
    content: bytes,
    form: Epoc | Order,
    *,
    trust_roots: Sequence[bytes],
    directory: Sequence[Authority],
    at: datetime,
    sandbox: Sandbox,
    limits: Limits = LIMITS,
) -> tuple[Finding, ...]:
    """Return the facts about a paper, as of the moment `at`. A paper that ended its reader leaves every one unclear.

    Refuses with `SandboxFailed` only where this machine can start no child at all.
    """
    settings = {
        "kind": "order" if isinstance(form, Order) else "epoc",
        "form": form.model_dump_json(),
        "trust_roots": [base64.b64encode(root).decode() for root in trust_roots],
        "directory": _DIRECTORY.dump_json(tuple(directory)).decode(),
        "at": at.isoformat(),
    }
    # The same facts about no bytes at all: which there are, so that an answer that leaves one out is seen.
    reader = _Reader(sandbox, limits)
    expected = _FINDINGS.validate_json(reader.done("examine_paper", b"", settings))
    try:
        findings = _FINDINGS.validate_json(reader.done("examine_paper", content, settings))
    except SandboxFailed as fault:
        if fault.code == Cause.ABSENT:
            raise
        return _not_examined(expected, f"{fault.what} {fault.why}")
    except ValidationError:
        return _not_examined(expected, "The paper's reader gave no sensible answer.")
    if [each.rule for each in findings] != [each.rule for each in expected]:
        return _not_examined(expected, "The paper's reader left facts out.")
    return findings


def make_sheet(evidence: Evidence, *, sandbox: Sandbox, limits: Limits = LIMITS) -> Proven:
    """Return the evidence sheet, with what it proves of the office. Refuses with `SandboxFailed` a paper that ended its reader: nothing is known of it then."""
    plain, files = to_plain(evidence)
    beside = in_base64({name: content for name, content in files.items() if name != plain["original"]})
    answer = _Reader(sandbox, limits).done("make_sheet", evidence.original, {"evidence": plain, "files": beside})
    try:
        return Proven.model_validate_json(answer)
    except ValidationError as fault:
        raise failed(Cause.GARBLED, f"What it said is no sheet ({fault.error_count()} places).") from fault


@dataclass(frozen=True, slots=True)
class _Reader:
    sandbox: Sandbox
    limits: Limits

    def done(self, job: str, content: bytes, settings: dict[str, Any]) -> bytes:
        if self.sandbox.is_possible:
            return self.sandbox.run(f"{_JOBS}:{job}", content, settings, limits=self.limits)
        answer: bytes = getattr(importlib.import_module(_JOBS), job)(content, settings)
        return answer


def _not_examined(findings: Sequence[Finding], why: str) -> tuple[Finding, ...]:
    changed = {"outcome": Outcome.UNCLEAR, "fact": f"Could not be checked. {why}", "unsealed": False}
    return tuple(finding.model_copy(update=changed) for finding in findings)


def _refuse_costly(fault: SandboxFailed) -> NoReturn:
    if fault.code == Cause.ABSENT:
        raise fault
    raise MalformedDemand(
        "intake.ended-its-reader",
        what="The file could not be read within bounds.",
        why=f"{fault.what} {fault.why}",
        next_step=fault.next_step,
    ) from fault
