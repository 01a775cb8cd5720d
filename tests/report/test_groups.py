"""Can a number that is smaller than the smallest group be worked out from what is published? Small worlds, every one of them."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.worlds import demands

from answerable.report import groups
from answerable.report.figures import count, group_rows
from answerable.report.gathered import gather
from answerable.report.query import current
from answerable.report.reporting import groups_of

ROWS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("xy"), st.sampled_from(["1", "2", "3", "4", "5"])), max_size=120
)


def shown(rows, *, smallest):
    """Return what each of the rows may show, None where that is nothing."""
    told = groups.shown(Counter(rows), smallest=smallest)
    return None if told is None else [told[row] for row in rows]


@given(ROWS, st.integers(1, 7))
def test_no_group_is_smaller_and_no_row_shows_what_it_is_not(rows, smallest):
    opened = shown(rows, smallest=smallest)
    if opened is None:
        assert len(rows) < max(smallest, 1)
        return
    assert min(Counter(opened).values()) >= smallest
    for row, shows in zip(rows, opened, strict=True):
        assert all(value is None or value == own for value, own in zip(shows, row, strict=True))


@given(ROWS, st.integers(2, 7))
def test_every_sum_and_every_difference_of_nested_figures_is_nought_or_at_least_the_smallest_group(rows, smallest):
    """A figure is a set of groups, so one that lies in another differs from it by whole groups."""
    counted = Counter(shown(rows, smallest=smallest) or ())
    for fields in itertools.product([False, True], repeat=3):
        sums = Counter()
        for shows, number in counted.items():
            sums[tuple(value if used else "" for value, used in zip(shows, fields, strict=True))] += number
        assert all(number >= smallest for number in sums.values())
        for inner in itertools.product([False, True], repeat=3):
            if all(used or not other for used, other in zip(inner, fields, strict=True)):
                for shows, number in counted.items():
                    outer = sums[tuple(value if used else "" for value, used in zip(shows, fields, strict=True))]
                    assert outer == number or outer - number >= smallest


@given(ROWS)
def test_with_one_as_the_smallest_group_nothing_is_closed(rows):
    assert shown(rows, smallest=1) == (rows or None)


def test_the_order_of_the_rows_tells_nothing():
    rows = [("a", "x"), ("a", "x"), ("a", "y"), ("b", "x"), ("a", "x"), ("a", "y"), ("a", "y")]
    told = Counter(shown(rows, smallest=3))
    assert all(Counter(shown(order, smallest=3)) == told for order in itertools.permutations(rows))


@pytest.mark.parametrize(("values", "most"), [("yn", 14), ("abc", 12), ("abcd", 9)])
def test_nobody_who_knows_the_rule_works_out_a_small_number_on_one_field(values, most):
    """Every table of up to `most` rows: for what is published there are always two that differ in each small number."""
    smallest = 3
    behind: dict[tuple, set[tuple[int, ...]]] = defaultdict(set)
    for size in range(most + 1):
        for split in _splits(size, len(values)):
            rows = [(value,) for value, number in zip(values, split, strict=True) for _ in range(number)]
            told = shown(rows, smallest=smallest)
            behind[tuple(sorted(Counter(told or ()).items(), key=str))].add(split)
    for told, worlds in behind.items():
        for at in range(len(values)):
            numbers = {world[at] for world in worlds}
            assert len(numbers) > 1 or not 0 < numbers.pop() < smallest, (told, worlds)


@pytest.mark.parametrize("smallest", [3, 4])
def test_nobody_who_knows_the_rule_works_out_a_small_number_on_two_fields(smallest):
    kinds = list(itertools.product("ab", "xy"))
    behind: dict[tuple, set[tuple[int, ...]]] = defaultdict(set)
    for size in range(10):
        for split in _splits(size, 4):
            rows = [kind for kind, number in zip(kinds, split, strict=True) for _ in range(number)]
            told = shown(rows, smallest=smallest)
            behind[tuple(sorted(Counter(told or ()).items(), key=str))].add(split)
    for told, worlds in behind.items():
        for at in range(4):
            numbers = {world[at] for world in worlds}
            assert len(numbers) > 1 or not 0 < numbers.pop() < smallest, (told, worlds)


def _splits(size: int, parts: int):
    if parts == 1:
        yield (size,)
        return
    for first in range(size + 1):
        yield from ((first, *rest) for rest in _splits(size - first, parts - 1))


@pytest.mark.parametrize("size", [0, 4, 5, 17, 60, 400])
def test_no_published_figure_is_smaller_than_the_smallest_group_and_each_demand_is_counted_once(size):
    rows = demands(size, seed=size)
    figures = count(current(), groups_of(current(), gather(current(), rows)))
    assert all(cell.rows >= 5 for figure in figures for cell in figure.cells)
    assert all(figure.not_shown == 0 or figure.not_shown >= 5 for figure in figures)
    unconditional = [figure.total + figure.not_shown for figure in figures if not _condition(figure.name)]
    assert set(unconditional) == {size if size >= 5 else 0}


def _condition(name: str) -> bool:
    return bool(next(figure for figure in current().figures if figure.name == name).where)


def test_figures_are_what_counting_the_demands_themselves_gives_where_nothing_is_closed():
    rows = demands(300)
    figures = {
        figure.name: figure for figure in count(current(), groups_of(current(), gather(current(), rows), smallest=1))
    }
    by_state = Counter(row.country for row in rows)
    assert {cell.key[0]: cell.rows for cell in figures["by_state"].cells} == by_state
    both = Counter((row.country, row.outcome) for row in rows)
    assert {cell.key: cell.rows for cell in figures["by_state_and_outcome"].cells} == both
    removed = Counter(row.outcome for row in rows if row.lane == "removal")
    assert {cell.key[0]: cell.rows for cell in figures["removal_outcome"].cells} == removed
    assert figures["bulk_refused"].of("yes") == sum(row.bulk and row.refused for row in rows)
    assert all(figure.not_shown == 0 for figure in figures.values())


def test_groups_are_put_in_one_order():
    assert group_rows({("b", None): 1, ("a", "x"): 2, ("b", "y"): 1}) == [
        (("a", "x"), 2),
        (("b", "y"), 1),
        (("b", None), 1),
    ]
