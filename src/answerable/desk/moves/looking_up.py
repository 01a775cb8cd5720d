"""Who looks up what no machine can ask? One person brings a file, another confirms it, and only then is anything sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from django.db import transaction

from answerable.adapters.sources import PersonStore, Sources, whose
from answerable.casefile.decision import Decision
from answerable.casefile.events import EventKind
from answerable.casefile.look_up import against_confirming
from answerable.casefile.route import Move
from answerable.collect import make_plan
from answerable.collect.by_hand import PERSON, Task, tasks
from answerable.collect.uploaded import checked_rows
from answerable.desk.jobs import enqueue
from answerable.desk.models import Account, Brought, Case, ConfirmedFile, LookUp
from answerable.desk.moves import papers
from answerable.desk.moves.casefiles import allowed, as_look_up, locked, refuse_unless_reviewer
from answerable.desk.moves.recording import record
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused

_OPEN = "read-"  # begins the names of the folders in which confirmed files lie while they are read


def ask_people(desk: Desk, case: Case, decision: Decision) -> bool:
    """Write down what a person must look up for a decision, and return whether that is anything. Call it in the move that
    decides."""
    found = tasks(make_plan(decision.permitted, desk.data_map, case=case.reference), desk.data_map)
    LookUp.objects.bulk_create(
        LookUp(
            case=case,
            statement=decision.statement,
            store=task.store,
            table=task.table,
            task=task.model_dump(mode="json"),
            asked_at=desk.now(),
        )
        for task in found
    )
    return bool(found)


def withdraw(desk: Desk, case: Case) -> None:
    """Close what is still to be looked up: the decision that needed it was sent back."""
    case.look_ups.filter(closed_at=None).update(closed_at=desk.now())


def bring(desk: Desk, look_up: LookUp, *, actor: Account, content: bytes) -> Brought:
    """Keep a file that a person brought. It takes the place of one that nobody has confirmed.

    Refuses a file that holds a row, a column or a value more than the task lists.
    """
    refuse_unless_reviewer(actor)
    allowed(desk, look_up.case, Move.LOOK_UP, actor=actor)
    task = Task.model_validate(look_up.task)
    rows = checked_rows(content, task, subjects_of(desk, task))
    with transaction.atomic():
        case = locked(look_up.case)
        allowed(desk, case, Move.LOOK_UP, actor=actor)
        look_up = _still_open(look_up, case)
        paper = papers.keep(desk, content, media_type="text/plain")
        brought = Brought.objects.create(look_up=look_up, paper=paper, rows=rows, by=actor, at=desk.now())
        facts = {"document_sha512": paper.sha512, "records": str(rows), "reason": task.label}
        record(desk, case, EventKind.LOOKED_UP, actor=actor, **facts)
    return brought


def confirm(desk: Desk, look_up: LookUp, *, actor: Account, sha512: str) -> Case:
    """Set down a second person's yes to exactly the file `sha512`, and let the answer go on where it was the last."""
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case = locked(look_up.case)
        allowed(desk, case, Move.CONFIRM_LOOK_UP, actor=actor)
        look_up = _still_open(look_up, case)
        last = look_up.brought.last()
        if last is None or last.paper_id != sha512:
            raise _changed_meanwhile(case)
        _refuse_same_person(look_up, actor)
        ConfirmedFile.objects.create(brought=last, by=actor, at=desk.now())
        look_up.closed_at = desk.now()
        look_up.save()
        label = f"{look_up.store}.{look_up.table}"
        record(desk, case, EventKind.LOOK_UP_CONFIRMED, actor=actor, document_sha512=sha512, reason=label)
        if not case.look_ups.filter(closed_at=None).exists():
            enqueue(desk, "seal", case, again=True)
    return case


def brought_bytes(desk: Desk, brought: Brought) -> bytes:
    """Return a file as it was brought."""
    return papers.read(desk, brought.paper)


def subjects_of(desk: Desk, task: Task) -> Mapping[object, tuple[str, ...]]:
    """Return whose rows a task is about: by identifier, the values of the columns that say so."""
    return whose(desk.data_map, desk.settings.stores, task.identifiers, now=desk.now)


def sweep(desk: Desk) -> None:
    """Delete the files that a worker had open when it was killed. Call it as the only worker."""
    for left in desk.home.uploads.glob(f"{_OPEN}*"):
        rmtree(left)


@contextmanager
def opened_for(desk: Desk, case: Case, decision: Decision) -> Iterator[Sources]:
    """Open the stores with the confirmed files of a decision. The files lie open for no longer than it takes to read them."""
    with TemporaryDirectory(dir=desk.home.uploads, prefix=_OPEN) as folder:
        files = _written(desk, case, decision, Path(folder))
        by_hand = (name for name, store in desk.data_map.stores.items() if store.kind == PERSON)
        sources = desk.sources(brought={name: PersonStore(name, files.get(name, {})) for name in by_hand})
    with sources:
        yield sources


def _written(desk: Desk, case: Case, decision: Decision, folder: Path) -> dict[str, dict[str, Path]]:
    confirmed = Brought.objects.filter(
        look_up__case=case, look_up__statement=decision.statement, confirmed__isnull=False
    ).select_related("look_up", "paper")
    found: dict[str, dict[str, Path]] = {}
    for each in confirmed:
        path = folder / str(each.pk)
        path.write_bytes(brought_bytes(desk, each))
        found.setdefault(each.look_up.store, {})[each.look_up.table] = path
    return found


def _still_open(look_up: LookUp, case: Case) -> LookUp:
    found = case.look_ups.filter(pk=look_up.pk, closed_at=None).first()
    if found is None:
        raise MoveRefused(
            "upload.closed",
            what=f"Nothing is to be looked up here any more in {case.reference}.",
            why="A file was confirmed, or the decision was sent back, after your page was opened.",
            next_step="Reload the case: it lists what is still to be looked up.",
        )
    return found


def _refuse_same_person(look_up: LookUp, actor: Account) -> None:
    if reasons := against_confirming(as_look_up(look_up), actor.username):
        raise MoveRefused(
            "upload.same-person",
            what="You cannot confirm the file that you brought.",
            why=" ".join(reasons),
            next_step="Ask another reviewer to compare it with the store and confirm it.",
        )


def _changed_meanwhile(case: Case) -> MoveRefused:
    return MoveRefused(
        "upload.changed-meanwhile",
        what=f"The file in {case.reference} is not the one you were shown.",
        why="Another file was brought after your page was opened.",
        next_step="Reload the page, look at the file again, and confirm that one.",
    )
