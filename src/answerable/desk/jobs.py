"""What still has to be done after a move? Rows written in the move's own transaction; one worker does them.

There is one worker, because there is one writer and one signer: it holds a lock on the desk's folder, and the lock goes
when the process goes. A job whose effect is already there does nothing, so a job may run twice and happen once.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet

from answerable.desk.models import Case, Heartbeat, Job
from answerable.errors import AnswerableError, NotConfigured

if TYPE_CHECKING:
    from datetime import datetime

    from answerable.desk.wiring import Desk

_TOGETHER = 100


def enqueue(desk: Desk, kind: str, case: Case, *, due_at: datetime | None = None, again: bool = False) -> None:
    """Write a job for `case`, once per kind; `again` lets a finished one run once more."""
    job, made = Job.objects.get_or_create(
        key=f"{kind} {case.key}", defaults={"kind": kind, "case": case, "due_at": due_at or desk.now()}
    )
    if again and not made:
        Job.objects.filter(pk=job.pk).update(done_at=None, attempts=0, error=None, due_at=due_at or desk.now())


def due_beside(desk: Desk, kind: str, case: Case) -> QuerySet[Job]:
    """Return the jobs of a kind that are due beside that of `case`, and were never tried: a hundred at most."""
    waiting = Job.objects.filter(kind=kind, done_at=None, due_at__lte=desk.now(), attempts=0)
    return waiting.exclude(case=case).select_related("case").order_by("due_at", "pk")[:_TOGETHER]


def try_again(desk: Desk, case: Case) -> int:
    """Let every job of the case that failed run now, with its attempts given back, and return how many."""
    failed = Job.objects.filter(case=case, done_at=None, error__isnull=False)
    return failed.update(attempts=0, due_at=desk.now(), error=None)


def as_row(fault: AnswerableError) -> dict[str, str]:
    """Return an error as it is stored with a case or a job."""
    return {"code": fault.code, "what": fault.what, "why": fault.why, "next_step": fault.next_step}


def run_due(desk: Desk, *, on_step: Callable[[str, str], None] = lambda *_: None) -> int:
    """Do every job that is due, oldest first, and return how many were done. Call it under `only_worker`."""
    done = 0
    Heartbeat.objects.update_or_create(pk=1, defaults={"at": desk.now()})
    while job := _next(desk):
        on_step(job.kind, job.case.reference if job.case else "")
        done += _run(desk, job)
    return done


@contextmanager
def only_worker(desk: Desk) -> Iterator[None]:
    """Hold the desk's worker lock. Refuses where another worker runs."""
    with (desk.home.folder / "worker.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise NotConfigured(
                "worker.already-runs",
                what="Another worker already runs for this desk.",
                why="One worker writes packages and signs the log, so that nothing happens twice.",
                next_step="Stop the other worker, or let it do the work.",
            ) from fault
        yield


def _next(desk: Desk) -> Job | None:
    waiting = Job.objects.filter(done_at=None, due_at__lte=desk.now(), attempts__lt=Job.MOST_ATTEMPTS)
    return waiting.select_related("case").order_by("due_at", "pk").first()


def _run(desk: Desk, job: Job) -> int:
    from answerable.desk.effects import EFFECTS

    try:
        EFFECTS[job.kind](desk, job.case)
    except AnswerableError as fault:
        _put_off(desk, job, fault)
        return 0
    except Exception as fault:
        _put_off(desk, job, unexpected(job.kind, fault))
        return 0
    Job.objects.filter(pk=job.pk).update(done_at=desk.now(), error=None)
    return 1


def _put_off(desk: Desk, job: Job, fault: AnswerableError) -> None:
    with transaction.atomic():
        job.attempts += 1
        job.due_at = desk.now() + timedelta(seconds=2**job.attempts)
        job.error = as_row(fault)
        job.save()


def unexpected(kind: str, fault: Exception) -> AnswerableError:
    """Return what is kept of a fault nobody foresaw: only its kind, for its text may quote what it stumbled over."""
    return AnswerableError(
        "worker.unexpected",
        what=f"“{kind}” stopped at a fault nobody foresaw ({type(fault).__name__}).",
        why="This is a mistake in the program, or a machine that failed under it.",
        next_step="It is tried again by itself; if it stays, report it with this code and the case's state, not its content.",
    )
