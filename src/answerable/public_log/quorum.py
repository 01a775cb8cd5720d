"""Whose cosignatures make a checkpoint good? C2SP tlog-policy: logs, witnesses, groups, one quorum.

The file is octets: names are compared as they stand, and only tab, newline and printable octets may be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from answerable.errors import NotConfigured, VerificationFailed
from answerable.public_log import note

_MOST_LINES = 2_000


@dataclass(frozen=True, slots=True)
class Witness:
    """One witness: its name in the policy, its key, and the submission prefix of its address where one is given."""

    name: bytes
    verifier: note.Verifier
    url: str = ""


@dataclass(frozen=True, slots=True)
class Quorum:
    """A parsed policy. `groups` gives each group how many of which members must have signed; `rule` is the quorum's name."""

    logs: tuple[note.Verifier, ...] = ()
    witnesses: Mapping[bytes, Witness] = field(default_factory=dict)
    groups: Mapping[bytes, tuple[int, tuple[bytes, ...]]] = field(default_factory=dict)
    rule: bytes = b"none"

    @property
    def verifiers(self) -> tuple[note.Verifier, ...]:
        """The keys of all witnesses."""
        return tuple(each.verifier for each in self.witnesses.values())

    @property
    def asks_nobody(self) -> bool:
        """Whether no cosignature is needed."""
        return self.rule == b"none"

    def holds(self, signed: bytes) -> bool:
        """Whether enough witnesses cosigned the note. Refuses it where the signature of one of them does not hold."""
        seen = note.signed_by(signed, self.verifiers)
        return self.reached_by({name for name, each in self.witnesses.items() if each.verifier in seen})

    def reached_by(self, names: AbstractSet[bytes]) -> bool:
        """Whether the witnesses of these names are enough."""
        return self.asks_nobody or self._is_reached(self.rule, names)

    def _is_reached(self, name: bytes, names: AbstractSet[bytes]) -> bool:
        if name in self.witnesses:
            return name in names
        least, members = self.groups[name]
        return sum(self._is_reached(member, names) for member in members) >= least


def parse_quorum(content: bytes) -> Quorum:
    """Return what a policy file says. Refuses, by line, whatever the format does not allow."""
    logs: list[note.Verifier] = []
    witnesses: dict[bytes, Witness] = {}
    groups: dict[bytes, tuple[int, tuple[bytes, ...]]] = {}
    rule: bytes | None = None
    members: set[bytes] = set()
    for number, words in _lines(content):
        try:
            if words[0] == b"log" and len(words) in (2, 3):
                logs.append(_new(_key(words[1], cosigner=False), logs))
            elif words[0] == b"witness" and len(words) in (3, 4):
                known = [each.verifier for each in witnesses.values()]
                witness = Witness(words[1], _new(_key(words[2], cosigner=True), known), _url(words[3:]))
                witnesses[_unused(words[1], witnesses, groups)] = witness
            elif words[0] == b"group" and len(words) >= 4:
                groups[_unused(words[1], witnesses, groups)] = _group(
                    words[2], words[3:], {*witnesses, *groups}, members
                )
            elif words[0] == b"quorum" and len(words) == 2 and rule is None:
                rule = _known(words[1], {*witnesses, *groups, b"none"})
            else:
                raise ValueError("it is no line of a policy")
        except (ValueError, VerificationFailed) as fault:
            raise _refused(
                f"line {number}: {fault.why if isinstance(fault, VerificationFailed) else fault}."
            ) from fault
    if rule is None:
        raise _refused("there is no quorum line.")
    return Quorum(tuple(logs), witnesses, groups, rule)


def _lines(content: bytes) -> Iterator[tuple[int, list[bytes]]]:
    lines = content.split(b"\n")
    if len(lines) > _MOST_LINES or any((each < 0x20 and each not in (0x09, 0x0A)) or each == 0x7F for each in content):
        raise _refused("it is too long, or holds a control character.")
    for number, line in enumerate(lines, 1):
        words = line.replace(b"\t", b" ").split(b" ")
        words = [word for word in words if word]
        if words and not words[0].startswith(b"#"):
            yield number, words


def _key(line: bytes, *, cosigner: bool) -> note.Verifier:
    verifier = note.Verifier.parse(line.decode(errors="replace"))
    kinds = {note.Kind.COSIGNATURE, note.Kind.QUANTUM_SAFE} if cosigner else {note.Kind.ED25519, note.Kind.QUANTUM_SAFE}
    if verifier.kind not in kinds:
        raise ValueError("a key of this type does not belong here")
    return verifier


def _new(verifier: note.Verifier, known: list[note.Verifier]) -> note.Verifier:
    if any(each.key == verifier.key for each in known):
        raise ValueError("the same key stands there twice")
    return verifier


def _unused(name: bytes, *taken: Mapping[bytes, object]) -> bytes:
    if name == b"none" or any(name in each for each in taken):
        raise ValueError("the name is taken")
    return name


def _known(name: bytes, names: set[bytes]) -> bytes:
    if name not in names:
        raise ValueError("it names what was not defined before")
    return name


def _url(words: list[bytes]) -> str:
    return words[0].decode() if words else ""


def _group(least: bytes, names: list[bytes], known: set[bytes], members: set[bytes]) -> tuple[int, tuple[bytes, ...]]:
    for name in names:
        if _known(name, known) in members:
            raise ValueError("a member stands in a group already")
        members.add(name)
    if least in (b"any", b"all"):
        return (1 if least == b"any" else len(names)), tuple(names)
    if not least.isdigit() or least.startswith(b"0") or not 1 <= int(least) <= len(names):
        raise ValueError("a group needs one to all of its members")
    return int(least), tuple(names)


def _refused(why: str) -> NotConfigured:
    return NotConfigured(
        "witness.bad-policy",
        what="The policy of witnesses cannot be read.",
        why=f"In it, {why}",
        next_step="Correct the file; docs/run/witnesses.md shows one.",
    )
