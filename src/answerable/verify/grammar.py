"""Is every leaf one that this log may publish, in order, and does each keep what the policy before it promised?

1  the first leaf is this log's policy, and a later one of the same origin takes effect an epoch later at the earliest
2  epochs are numbered from 1 without a gap, each with as many slots as the policy in effect says
3  a period is told once

A bundle that holds nothing but epochs, each as long as the other, is read column by column, where it is hashed, and only what it
says in brief is judged here: parsing each leaf would take longer than hashing it.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator

from answerable.errors import VerificationFailed
from answerable.public_log import leaves, slots, tiles
from answerable.verify.tree import Brief, Bundle, broken

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_LAST = b"AEIMQUYcgkosw048"
"""Of 32 bytes, the last digit before the padding holds four bits: these sixteen end canonically."""

_TAIL = 90
"""Two lines of 44 digits, each with its newline."""

_HEAD = re.compile(rb"answerable/epoch/v1\n([1-9][0-9]{0,17})\n([1-9][0-9]{0,8})\n")


class Grammar:
    """What the leaves said so far; they are taken bundle by bundle, in brief or one by one."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.policy: leaves.Policy | None = None
        self.epochs = 0
        """How many epochs were closed."""
        self.openings: list[tuple[int, leaves.Opening]] = []
        self.periods: dict[str, tuple[int, leaves.Period]] = {}
        self._policies: list[leaves.Policy] = []
        # Of each run of epochs that lie one after the other: its first, and where that lies.
        self._runs, self._run_at = array("q"), array("q")

    @property
    def brief(self) -> Callable[[bytes, int], Brief | None]:
        """What says in brief what a bundle holds."""
        return epochs_in

    def take(self, bundle: Bundle, brief: Brief) -> None:
        """Take a bundle of nothing but epochs. Refuses, by file and index, the first that is not to be published."""
        (number, slot_count), indices = brief, range(bundle.start, bundle.start + bundle.width)
        if self.policy is None:
            raise _not_begun(f"{bundle.path}, index {bundle.start}")
        due = number == self.epochs + 1
        if due and all(each == slot_count for each in self._capacities(number, number + bundle.width - 1)):
            self._close(bundle.start, bundle.width)
            return
        for at, index in enumerate(indices):
            self._take_epoch((number + at, slot_count), index, f"{bundle.path}, index {index}")

    def judge(self, bundle: Bundle, entries: list[bytes]) -> None:
        """Take the entries of the next bundle. Refuses, by file and index, the first that is not to be published."""
        for index, entry in enumerate(entries, bundle.start):
            place = f"{bundle.path}, index {index}"
            try:
                leaf = leaves.parse(entry)
            except VerificationFailed as fault:
                raise broken(fault.what, f"{place}.") from fault
            self._take(leaf, index, place)

    def index_of(self, epoch: int) -> int:
        """Return where the leaf of an epoch lies that was closed."""
        run = bisect_right(self._runs, epoch) - 1
        return self._run_at[run] + epoch - self._runs[run]

    def capacity(self, epoch: int) -> int:
        """Return how many slots an epoch has under the policy in effect."""
        return self._in_effect(epoch).slot_capacity

    def reserved(self, epoch: int) -> int:
        """Return how many slots of an epoch stay closed for good under the policy in effect."""
        return self._in_effect(epoch).reserved_slots or 0

    def due(self) -> list[range]:
        """Return the epochs whose longest seal is over, counted in the log's own periods: no clock is needed."""
        ends = [policy.effective_epoch for policy in self._policies[1:]] + [self.epochs + 1]
        found = []
        for policy, end in zip(self._policies, ends, strict=True):
            seal = policy.longest_seal_days * 86_400 // policy.period_seconds
            found.append(range(policy.effective_epoch, min(end, self.epochs - seal + 1)))
        return found

    def _close(self, index: int, count: int) -> None:
        if not self._runs or index != self.index_of(self.epochs + 1):
            self._runs.append(self.epochs + 1)
            self._run_at.append(index)
        self.epochs += count

    def _in_effect(self, epoch: int) -> leaves.Policy:
        return next(policy for policy in reversed(self._policies) if policy.effective_epoch <= epoch)

    def _capacities(self, first: int, last: int) -> Iterator[int]:
        """Yield the slots of the first epoch, and of each policy that takes effect after it and until the last."""
        yield self.capacity(first)
        yield from (each.slot_capacity for each in self._policies if first < each.effective_epoch <= last)

    def _take(self, leaf: leaves.Leaf, index: int, place: str) -> None:
        if index == 0 and not (isinstance(leaf, leaves.Policy) and leaf.origin == self.origin):
            raise _not_begun(place)
        if isinstance(leaf, leaves.Policy):
            self._take_policy(leaf, index, place)
        elif isinstance(leaf, leaves.Epoch):
            self._take_epoch((leaf.number, leaf.slot_count), index, place)
        elif isinstance(leaf, leaves.Opening):
            self.openings.append((index, leaf))
        elif leaf.period in self.periods:
            twice = f"{leaf.period} is published twice: leaf {self.periods[leaf.period][0]}, leaf {index}."
            raise broken("A period is in the log twice", f"{place}: {twice}")
        else:
            self.periods[leaf.period] = index, leaf

    def _take_epoch(self, said: Brief, index: int, place: str) -> None:
        number, slot_count = said
        expected = self.epochs + 1
        if number != expected:
            raise broken("An epoch is missing or out of order", f"{place}: epoch {expected} is expected.")
        if slot_count != self.capacity(expected):
            raise broken("An epoch has other slots than the policy promised", f"{place}: {slot_count} slots.")
        self._close(index, 1)

    def _take_policy(self, leaf: leaves.Policy, index: int, place: str) -> None:
        """1: the period that runs when a policy is published is already promised under the one before."""
        earliest = self.epochs + 2 if index else 1
        if leaf.origin != self.origin or leaf.slot_capacity not in slots.CAPACITIES:
            raise broken("A policy is not one of this log", f"{place}: origin or slots.")
        if leaf.effective_epoch < earliest:
            raise broken("A policy takes effect too early", f"{place}: epoch {earliest} at the earliest.")
        if not index and leaf.effective_epoch > earliest:
            raise broken("The first policy does not hold from the first epoch on", f"{place}: epoch {earliest}.")
        self._policies.append(leaf)
        self.policy = leaf


