"""May a desk that was brought back from a backup sign again? Only if nothing newer was seen outside.

A file `restored` in the desk's folder, which whoever brings back a backup puts there, keeps the log from
signing. It goes when every witness that answers saw no more than this desk holds, and enough answer for the quorum; or when
an operator says that this is the newest.
"""

from __future__ import annotations

from answerable.adapters.log_stores import halted
from answerable.adapters.witness_client import size_seen
from answerable.desk.models import Checkpoint, Leaf
from answerable.desk.wiring import Desk


def resume(desk: Desk, *, insist: bool) -> list[str]:
    """Let the log sign again and return what each witness said. Halts where one saw more, or too few answer."""
    row = Checkpoint.objects.order_by("size").last()
    told: list[str] = []
    answered: set[bytes] = set()
    for witness in desk.quorum.witnesses.values():
        size = size_seen(witness, row.text.encode()) if row and witness.url else None
        told.append(f"{witness.verifier.name}: {'no answer' if size is None else f'{size} leaves'}")
        if size is not None and size > Leaf.objects.count():
            raise halted("log.would-fork", f"{witness.verifier.name} saw {size} leaves, and this desk holds fewer.")
        if size is not None:
            answered.add(witness.name)
    enough = not desk.quorum.asks_nobody and desk.quorum.reached_by(answered)
    if not enough and not insist:
        raise halted(
            "log.restored", "Too few witnesses said which size they saw, so nobody knows whether this is the newest."
        )
    (desk.home.folder / "restored").unlink(missing_ok=True)
    return [*told, "the log may sign again"]
