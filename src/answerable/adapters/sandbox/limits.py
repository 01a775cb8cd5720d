"""How much may a job take, and what may it see? Numbers and folders; nothing here asks the machine."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from answerable.casefile.encoding import Record

MIB = 1024 * 1024


class Limits(Record):
    """What one job may take. `memory` is address space in bytes, `cpu` and `wall` are seconds, `output` is bytes.

    `files` is how many may be open at once. `programs` lets the job start programs of the machine, inside the same walls.
    """

    memory: Annotated[int, Field(ge=128 * MIB)] = 1024 * MIB
    cpu: Annotated[int, Field(ge=1)] = 20
    wall: Annotated[float, Field(gt=0)] = 40.0
    output: Annotated[int, Field(ge=1)] = 96 * MIB
    files: Annotated[int, Field(ge=16)] = 64
    programs: bool = False


class Layers(Record):
    """Which walls hold, as they were found by trying. `missing` says of each that is absent why."""

    network: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    memory: bool = False
    cpu: bool = False
    missing: dict[str, str] = Field(default_factory=dict)

    @property
    def is_enough(self) -> bool:
        """Whether a paper may be drawn here: no network, a limit on memory and one on processor time."""
        return bool(self.network) and self.memory and self.cpu

    @property
    def against(self) -> tuple[str, ...]:
        """What stands between this machine and drawing, as sentences; none where a paper may be drawn."""
        lacking = (
            ("A job could reach the network.", not self.network),
            ("A job's memory cannot be limited.", not self.memory),
            ("A job's processor time cannot be limited.", not self.cpu),
        )
        return tuple(words for words, is_so in lacking if is_so)
