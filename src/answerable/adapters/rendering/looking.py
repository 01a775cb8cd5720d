"""What does a person see of a paper? Pixels, drawn behind walls; and what is shown, set against what was signed."""

from __future__ import annotations

import hashlib
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from answerable.adapters.rendering.drawn import UNDRAWN, Allowed, Drawn, DrawnPage, Engine, from_bytes
from answerable.adapters.rendering.kinds import DRAWN, kind_of
from answerable.adapters.sandbox import Limits, Sandbox
from answerable.adapters.sandbox.failing import Cause, failed
from answerable.casefile.evidence import Fact, Result
from answerable.errors import AnswerableError, SandboxFailed

_JOB = "answerable.adapters.rendering.drawing:draw"
_POPPLER = Path("/usr/bin/pdftoppm")
_SHARES = {"PDFium": 0.75, "Poppler": 0.25}  # of the time, so that two tries together take no more than one may
_SECOND_TRY = ("sandbox.crashed", "sandbox.stumbled")


def draw(
    content: bytes, *, sandbox: Sandbox, allowed: Allowed, signed: bytes | None = None, limits: Limits | None = None
) -> Drawn:
    """Return the pages of a paper, each compared with the same page as it was signed.

    `signed` is the signed revision; None means that it is looked for in the paper, behind the walls. A paper that cannot
    be drawn gives no pages and says why. Refuses with `SandboxFailed` where the paper ended its reader, and where this
    machine has not the walls: then nothing is drawn at all.
    """
    if against := sandbox.available().against:
        raise failed(Cause.ABSENT, " ".join(against))
    if kind_of(content) not in DRAWN:
        return Drawn(kind=kind_of(content), undrawn="no picture of this kind")
    has_second = kind_of(content) == "pdf" and _POPPLER.exists()
    job = _Job(content, signed, allowed, sandbox=sandbox, limits=limits or Limits(), has_second=has_second)
    try:
        drawn = job.done_by("PDFium")
    except SandboxFailed as fault:
        if fault.code not in _SECOND_TRY or not has_second:
            raise
        return job.done_by("Poppler")
    return job.done_by("Poppler") if drawn.undrawn == "damaged" and has_second else drawn


def differing_pages(
    signed: bytes, whole: bytes, *, sandbox: Sandbox, allowed: Allowed | None = None
) -> tuple[DrawnPage, ...]:
    """Return the pages of `whole` that are not as in `signed`, each with both pictures. Refuses as `draw` does."""
    return draw(whole, sandbox=sandbox, allowed=allowed or Allowed(), signed=signed).differing


def shown_as_signed(content: bytes, drawn: Drawn | AnswerableError, *, at: datetime) -> Fact:
    """Return the fact D13: whether what is shown is what was signed. `drawn` is the drawing, or why there is none."""
    result, found = _outcome(drawn) if isinstance(drawn, Drawn) else (Result.NOT_CHECKED, f"{drawn.what} {drawn.why}")
    engine = drawn.engine if isinstance(drawn, Drawn) else None
    return Fact(
        code="D13",
        title="What is shown is what was signed",
        result=result,
        found=found,
        method=f"Pages drawn by {engine or 'nobody'} and compared pixel by pixel (pypdfium2 {version('pypdfium2')})",
        at=at,
        raw=hashlib.sha256(content).hexdigest(),
        not_shown="that every reader of PDF shows the same; who signed; that what is shown is true",
    )


def _outcome(drawn: Drawn) -> tuple[Result, str]:
    if drawn.signature in (None, "none"):
        return Result.ABSENT, "The paper carries no signature in it, so there is nothing signed to compare it with."
    if drawn.undrawn:
        return Result.NOT_CHECKED, UNDRAWN[drawn.undrawn]
    if drawn.signature == "unreadable":
        return Result.NOT_CHECKED, "No signature in it holds, so nobody knows what was signed."
    if drawn.differing:
        numbers = ", ".join(str(page.number) for page in drawn.differing)
        return Result.CONTRADICTED, f"Not as it was signed: page {numbers}. Both are shown side by side."
    if drawn.signature == "whole":
        return Result.CONFIRMED, "The signed part is the whole file: nothing else can be shown."
    if not drawn.is_compared or drawn.left_out:
        return Result.NOT_CHECKED, f"Of {drawn.count} pages the first {len(drawn.pages)} were drawn, and none differs."
    return Result.CONFIRMED, f"Of {drawn.count} pages none looks otherwise than when it was signed."


class _Job:
    """One paper to be drawn, by one engine or the other."""

    def __init__(
        self,
        content: bytes,
        signed: bytes | None,
        allowed: Allowed,
        *,
        sandbox: Sandbox,
        limits: Limits,
        has_second: bool,
    ) -> None:
        self._handed_over = (signed or b"") + content
        self._settings = {"allowed": allowed.model_dump(), "signed": None if signed is None else len(signed)}
        self._allowed, self._sandbox, self._limits = allowed, sandbox, limits
        self._has_second = has_second

    def done_by(self, engine: Engine) -> Drawn:
        share = _SHARES[engine] if self._has_second else 1.0
        limits = self._limits.model_copy(
            update={
                "programs": engine == "Poppler",
                "wall": self._limits.wall * share,
                "cpu": max(1, int(self._limits.cpu * share)),
            }
        )
        answer = self._sandbox.run(_JOB, self._handed_over, {**self._settings, "engine": engine}, limits=limits)
        try:
            return from_bytes(answer, self._allowed)
        except ValueError as fault:
            raise failed(Cause.GARBLED, f"What it drew is no drawing: {fault}.") from fault
