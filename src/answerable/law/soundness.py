"""Can this law be asked at all? What a pack of one's own must hold to before the desk puts a demand to it.

Whether it says what it should is another question, which its table of cases answers (`answerable law check`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import TypeAdapter, ValidationError

from answerable.casefile.categories import CATEGORIES, DataClass
from answerable.casefile.order import Instrument as InstrumentName
from answerable.law.pack import Pack
from answerable.law.register import Law
from answerable.law.rule import Rule

_ID = re.compile(r"[A-Z][A-Za-z0-9]{0,9}")
_BOXES = frozenset(f"D{number}" for number in range(1, 11))
_HELD = frozenset((*DataClass, *CATEGORIES))
_NAME: TypeAdapter[str] = TypeAdapter(InstrumentName)


def faults(law: Law) -> Iterator[str]:
    """Yield, as sentences, everything because of which a law cannot be asked."""
    yield from _of_the_pack(law.pack)
    if not law.rules:
        yield "rules.py has no rule."
    ids = [rule.id for rule in law.rules]
    yield from (f"{each} stands there twice." for each in dict.fromkeys(ids) if ids.count(each) > 1)
    for rule in law.rules:
        yield from (f"{rule.id}: {fault}" for fault in _of_a_rule(rule, law.pack))
    for name in law.pack.title.instruments:
        if not any(not rule.only or name in rule.only for rule in law.rules):
            yield f"No rule is for {name}: no test is no yes."


def _of_the_pack(pack: Pack) -> Iterator[str]:
    if not pack.title.instruments:
        yield "pack.yaml has no instrument, so nothing would ever be put to it."
    for name, instrument in pack.title.instruments.items():
        if not _is_a_name(name):
            yield f"No paper can name the instrument “{name}”: a name is like nl.harbour.order."
        unknown = {way.last_day for way in instrument.ways if way.last_day} - pack.values.keys()
        yield from (f"values.yaml has no “{each}”, which a way to answer names." for each in sorted(unknown))
    if not pack.values.get("applies"):
        yield "values.yaml has no “applies”: since when does the law apply?"
    for name, dated in pack.values.items():
        if len({each.since for each in dated}) < len(dated):
            yield f"“{name}” has two values since the same day."


def _is_a_name(name: str) -> bool:
    try:
        _NAME.validate_python(name)
    except ValidationError:
        return False
    return True


def _of_a_rule(rule: Rule, pack: Pack) -> Iterator[str]:
    if not _ID.fullmatch(rule.id):
        yield "the id of a rule is a capital letter, and letters and digits, ten at most."
    if not rule.title.strip():
        yield "it has no title."
    if not rule.citation.strip() or rule.citation.rstrip().endswith(","):
        yield "it cites nothing: every rule names the provision it rests on."
    for words, given, known in (
        ("withholds", rule.withholds, _HELD),
        ("is only for", rule.only, pack.title.instruments.keys()),
        ("ticks", rule.annex_iii, _BOXES),
    ):
        strange = [each for each in given if each not in known]
        if strange:
            yield f"it {words} {', '.join(strange)}, which is not known."
