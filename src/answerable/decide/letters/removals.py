"""What do we tell an authority about content it wants removed, or about the effect of its order under the DSA?

The two forms follow Annexes II and III of Regulation (EU) 2021/784 field by field.
"""

from __future__ import annotations

from answerable.casefile.decision import DecisionKind
from answerable.casefile.effect import Measure
from answerable.casefile.scope import Moment
from answerable.decide.letters.matter import Done, Ground, Left, Letter, Matter, asks, grounds, head

# The tests of the pack that stand for a manifest error or for information without which nothing can be done (Art. 3(8)).
_MANIFEST_ERRORS = frozenset({"TC4"})
_INSUFFICIENT = frozenset({"TC2", "TC3"})


_IN_FULL = (DecisionKind.ANSWER, DecisionKind.CARRY_OUT, DecisionKind.NOTHING_HELD)


class TcoFeedback(Letter):
    """Annex II: that it was removed, or access disabled in all Member States, and when. `finished` is the last moment."""

    authority: str
    removed: bool
    disabled: bool
    finished: Moment
    done: tuple[Done, ...]


class TcoImpossibility(Letter):
    """Annex III: why it cannot be done, or not yet. `impossible`, `errors` and `insufficient` are its three boxes.

    `left` are the items that stay, where others were removed.
    """

    authority: str
    impossible: bool
    errors: bool
    insufficient: bool
    reason: str
    left: tuple[Left, ...]
    further: tuple[Ground, ...]
    needed: tuple[Ground, ...]


class DsaEffect(Letter):
    """What effect an order of Art. 9 or 10 was given, when, or why not. `article` is the one it stands on.

    `done` and `left` are items of an order to act, `answered` codes of categories of one for information.
    """

    article: str
    decision: str
    is_given: bool
    given_at: Moment | None
    removes: bool
    done: tuple[Done, ...]
    left: tuple[Left, ...]
    answered: tuple[str, ...]
    reason: str
    grounds: tuple[Ground, ...]


class Reinstatement(Letter):
    """That content which was removed on an order is back, because the order has lost its effect."""

    reason: str
    done: tuple[Done, ...]


def tco_feedback(matter: Matter) -> TcoFeedback:
    """Return the form of Annex II. Refuses to say that something was done before it was."""
    if not matter.done:
        raise TypeError("Annex II says what was done, and nothing was done yet")
    return TcoFeedback(
        **head(matter, "tco-annex-ii"),
        authority=matter.demand.head.authority or "",
        removed=any(each.measure is Measure.REMOVED for each in matter.done),
        disabled=any(each.measure is Measure.DISABLED for each in matter.done),
        finished=max(each.at for each in matter.done),
        done=matter.done,
    )


def tco_impossibility(matter: Matter, *, impossible: bool = False) -> TcoImpossibility:
    """Return the form of Annex III; `impossible` ticks force majeure and de facto impossibility, which no test finds.

    An item that two people granted and that could not be removed ticks it too.
    """
    tried = any(effect.measure is Measure.UNCHANGED for effect in matter.effects)
    against = grounds(matter.assessment)
    failing = {each.rule for each in against}
    named = _MANIFEST_ERRORS | _INSUFFICIENT
    return TcoImpossibility(
        **head(matter, "tco-annex-iii"),
        authority=matter.demand.head.authority or "",
        impossible=impossible or tried,
        errors=bool(failing & _MANIFEST_ERRORS),
        insufficient=bool(failing & _INSUFFICIENT),
        reason=matter.decision.reason,
        left=matter.left if matter.effects else (),
        further=tuple(each for each in against if each.rule not in named),
        needed=tuple(
            dict.fromkeys((*(each for each in against if each.rule in named), *asks(matter.assessment))),
        ),
    )


def dsa_effect(matter: Matter) -> DsaEffect:
    """Return what the authority is told under Art. 9(1) or 10(1): of a removal when it was done, of data when sealed."""
    decision, removes = matter.decision, matter.demand.instrument == "eu.dsa.act"
    sealed = matter.package.sealed_at if matter.package and decision.kind.discloses else None
    given_at = max((each.at for each in matter.done), default=None) if removes else sealed
    gives = given_at is not None
    return DsaEffect(
        **head(matter, "dsa-effect"),
        article="9(1)" if removes else "10(1)",
        decision=decision.kind.value,
        is_given=gives,
        given_at=given_at,
        removes=removes,
        done=matter.done if removes else (),
        left=matter.left if removes else (),
        answered=tuple(dict.fromkeys(item.category for item in decision.permitted.items)) if gives else (),
        reason=decision.reason,
        grounds=() if decision.kind in _IN_FULL else grounds(matter.assessment),
    )


def reinstatement(matter: Matter) -> Reinstatement:
    """Return that content was put back. Refuses to say so before it was."""
    if not matter.done:
        raise TypeError("nothing was put back yet")
    return Reinstatement(**head(matter, "reinstatement"), reason=matter.decision.reason, done=matter.done)