def _not_begun(place: str) -> VerificationFailed:
    return broken("The first leaf is not this log's policy", f"{place}.")


def epochs_in(content: bytes, count: int) -> Brief | None:
    """Return the first number and the slots of so many epochs, where a bundle holds nothing but them, each after the other.

    It needs nothing but the bundle, so that it can be asked wherever that is hashed.
    """
    first, step = _HEAD.match(content, 2), tiles.step_of(content)
    if first is None or step != first.end() + _TAIL or len(content) != step * count:
        return None
    number, slot_count = int(first[1]), int(first[2])
    told = b"".join(tiles.cutting(2, first.end() - 2, _TAIL, count)(content))
    kind, ends = "answerable/epoch/v1\n", f"\n{slot_count}\n"
    expected = f"{kind}{(ends + kind).join(map(str, range(number, number + count)))}{ends}".encode()
    return (number, slot_count) if told == expected and _are_framed(content, count, step) else None


def _are_framed(content: bytes, count: int, step: int) -> bool:
    """Whether each entry, the first three lines of which are right, ends in two roots.

    Roots are 32 bytes in canonical base64. What no digit of base64 is lies where it must, and nowhere else.
    """
    framed = content[:2].translate(None, _BASE64) + b"\n\n\n=\n=\n"
    ends = [(step - _TAIL + at, sign) for at, sign in ((43, b"="), (44, b"\n"), (88, b"="), (89, b"\n"))]
    last = content[step - _TAIL + 42 :: step] + content[step - _TAIL + 87 :: step]
    return (
        content.translate(None, _BASE64) == framed * count
        and all(content[at::step] == sign * count for at, sign in ends)
        and not last.translate(None, _LAST)
    )
