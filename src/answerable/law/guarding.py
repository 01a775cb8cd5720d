"""What if the code of a pack of one's own stops, or answers with something else? Then the pack is named, never the demand.

A rule of ours that stops is a fault of ours. A pack of one's own is somebody else's code: what it raises may quote the
paper, so only the kind of fault and its place are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from traceback import extract_tb
from typing import TypeVar

from answerable.casefile.assessment import Clock, NoticeRule
from answerable.casefile.finding import Finding
from answerable.errors import AnswerableError, MalformedLaw
from answerable.law.register import Law
from answerable.law.rule import Answer, Facts, Rules

_Kind = TypeVar("_Kind")


def guarded(law: Law) -> Law:
    """Return the law with each of its functions explained where it stops. Refuses, when asked, any other kind of answer."""
    name, rules = law.pack.name, Rules(law.rules.cite)
    rules.extend(replace(rule, test=_test(rule.test, f"Rule {rule.id} of {name}")) for rule in law.rules)

    def clocks(facts: Facts, findings: tuple[Finding, ...]) -> Iterator[Clock]:
        with _explained(f"`clocks` of {name}"):
            yield from (_checked(each, Clock) for each in law.clocks(facts, findings))

    def notice(facts: Facts) -> NoticeRule:
        with _explained(f"`notice` of {name}"):
            return _checked(law.notice(facts), NoticeRule)

    return replace(law, rules=rules, clocks=clocks, notice=notice)


def place_of(fault: BaseException) -> str:
    """Return the file and line of a pack in which it stopped, as “ in rules.py, line 12”; empty where that is unknown."""
    frames = [
        each for each in extract_tb(fault.__traceback__) if Path(each.filename).name in ("rules.py", "consequences.py")
    ]
    if isinstance(fault, SyntaxError) and fault.filename:
        return f" in {Path(fault.filename).name}, line {fault.lineno}"
    return f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""


def _test(test: Callable[[Facts], Answer], who: str) -> Callable[[Facts], Answer]:
    def asked(facts: Facts) -> Answer:
        with _explained(who):
            return _checked(test(facts), Answer)

    return asked


def _checked(found: _Kind, kind: type[_Kind]) -> _Kind:
    if not isinstance(found, kind):
        raise TypeError(f"{type(found).__name__} in place of {kind.__name__}")
    return found


@contextmanager
def _explained(who: str) -> Iterator[None]:
    try:
        yield
    except AnswerableError:
        raise
    except Exception as fault:
        raise MalformedLaw(
            "law.rule-failed",
            what="A law pack of one's own stopped while a demand was put to it.",
            why=f"{who} stopped with {type(fault).__name__}{place_of(fault)}.",
            next_step="Correct the pack, and run `answerable law check` on it. Until then nothing is disclosed under it.",
        ) from fault
