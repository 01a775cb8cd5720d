"""How does a job end that gives no answer? By cause, in words a person can act on."""

from __future__ import annotations

import signal
from enum import StrEnum
from typing import Any

from answerable.adapters.sandbox.limits import MIB, Limits
from answerable.errors import SandboxFailed


class Cause(StrEnum):
    """Why there is no answer. All but the last speak of the paper: the same paper ends the same way again."""

    PROCESSOR = "sandbox.processor-time"
    WALL = "sandbox.time"
    MEMORY = "sandbox.memory"
    CRASHED = "sandbox.crashed"
    OUTPUT = "sandbox.too-much"
    GARBLED = "sandbox.garbled"
    STUMBLED = "sandbox.stumbled"
    ABSENT = "sandbox.absent"


_NEXT = "The original is kept as it came. Look at it on a machine apart, or ask the sender for another copy."


def failed(cause: Cause, why: str) -> SandboxFailed:
    """Return the error of a job that gave no answer. `why` holds nothing of the paper."""
    match cause:
        case Cause.PROCESSOR:
            return SandboxFailed(
                "sandbox.processor-time",
                what="The paper took more processor time than any paper should.", why=why, next_step=_NEXT,
            )  # fmt: skip
        case Cause.WALL:
            return SandboxFailed("sandbox.time", what="The paper took too long.", why=why, next_step=_NEXT)
        case Cause.MEMORY:
            return SandboxFailed(
                "sandbox.memory", what="The paper took more memory than any paper should.", why=why, next_step=_NEXT
            )
        case Cause.CRASHED:
            return SandboxFailed("sandbox.crashed", what="The paper ended its reader.", why=why, next_step=_NEXT)
        case Cause.OUTPUT:
            return SandboxFailed("sandbox.too-much", what="The paper grew too large.", why=why, next_step=_NEXT)
        case Cause.GARBLED:
            return SandboxFailed(
                "sandbox.garbled", what="The paper's reader gave no sensible answer.", why=why, next_step=_NEXT
            )
        case Cause.STUMBLED:
            return SandboxFailed("sandbox.stumbled", what="The paper's reader gave up.", why=why, next_step=_NEXT)
        case Cause.ABSENT:
            return SandboxFailed(
                "sandbox.absent",
                what="This machine cannot shut a paper in.",
                why=why,
                next_step="Run `answerable doctor`; docs/run/sandbox.md says how each wall is had.",
            )


def cause_of(ended: dict[str, Any] | None, limits: Limits) -> SandboxFailed:
    """Return the error for what the keeper says of a job that wrote no whole answer; None: it says nothing."""
    if ended is None:
        return failed(Cause.CRASHED, "Its keeper was ended too: the machine may be out of memory.")
    status, seconds, peak = int(ended["status"]), float(ended["cpu"]), int(ended["peak"]) // MIB
    if ended["over"]:
        return failed(Cause.WALL, f"It took more than {limits.wall:g} s.")
    if status == -signal.SIGKILL and seconds >= limits.cpu - 1:
        return failed(Cause.PROCESSOR, f"It took more than {limits.cpu} s of processor time.")
    if status == -signal.SIGKILL:
        return failed(Cause.MEMORY, f"The machine ended it for want of memory; it held {peak} MB.")
    if peak * MIB * 2 > limits.memory:
        return failed(Cause.MEMORY, f"It ended by {_named(status)} while it held {peak} of {limits.memory // MIB} MB.")
    return failed(Cause.CRASHED, f"It ended by {_named(status)} after {seconds:.1f} s, with {peak} MB.")


def stumbled(kind: str, limits: Limits) -> SandboxFailed:
    """Return the error for a job that says itself what stopped it."""
    if kind == "MemoryError":
        return failed(Cause.MEMORY, f"It asked for more than {limits.memory // MIB} MB.")
    return failed(Cause.STUMBLED, f"It met what nobody foresaw ({kind}).")


def _named(status: int) -> str:
    if status >= 0:
        return f"itself ({status})"
    try:
        return f"signal {signal.Signals(-status).name}"
    except ValueError:
        return f"signal {-status}"
