"""What is objected to the enforcing authority, once it requires us to comply? Regulation (EU) 2023/1543, Art. 16(3) to (6).

An addressee can invoke the grounds of Art. 16(4)(a) to (f), or 16(5)(a) to (e), and no other. So the letter names each ground
that findings support, and says of the other findings that they stand and are no grounds here.
"""

from __future__ import annotations

from answerable.casefile.finding import Outcome
from answerable.casefile.scope import Moment
from answerable.decide.letters.matter import Ground, Letter, Matter, ground, head

# The tests of the pack that are grounds of Art. 16(4) and 16(5); EN0 looks at the notice of the enforcing authority.
_GROUNDS = ("EN", "EP")
_OF_THE_NOTICE = "EN0"


class EnforcementObjection(Letter):
    """The objection. `to` is the enforcing authority; `others` are findings that are no grounds at this stage."""

    authority: str
    their_order: str
    required: Moment | None
    object_by: Moment | None
    reason: str
    grounds: tuple[Ground, ...]
    others: tuple[Ground, ...]
    missing: tuple[Ground, ...]


def enforcement_objection(matter: Matter) -> EnforcementObjection:
    """Return the objection. Refuses where no enforcing authority has required anything."""
    notice = matter.supplied.enforcement
    if notice is None or notice.required_at is None:
        raise TypeError("nothing was required by an enforcing authority, so nothing is objected to it")
    failing = [each for each in matter.assessment.findings if each.outcome is Outcome.NOT_MET]
    invoked = tuple(ground(each) for each in failing if is_ground(each.rule))
    named = " ".join(each.fact for each in invoked)
    return EnforcementObjection(
        **head(matter, "enforcement-objection")
        | {"to": notice.authority or "", "their_reference": notice.file_no or "", "received": notice.required_at},
        authority=matter.demand.head.authority or "",
        their_order=matter.demand.head.reference or "",
        required=notice.required_at,
        object_by=notice.object_by,
        reason=matter.decision.reason,
        grounds=invoked,
        others=tuple(
            ground(each)
            for each in failing
            if not each.rule.startswith(_GROUNDS) and f"{each.rule}: " not in named and each.rule != "P0"
        ),
        missing=tuple(ground(each) for each in failing if each.rule == _OF_THE_NOTICE),
    )


def is_ground(rule: str) -> bool:
    """Whether a test of the pack is one of the grounds that an addressee can invoke."""
    return rule.startswith(_GROUNDS) and rule != _OF_THE_NOTICE
