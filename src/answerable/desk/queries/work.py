"""Is the work that follows a move being done?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from answerable.desk.models import Heartbeat, Job
from answerable.desk.wiring import Desk

_SILENT_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Work that failed: for which case, why, and when it is tried again (None: no more by itself)."""

    reference: str
    kind: str
    code: str
    what: str
    next_step: str
    again_at: datetime | None


def troubles(desk: Desk) -> tuple[bool, tuple[Trouble, ...]]:
    """Return whether the worker is there, and the ten newest pieces of work that failed."""
    beat = Heartbeat.objects.first()
    failed = Job.objects.filter(done_at=None, error__isnull=False).select_related("case").order_by("-due_at")[:10]
    return beat is not None and desk.now() - beat.at < _SILENT_AFTER, tuple(map(_told, failed))


def _told(job: Job) -> Trouble:
    return Trouble(
        reference=job.case.reference if job.case else "",
        kind=job.kind,
        code=job.error["code"],
        what=job.error["what"],
        next_step=job.error["next_step"],
        again_at=None if job.is_given_up else job.due_at,
    )
