"""Which law is this, in which version, who has read it, and what did it say on a given day?

A pack is a folder that a lawyer can open: `pack.yaml`, `values.yaml`, `rules.py`, `cases.yaml`. docs/formats/law-pack.md.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

import yaml

from answerable.casefile.encoding import Record
from answerable.casefile.epoc import Country
from answerable.errors import UnknownLaw


class Way(Record):
    """A way to answer that an instrument has: what it is called, by which provision, with which form of ours.

    `last_day` names the value of the pack that gives its last day, where there is one; `when`, at which stage alone it is
    open.
    """

    title: str
    citation: str
    form: str | None = None
    last_day: str | None = None
    when: Literal["enforcement"] | None = None


class Kind(StrEnum):
    """What an instrument is for."""

    DATA = "data"
    PRESERVATION = "preservation"
    REMOVAL = "removal"
    NONE = "no duty"


class Instrument(Record):
    """One kind of demand under a law. `kind` is what it can reach at most; `no duty` asks, and compels nothing.

    `paper` says that it may come without an electronic seal, so that a call to the authority can prove it.
    `state_system_needs_no_call` lets an emergency go without the call-back where it came through a state's own
    authenticated system under a qualified seal; without it every emergency is called back.
    """

    title: str
    kind: Kind
    cite: str
    ways: tuple[Way, ...] = ()
    paper: bool = False
    state_system_needs_no_call: bool = False


class Title(Record):
    """`pack.yaml`: what the law is, where it stands, and how far this pack goes.

    `reviewed_by` names the lawyer who read the pack; None is shown wherever the pack is used. `languages` are those its
    letters have. `country` is the one State whose law it is, of a pack that may only be used by a provider bound by it.
    """

    instruments: dict[str, Instrument]
    languages: tuple[str, ...] = ("en",)
    title: str
    cite: str
    source: str
    version: str
    checked_on: date
    reviewed_by: str | None
    country: Country | None = None
    coverage: dict[str, Literal["modelled", "partly", "pending", "not"]]


class DatedValue(Record):
    """One entry of `values.yaml`: what held from `since` on; a None value ends it."""

    since: date
    value: int | str | None
    citation: str
    reviewed: bool


class Pack(Record):
    """A law as the desk knows it."""

    name: str
    title: Title
    values: dict[str, tuple[DatedValue, ...]]

    @property
    def label(self) -> str:
        """Name and version, as findings carry it."""
        return f"{self.name} {self.title.version}"

    def value(self, name: str, day: date) -> int | str | None:
        """Return the value in force on `day`, or None before its first day and after its end."""
        held = self._held(name, day)
        return held.value if held else None

    def as_of(self, day: date) -> Pack:
        """Return the pack as if what held on `day` had always held and always would."""
        held = ((name, self._held(name, day)) for name in self.values)
        always = {name: (each.model_copy(update={"since": date.min}),) if each else () for name, each in held}
        return self.model_copy(update={"values": always})

    def _held(self, name: str, day: date) -> DatedValue | None:
        held = [each for each in self.values[name] if each.since <= day]
        return max(held, key=lambda each: each.since) if held else None

    def number(self, name: str, day: date) -> int:
        """Return a number in force on `day`. Refuses a day on which there is none."""
        found = self.value(name, day)
        if not isinstance(found, int):
            raise unknown(f"{self.title.cite} gives no {name.replace('_', ' ')} for that day.")
        return found


class _UniqueKeys(yaml.SafeLoader):
    """A loader that refuses a key written twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return the mapping. Refuses a repeated key."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise yaml.constructor.ConstructorError(None, None, "a key is written twice", node.start_mark)
        return super().construct_mapping(node, deep)


def load_yaml(text: str) -> Any:
    """Return the content of a YAML text. Refuses repeated keys and anything but plain values."""
    return yaml.load(text, _UniqueKeys)  # noqa: S506 - a SafeLoader


@lru_cache
def load(name: str) -> Pack:
    """Return the pack in the folder `name` ("eu/e_evidence_regulation")."""
    return read(name, files("answerable.law").joinpath(name))


def read(name: str, folder: Traversable) -> Pack:
    """Return the pack in a folder, under a name. Refuses, with the fault of the reader, what is not one."""
    return Pack(
        name=name,
        title=Title.model_validate(load_yaml(folder.joinpath("pack.yaml").read_text(encoding="utf-8"))),
        values=load_yaml(folder.joinpath("values.yaml").read_text(encoding="utf-8")),
    )


def unknown(why: str) -> UnknownLaw:
    """Return the refusal to judge by a law that is not here: unknown is never lawful."""
    return UnknownLaw(
        "law.unknown",
        what="The demand cannot be put to the law.",
        why=why,
        next_step="Have a lawyer read the paper; nothing is disclosed on an instrument the desk does not know.",
    )
