"""What is the person told? Who asked, on which legal basis, what was done, why, and what can be done about it.

What was removed is told with the reasons that the order states, its redress and where it holds (Regulation (EU)
2022/2065, Art. 9(5); Regulation (EU) 2021/784, Art. 11). Never while silence binds, or where the authority tells. One notice a person, and none names anybody else.
"""

from __future__ import annotations

from answerable.casefile.decision import DecisionKind
from answerable.casefile.effect import Measure
from answerable.casefile.scope import Identifier, IdentifierKind
from answerable.decide.letters.matter import Done, Letter, Matter, head


class NoticeToPerson(Letter):
    """The notice to one person. `to` is the identifier the demand named; `given` are codes of categories.

    `outcome` is removed, put_back, preserved, given or nothing; `done` says it item by item, `items` names the others.
    """

    authority: str
    country: str
    legal_basis: str
    citation: str
    outcome: str
    given: tuple[str, ...]
    done: tuple[Done, ...]
    items: tuple[str, ...]
    reasons: str
    redress: str


def people_to_tell(matter: Matter) -> tuple[Identifier | None, ...]:
    """Return whom to tell now: nobody while silence binds, or where it is the authority that tells."""
    return () if matter.is_silent else people_concerned(matter)


def people_concerned(matter: Matter) -> tuple[Identifier | None, ...]:
    """Return who is to know some day: each account the demand names, or None for whoever posted the items it names.

    Empty where nobody is known. An identifier of no known kind, as an area or a word, names nobody to write to.
    """
    if matter.decision.kind is DecisionKind.NOTHING_HELD:
        return ()
    named = tuple(each for each in matter.assessment.requested.identifiers if each.kind is not IdentifierKind.OTHER)
    return named or ((None,) if matter.items else ())


def notice_to_person(matter: Matter, person: Identifier | None) -> NoticeToPerson:
    """Return the notice to `person`. Refuses while silence binds."""
    if matter.is_silent or matter.notice is None:
        raise TypeError("silence binds, or the authority tells: no notice is written")
    order, about, done = matter.order, matter.demand.head, _done_about(matter, person)
    alone = person is None or len(matter.assessment.requested.identifiers) == 1
    leaves = [item for item in matter.decision.permitted.items if item.identifier == person]
    return NoticeToPerson(
        **head(matter, "notice-to-person") | {"to": person.value if person else "", "their_reference": ""},
        authority=about.authority or "",
        country=about.country or "",
        legal_basis=(order.legal_basis or "") if order else "",
        citation=matter.notice.citation,
        outcome=_outcome(done, gives=bool(leaves)),
        given=tuple(dict.fromkeys(item.category for item in leaves)),
        done=done,
        items=tuple(each.item for each in matter.left) if alone else (),
        reasons=(order.reasons or "") if order and done and matter.items else "",
        redress=(order.redress or "") if order else "",
    )


def _done_about(matter: Matter, person: Identifier | None) -> tuple[Done, ...]:
    """Return what was done with this person's data, or with the content that the demand names nobody for."""
    if person is None:
        return matter.done
    is_alone = len(matter.assessment.requested.identifiers) == 1 and bool(matter.items)
    return tuple(each for each in matter.done if is_alone or each.item == person.name)


def _outcome(done: tuple[Done, ...], *, gives: bool) -> str:
    if not done:
        return "given" if gives else "nothing"
    names = {Measure.PRESERVED: "preserved", Measure.REINSTATED: "put_back"}
    return names.get(done[0].measure, "removed")
