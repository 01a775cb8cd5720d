"""Is every leaf one that this log may publish, in order, and does each keep what the policy before it promised?

1  the first leaf is this log's policy, and a later one of the same origin takes effect an epoch later at the earliest
2  epochs are numbered from 1 without a gap, each with as many slots as the policy in effect says
3  a period is told once

A bundle that holds nothing but epochs, each as long as the other, is judged column by column: parsing each leaf would take
longer than hashing it.
"""

from __future__ import annotations

import re

from answerable.errors import VerificationFailed
from answerable.public_log import leaves, slots
from answerable.verify.tree import Bundle, broken

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_LAST = b"AEIMQUYcgkosw048"
"""Of 32 bytes, the last digit before the padding holds four bits: these sixteen end canonically."""

_TAIL = 90
"""Two lines of 44 digits, each with its newline."""

_HEAD = re.compile(rb"answerable/epoch/v1\n([1-9][0-9]{0,17})\n([0-9]+)\n")


class Grammar:
    """What the leaves said so far; `judge` takes them bundle by bundle."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.policy: leaves.Policy | None = None
        self.epoch_at: list[int] = []
        self.openings: list[tuple[int, leaves.Opening]] = []
        self.periods: dict[str, int] = {}
        self._policies: list[leaves.Policy] = []

    @property
    def epochs(self) -> int:
        """How many epochs were closed."""
        return len(self.epoch_at)

    def judge(self, bundle: Bundle) -> None:
        """Take the entries of the next bundle. Refuses, by file and index, the first that is not to be published."""
        if self.policy is not None and self._all_are_epochs(bundle.content, bundle.width):
            self.epoch_at += range(bundle.start, bundle.start + bundle.width)
            return
        for index, entry in enumerate(bundle.entries(), bundle.start):
            try:
                leaf = leaves.parse(entry)
            except VerificationFailed as fault:
                raise broken(fault.what, f"{bundle.path}, index {index}.") from fault
            self._take(leaf, index, f"{bundle.path}, index {index}")

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

    def _in_effect(self, epoch: int) -> leaves.Policy:
        return next(policy for policy in reversed(self._policies) if policy.effective_epoch <= epoch)

    def _take(self, leaf: leaves.Leaf, index: int, place: str) -> None:
        if index == 0 and not (isinstance(leaf, leaves.Policy) and leaf.origin == self.origin):
            raise broken("The first leaf is not this log's policy", f"{place}.")
        if isinstance(leaf, leaves.Policy):
            self._take_policy(leaf, index, place)
        elif isinstance(leaf, leaves.Epoch):
            expected = self.epochs + 1
            if leaf.number != expected:
                raise broken("An epoch is missing or out of order", f"{place}: epoch {expected} is expected.")
            if leaf.slot_count != self.capacity(expected):
                raise broken("An epoch has other slots than the policy promised", f"{place}: {leaf.slot_count} slots.")
            self.epoch_at.append(index)
        elif isinstance(leaf, leaves.Opening):
            self.openings.append((index, leaf))
        elif leaf.period in self.periods:
            twice = f"{leaf.period} is published twice: leaf {self.periods[leaf.period]}, leaf {index}."
            raise broken("A period is in the log twice", f"{place}: {twice}")
        else:
            self.periods[leaf.period] = index

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

    def _all_are_epochs(self, content: bytes, count: int) -> bool:
        """Whether a bundle is so many entries of one length, and each is the epoch whose turn it is."""
        first, step = _HEAD.match(content, 2), 2 + int.from_bytes(content[:2], "big")
        if (
            first is None
            or int(first[1]) != self.epochs + 1
            or step != first.end() + _TAIL
            or len(content) != step * count
        ):
            return False
        slot_count, last = int(first[2]), self.epochs + count
        if slot_count != self.capacity(self.epochs + 1) or slot_count != self.capacity(last):
            return False
        told = b"".join([content[at : at + first.end() - 2] for at in range(2, len(content), step)])
        expected = (b"answerable/epoch/v1\n%%d\n%d\n" % slot_count * count) % tuple(range(self.epochs + 1, last + 1))
        return told == expected and _are_framed(content, count, step)


def _are_framed(content: bytes, count: int, step: int) -> bool:
    """Whether each entry, the first three lines of which are right, has its length before it, and ends in two roots.

    Roots are 32 bytes in canonical base64. What no digit of base64 is lies where it must, and nowhere else.
    """
    framed = content[:2].translate(None, _BASE64) + b"\n\n\n=\n=\n"
    ends = [(step - _TAIL + at, sign) for at, sign in ((43, b"="), (44, b"\n"), (88, b"="), (89, b"\n"))]
    last = content[step - _TAIL + 42 :: step] + content[step - _TAIL + 87 :: step]
    return (
        content.translate(None, _BASE64) == framed * count
        and all(content[at::step] == content[at : at + 1] * count for at in (0, 1))
        and all(content[at::step] == sign * count for at, sign in ends)
        and not last.translate(None, _LAST)
    )
