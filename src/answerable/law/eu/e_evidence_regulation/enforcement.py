"""What can be objected once the enforcing authority requires us to comply? Art. 16(4)(a) to (f), and 16(5)(a) to (e).

Each test is one ground; it is not met where our own findings support it. What is missing or wrong in the paper (D1, D3) and
the law of a third country (D10) are no grounds at this stage. A manifest breach of a fundamental right (16(4)(g), 16(5)(f))
is for the enforcing authority alone to find; a letter may point at it.
"""

from __future__ import annotations

from collections.abc import Callable

from answerable.casefile.finding import Outcome, settle
from answerable.law.eu.e_evidence_regulation import authority, form, preservation, reach
from answerable.law.eu.e_evidence_regulation.instruments import CERTIFICATES, CITE, PRESERVATION, PRODUCTION
from answerable.law.rule import Answer, Facts, Rules, met, not_met

RULES = Rules(CITE)
_OF_THE_ORDER = Rules(CITE, form.RULES, authority.RULES, reach.RULES, preservation.RULES)


def is_required(facts: Facts) -> bool:
    """Whether the enforcing authority has required us to comply (Art. 16(3))."""
    enforcement = facts.supplied.enforcement
    return enforcement is not None and enforcement.required_at is not None


@RULES.rule(
    "EN0",
    "The enforcing authority says how and until when we can object, and what follows otherwise",
    cite="Art. 16(3)",
    only=CERTIFICATES,
    asked_if=is_required,
    reviewed=False,
)
def notice_is_complete(facts: Facts) -> Answer:
    notice = facts.supplied.enforcement
    said = {
        "the possibility to object": notice and notice.names_objection,
        "the penalties": notice and notice.names_penalties,
        "the deadline": notice and notice.object_by,
    }
    lacking = [name for name, is_said in said.items() if not is_said]
    if lacking:
        return not_met(f"It does not name: {', '.join(lacking)}. Ask the enforcing authority.")
    return met("It names the possibility to object, the penalties and the deadline.")


def _ground(boxes: str, title: str, *, points: tuple[str, str], checked: str = "") -> None:
    """Register one ground for both kinds of order.

    `points` are its places in Art. 16(4) and in 16(5), empty for none; `checked` are the paragraphs in which its place
    was compared with the official text.
    """
    for only, paragraph, letter in ((PRODUCTION, 4, points[0]), (PRESERVATION, 5, points[1])):
        if letter:
            number = "abcdef".index(letter) + 1
            RULES.rule(
                f"{'EN' if paragraph == 4 else 'EP'}{number}",
                title,
                cite=f"Art. 16({paragraph})({letter})",
                only=only,
                asked_if=is_required,
                reviewed=str(paragraph) in checked,
            )(_supported(boxes.split()))


def _supported(boxes: list[str]) -> Callable[[Facts], Answer]:
    """Return the test whether any finding on the order that ticks one of the boxes supports the ground."""

    def is_supported(facts: Facts) -> Answer:
        asked = [rule for rule in _OF_THE_ORDER if rule.is_for(facts) and set(boxes) & set(rule.annex_iii)]
        found = settle(tuple(rule.find(facts) for rule in asked), facts.answers)
        against = [each for each in found if each.outcome is Outcome.NOT_MET]
        if not against:
            return met(f"No finding of ours supports this ground (boxes {', '.join(boxes)}).")
        return not_met(" ".join(f"{each.rule}: {each.fact}" for each in against))

    return is_supported


_ground("D6", "An authority of Art. 4 issued or validated it", points=("a", "a"), checked="4")
_ground("D7", "Its offence is one for which traffic and content data may be ordered", points=("b", ""), checked="4")
_ground("D5 D2", "It can be done in fact and shows no manifest error", points=("c", "b"))
_ground("D4", "It concerns data that were stored on receipt", points=("d", "c"), checked="4")
_ground("D8", "Its service is covered by the Regulation", points=("e", "d"), checked="4 5")
_ground("D9", "No immunity, privilege or rule for the press prevents it", points=("f", "e"))
