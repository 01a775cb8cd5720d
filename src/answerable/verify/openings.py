"""Does what was opened lie where it says, does it contradict itself, and was everything opened in time?

1  each opening leaf has its bundles, and they give its root
2  each opened event or part leads to the leaf of its epoch, which was closed before
3  a revealed decoy seed is the one committed to, and with what was opened it gives every slot of the epoch
4  no two opened events name the same predecessor: that would be two histories of one case, and is proof of misconduct
5  every epoch older than the longest seal is opened
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from answerable.casefile.events import LOG_FIELDS
from answerable.errors import VerificationFailed
from answerable.public_log import bundles, leaves, merkle, slots
from answerable.verify.grammar import Grammar
from answerable.verify.tree import Tree, broken, file_at

_CASE, _PREVIOUS = LOG_FIELDS.index("case"), LOG_FIELDS.index("previous")


@dataclass(slots=True)
class Opened:
    """What the openings showed: the events' roots by epoch and slot, the epochs opened whole, and the files read."""

    events: dict[tuple[int, int], bytes] = field(default_factory=dict)
    epochs: set[int] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)
    fields: dict[tuple[int, int], dict[str, str]] = field(default_factory=dict)
    _after: dict[tuple[str, str], tuple[bytes, str]] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """How much was opened, for people."""
        return f"{len(self.fields)} events, {len(self.epochs)} whole epochs"

    def note_event(self, place: tuple[int, int], root: bytes, shown: Mapping[int, str], where: str) -> None:
        """Remember an event. Refuses a second one with the same predecessor (4)."""
        self.fields.setdefault(place, {}).update({LOG_FIELDS[at]: value for at, value in shown.items()})
        if _PREVIOUS not in shown or not (shown[_PREVIOUS] or shown.get(_CASE)):
            return
        follows = (shown[_PREVIOUS], "" if shown[_PREVIOUS] else shown[_CASE])
        other, elsewhere = self._after.setdefault(follows, (root, where))
        if other != root:
            raise broken(
                "Two opened events name the same predecessor: a case was given two histories, which proves misconduct",
                f"{elsewhere} and {where}.",
            )


def verify_openings(files: Mapping[str, bytes], tree: Tree, grammar: Grammar) -> Opened:
    """Return what was opened. Refuses, by file, the first bundle that does not hold."""
    opened = Opened()
    decoys: list[tuple[str, bundles.DecoyBundle]] = []
    for index, leaf in grammar.openings:
        for path, bundle in _bundles(files, index, leaf):  # 1
            opened.paths.add(path)
            if isinstance(bundle, bundles.DecoyBundle):
                decoys.append((path, bundle))
            else:
                _lies_where_it_says(path, bundle, tree, grammar, before=index, opened=opened)  # 2
    for path, revealed in decoys:
        _gives_every_slot(path, revealed, tree, grammar, opened=opened)  # 3
    overdue = next((epoch for due in grammar.due() for epoch in due if epoch not in opened.epochs), None)
    if overdue is not None:
        raise broken("An epoch is older than the longest seal and was not opened", f"epoch {overdue}.")  # 5
    return opened


def _bundles(files: Mapping[str, bytes], index: int, leaf: leaves.Opening) -> Iterator[tuple[str, bundles.Bundle]]:
    paths = [bundles.path(index, number) for number in range(leaf.bundles)] if leaf.bundles <= len(files) else []
    contents = [file_at(files, path) for path in paths]
    if not paths or bundles.root_of(contents) != leaf.root:
        raise broken("What was opened is not what the log says was opened", f"opening/{index}, leaf {index}.")
    for path, content in zip(paths, contents, strict=True):
        try:
            yield path, bundles.parse(content)
        except VerificationFailed as fault:
            raise broken(fault.what, f"{path}.") from fault


def _lies_where_it_says(
    path: str, bundle: bundles.EventBundle | bundles.PartBundle, tree: Tree, grammar: Grammar, *, before: int,
    opened: Opened,
) -> None:  # fmt: skip
    if isinstance(bundle, bundles.PartBundle):
        shown = bundle.unpacked
        place, root, proof = (shown.epoch, shown.slot), shown.event_root(), shown.slot_proof
        values = {at: each.value for at, each in shown.shown.items()}
    else:
        place, root, proof = (bundle.epoch, bundle.slot), bundle.root, bundle.proof
        values = dict(enumerate(bundle.fields))
    leaf = _epoch(path, place[0], tree, grammar, before=before)
    held = merkle.verify_inclusion(
        merkle.leaf_hash(root), place[1], leaf.slot_count, proof=proof, expected=leaf.slot_root
    )
    if not held:
        raise broken("An opening does not lead to the epoch it names", f"{path}: epoch {place[0]}, slot {place[1]}.")
    opened.note_event(place, root, values, path)
    if isinstance(bundle, bundles.EventBundle):
        opened.events[place] = root


def _gives_every_slot(path: str, bundle: bundles.DecoyBundle, tree: Tree, grammar: Grammar, *, opened: Opened) -> None:
    leaf = _epoch(path, bundle.epoch, tree, grammar, before=tree.size)
    shown = {slot: root for (epoch, slot), root in opened.events.items() if epoch == bundle.epoch}
    closed = dict(bundle.closed)
    values = slots.with_decoys({**closed, **shown}, leaf.slot_count, bundle.seed)
    if slots.decoy_commitment(bundle.seed) != leaf.decoy_commitment or slots.slot_root(values) != leaf.slot_root:
        raise broken("A revealed decoy seed does not give the slots of its epoch", f"{path}: epoch {bundle.epoch}.")
    if len(closed) != (grammar.reserved(bundle.epoch)) or closed.keys() & shown.keys():
        raise broken("An epoch keeps other slots closed than the policy allows", f"{path}: {len(closed)} slots.")
    opened.epochs.add(bundle.epoch)


def _epoch(path: str, number: int, tree: Tree, grammar: Grammar, *, before: int) -> leaves.Epoch:
    index = grammar.index_of(number) if 0 < number <= grammar.epochs else before
    leaf = leaves.parse(tree.entry(index)) if index < before else None
    if not isinstance(leaf, leaves.Epoch):
        raise broken("An opening names an epoch that was not closed before", f"{path}: epoch {number}.")
    return leaf
