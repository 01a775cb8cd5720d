"""Which values may a row show, so that no published figure tells of fewer demands than a reader may know of?

Rows are split by one field after the other. A value that fewer rows of a group have than `smallest` is closed. The smallest
group beside the closed ones, and whichever are as small, is closed with them where they are fewer together than `smallest`, or
where each of them is as large as a closed one can be: else who knows this rule could tell how many each is. So at the end every
group of rows that show the same has at least `smallest`, and every figure, being a sum of groups, is nought or at least that.

Why nobody works out a closed number: exchange the names of a rare value and of another closed one, and the same is published.
No noise: the same rows give the same groups, and a reader can check the groups that there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Row = tuple[str, ...]
Shown = tuple[str | None, ...]


def shown(rows: Mapping[Row, int], *, smallest: int) -> dict[Row, Shown] | None:
    """Return what the rows with these values may show, None for a closed value. `rows` says how many rows have each.

    None for all where there are fewer rows than `smallest`.
    """
    if sum(rows.values()) < smallest or not rows:
        return None
    pending: list[tuple[list[Row], Shown]] = [(list(rows), ())]
    for field in range(len(pending[0][0][0])):
        pending = [
            (part, (*known, value))
            for alike, known in pending
            for part, value in _split([(row[field], row) for row in alike], rows, smallest)
        ]
    return {row: known for alike, known in pending for row in alike}


def ordered(group: Shown) -> tuple[tuple[bool, str], ...]:
    """Return by what groups are put in order: value by value, the closed one last."""
    return tuple((value is None, value or "") for value in group)


def _split(
    valued: Sequence[tuple[str, Row]], rows: Mapping[Row, int], smallest: int
) -> list[tuple[list[Row], str | None]]:
    having: dict[str, list[Row]] = {}
    for value, row in valued:
        having.setdefault(value, []).append(row)
    number = {value: sum(rows[row] for row in alike) for value, alike in having.items()}
    closed = sorted(value for value in having if number[value] < smallest)
    often = sorted(having.keys() - set(closed), key=lambda value: (number[value], value))
    rest = sum(number[value] for value in closed)
    if often and closed and (rest < smallest or rest == (smallest - 1) * len(closed)):
        fewest = number[often[0]]
        closed += [value for value in often if number[value] == fewest]
        often = [value for value in often if number[value] > fewest]
    parts: list[tuple[list[Row], str | None]] = [(having[value], value) for value in sorted(often)]
    if closed:
        parts.append(([row for value in closed for row in having[value]], None))
    return parts
