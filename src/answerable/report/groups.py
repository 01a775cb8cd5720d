"""Which values may a row show, so that no published figure tells of fewer demands than a reader may know of?

Rows are split by one field after the other. A value that fewer rows of a group have than `smallest` is closed. The smallest
group beside the closed ones, and whichever are as small, is closed with them where they are fewer together than `smallest`, or
where each of them is as large as a closed one can be: else who knows this rule could tell how many each is. So at the end every
group of rows that show the same has at least `smallest`, and every figure, being a sum of groups, is nought or at least that.

Why nobody works out a closed number: exchange the names of a rare value and of another closed one, and the same is published.
No noise: the same rows give the same groups, and a reader can check the groups that there are.
"""

from __future__ import annotations

from collections.abc import Sequence

Shown = tuple[str | None, ...]


def shown(rows: Sequence[Sequence[str]], *, smallest: int) -> list[Shown] | None:
    """Return what each row may show, None for a closed value; None for all where there are fewer rows than `smallest`."""
    if len(rows) < smallest or not rows:
        return None
    pending: list[tuple[list[int], Shown]] = [(list(range(len(rows))), ())]
    for field in range(len(rows[0])):
        pending = [
            (part, (*known, value))
            for members, known in pending
            for part, value in _split([(rows[member][field], member) for member in members], smallest)
        ]
    found: list[Shown] = [()] * len(rows)
    for members, known in pending:
        for member in members:
            found[member] = known
    return found


def ordered(group: Shown) -> tuple[tuple[bool, str], ...]:
    """Return by what groups are put in order: value by value, the closed one last."""
    return tuple((value is None, value or "") for value in group)


def _split(valued: Sequence[tuple[str, int]], smallest: int) -> list[tuple[list[int], str | None]]:
    by_value: dict[str, list[int]] = {}
    for value, member in valued:
        by_value.setdefault(value, []).append(member)
    closed = sorted(value for value, having in by_value.items() if len(having) < smallest)
    often = sorted(by_value.keys() - set(closed), key=lambda value: (len(by_value[value]), value))
    rest = sum(len(by_value[value]) for value in closed)
    if often and closed and (rest < smallest or rest == (smallest - 1) * len(closed)):
        fewest = len(by_value[often[0]])
        closed += [value for value in often if len(by_value[value]) == fewest]
        often = [value for value in often if len(by_value[value]) > fewest]
    parts: list[tuple[list[int], str | None]] = [(by_value[value], value) for value in sorted(often)]
    if closed:
        parts.append(([member for value in closed for member in by_value[value]], None))
    return parts
