"""Which paper within a mail is the demand? The one that carries a form; where several do, a person must say which."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from answerable.casefile.mail import MailPaper, Message, read_message
from answerable.errors import MalformedDemand

_T = TypeVar("_T")


def demand_within(content: bytes, number: int | None, read: Callable[[bytes], _T]) -> tuple[bytes, _T]:
    """Return the paper of a mail that carries a form, and what `read` makes of it. The mail itself is the original.

    `number` chooses a paper, counted from 1. Refuses a mail that crosses a limit, one without a form, and one with
    several where none is chosen. The same bytes attached twice are one paper.
    """
    message = read_message(content)
    if message.crossed:
        _refuse("intake.mail-limits", "The mail cannot be taken apart.", message.crossed)
    if number is not None:
        chosen = _numbered(message, number)
        return chosen.content, read(chosen.content)
    readable: list[tuple[MailPaper, _T]] = []
    faults: list[MalformedDemand] = []
    for paper in {each.sha256: each for each in reversed(message.papers) if _may_carry_form(each.content)}.values():
        try:
            readable.append((paper, read(paper.content)))
        except MalformedDemand as fault:
            faults.append(fault)
    if len(readable) > 1:
        _several(sorted(paper.number for paper, _ in readable))
    if not readable and len(faults) == 1:
        raise faults[0]
    if not readable:
        _refuse(
            "intake.mail-without-form",
            "No paper in the mail carries form data.",
            f"It carries {len(message.papers)} papers; none is a PDF or form data that can be read as a demand.",
        )
    return readable[0][0].content, readable[0][1]


def _may_carry_form(content: bytes) -> bool:
    return content.startswith(b"%PDF-") or content[:200].lstrip()[:1] == b"{"


def _numbered(message: Message, number: int) -> MailPaper:
    found = next((paper for paper in message.papers if paper.number == number), None)
    return found or _refuse(
        "intake.mail-no-such-paper",
        "The mail has no paper of this number.",
        f"It carries {len(message.papers)} papers, counted from 1.",
    )


def _several(numbers: list[int]) -> NoReturn:
    named = ", ".join(str(number) for number in numbers)
    raise MalformedDemand(
        "intake.mail-several-forms",
        what="Several papers in the mail carry form data.",
        why=f"Papers {named} of the mail each do, and which is the demand is for a person to say.",
        next_step="The original is kept. Choose one by its number, and open a case for each of the others.",
    )


def _refuse(code: str, what: str, why: str) -> NoReturn:
    raise MalformedDemand(
        code,
        what=what,
        why=why,
        next_step="The original is kept. Ask the sender for the sealed PDF with its form data, one demand a mail.",
    )
