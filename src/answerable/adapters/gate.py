"""What is let in to be opened? By size and by kind, before anything looks inside; what is not is kept, and nothing more."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from answerable.adapters.rendering.drawn import Allowed
from answerable.adapters.rendering.kinds import Kind, kind_of
from answerable.adapters.sandbox import Limits
from answerable.casefile.encoding import Record
from answerable.errors import MalformedDemand

_MIB = 1024 * 1024
_OPENED: tuple[Kind, ...] = ("pdf", "json", "png", "jpeg", "tiff", "mail", "unknown")


class PaperSettings(Record):
    """How papers are let in and shown: the largest that is opened, in MiB; the kinds that are; how much of one is drawn.

    `seconds` is the processor time one reading or drawing may take, and half of the time by the clock; `memory` its
    address space in MiB. `originals_host` is another host name of this desk, from which alone originals leave.
    """

    largest: Annotated[int, Field(ge=1, le=100)] = 100
    kinds: tuple[Kind, ...] = _OPENED
    drawn: Allowed = Allowed()
    seconds: Annotated[int, Field(ge=1, le=120)] = 20
    memory: Annotated[int, Field(ge=256, le=8192)] = 1024
    originals_host: Annotated[str, Field(pattern=r"^[a-z0-9.-]+(:[0-9]+)?$", max_length=200)] | None = None

    @property
    def limits(self) -> Limits:
        """What one reading or drawing may take."""
        return Limits(cpu=self.seconds, wall=2.0 * self.seconds, memory=self.memory * _MIB)


def refuse_at_the_gate(content: bytes, settings: PaperSettings) -> None:
    """Refuse with `MalformedDemand` a paper that is not opened here. The original is kept all the same."""
    size, kind = len(content), kind_of(content)
    if size > settings.largest * _MIB:
        raise MalformedDemand(
            "intake.over-the-limit",
            what=f"The file has {size / _MIB:.1f} MiB; this desk opens files up to {settings.largest} MiB.",
            why="A demand is never that large; a file that is may be made to exhaust its reader.",
            next_step="The original is kept. Ask the sender for a smaller file.",
        )
    if kind not in settings.kinds:
        raise MalformedDemand(
            "intake.not-opened-here",
            what=f"The file is of a kind that this desk does not open ({kind}).",
            why="Each kind that is opened is one more way in. Archives are never unpacked.",
            next_step="The original is kept. Ask the sender for the sealed PDF, or for form data as JSON.",
        )
