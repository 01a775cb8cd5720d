"""What is written where nothing leaves? A question, a refusal, the way through mutual legal assistance."""

from __future__ import annotations

from answerable.casefile.decision import DecisionKind
from answerable.decide.letters.covering import Part, withheld_parts
from answerable.decide.letters.matter import MOST_LINES, Ground, Letter, Matter, asks, grounds, head, missing

# Where Regulation (EU) 2016/679 applies: the Member States, and Iceland, Liechtenstein and Norway (EEA).
_UNDER_THE_GDPR = frozenset(
    "AT BE BG CY CZ DE DK EE EL ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO".split()
)


class Question(Letter):
    """What must be settled before the demand can be answered: what is open, and what is missing or wrong."""

    reason: str
    open: tuple[Ground, ...]
    missing: tuple[Ground, ...]


class Refusal(Letter):
    """Every ground on which nothing is disclosed. `is_contested` says that a better demand would be looked at again."""

    reason: str
    is_contested: bool
    grounds: tuple[Ground, ...]
    withheld: tuple[Part, ...]
    more_withheld: int


class Redirect(Letter):
    """The answer to a State that asks directly: nothing, and the way that leads to an answer.

    `their_state` and `our_state` are country codes; `under_gdpr` says whether Art. 48 of the GDPR binds the provider.
    """

    reason: str
    their_state: str
    our_state: str
    under_gdpr: bool
    grounds: tuple[Ground, ...]


def question(matter: Matter) -> Question:
    """Return the question back."""
    return Question(
        **head(matter, "question"),
        reason=matter.decision.reason,
        open=asks(matter.assessment),
        missing=missing(matter.assessment),
    )


def refusal(matter: Matter) -> Refusal:
    """Return the refusal, with every ground that was found."""
    parts = withheld_parts(matter.decision)
    return Refusal(
        **head(matter, "refusal"),
        reason=matter.decision.reason,
        is_contested=matter.decision.kind is DecisionKind.CONTEST,
        grounds=grounds(matter.assessment),
        withheld=parts[:MOST_LINES],
        more_withheld=max(0, len(parts) - MOST_LINES),
    )


def redirect(matter: Matter) -> Redirect:
    """Return the pointer to mutual legal assistance."""
    return Redirect(
        **head(matter, "redirect-mla"),
        reason=matter.decision.reason,
        their_state=matter.demand.head.country or "",
        our_state=matter.provider.member_state,
        under_gdpr=matter.provider.member_state in _UNDER_THE_GDPR,
        grounds=grounds(matter.assessment),
    )
