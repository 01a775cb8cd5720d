"""May this overseas production order be answered? OP1 to OP7, each one test with its citation."""

from __future__ import annotations

import re

from answerable.law.genuine import sender_holds
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear
from answerable.law.uk.paper import judge_made_it
from answerable.law.words import affirmed, said, sentences
from answerable.law.world.paper import speaks_of_press, states_of, words_of

RULES = Rules("Crime (Overseas Production Orders) Act 2019")
_AUTHORITY = ("secretary of state", "home office", "designated authority")
_SERVED = ("served", "service", "certified", "certificate", "transmitted")
_SERIOUS = ("indictable", "triable either way", "terroris*")
_STATES = r"(?:u\.?\s?s\.?(?:\s?a\.?)?|united states(?: of america)?|american)"
_WHO = r"(?:(?:person|citizen|national|resident)s?)"
# “Is not a US person”, “no citizen or resident of the United States is targeted”: the denial stands with what it denies.
_NOT_THEIRS = re.compile(
    rf"\b(?:not|no|neither|nor)\s+(?:to be\s+)?(?:believed to be\s+)?(?:an?\s+|any\s+|the\s+)?"
    rf"(?:{_STATES}\s+{_WHO}|{_WHO}(?:,?\s+(?:or|nor|and)\s+(?:an?\s+)?{_WHO}){{0,3}}\s+of\s+(?:the\s+)?{_STATES})\b",
    re.IGNORECASE,
)
# Where the paper doubts, it attests nothing.
_DOUBTS = (
    "whether", "not known", "unknown", "not certain", "not sure", "unsure", "unclear", "not excluded", "not ruled out", "cannot say",
    "cannot exclude", "cannot rule out", "not confirmed", "may be", "might be",
)  # fmt: skip


@RULES.rule("OP1", "A judge made it", cite="ss 1 and 4", withholds=ALL_CLASSES, reviewed=False)
def judge(facts: Facts) -> Answer:
    if judge_made_it(facts):
        return met("A judge of the United Kingdom made it.")
    return not_met("The paper shows no judge of the United Kingdom.")


@RULES.rule(
    "OP2",
    "A designated agreement reaches the provider's State",
    cite="s 1; SI 2020/38; agreement with the United States, in force 3 October 2022",
    withholds=ALL_CLASSES,
)
def agreement_in_force(facts: Facts) -> Answer:
    reached = [state for state in states_of(facts) if state in facts.words("agreement_states")]
    if reached:
        return met(f"A designated agreement with {', '.join(reached)} is in force.")
    return not_met(
        "No designated agreement with a State of the provider is in force: point to mutual legal assistance."
    )


@RULES.rule(
    "OP3",
    "It was served through the Secretary of State",
    cite="s 9; agreement, Art. 5",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def served_through_the_state(facts: Facts) -> Answer:
    if any(affirmed(_AUTHORITY, each) and affirmed(_SERVED, each) for each in sentences(words_of(facts.order))):
        return met("It says that the designated authority certified and served it.")
    return unclear(
        "It does not say that the Secretary of State served it.",
        "Did the designated authority certify and serve it? Ask it by a number from the directory.",
    )


@RULES.rule("OP4", "It is about an indictable offence or terrorism", cite="s 4; agreement, Art. 1", reviewed=False)
def serious(facts: Facts) -> Answer:
    if affirmed(_SERIOUS, words_of(facts.order)):
        return met("It states an indictable offence or a terrorist investigation.")
    return unclear(
        "It does not say that the offence is indictable, nor speak of terrorism.",
        "Which offence is it, is it indictable, and does it carry three years or more?",
    )


@RULES.rule(
    "OP5",
    "It does not target a person of the provider's State",
    cite="agreement with the United States, Art. 4",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def targets_none_of_theirs(facts: Facts) -> Answer:
    if any(_attests_no_target(sentence) for sentence in sentences(words_of(facts.order))):
        return met("It attests that no person of the United States is targeted.")
    return unclear(
        "It does not attest that no person of the United States is targeted.",
        "Does the authority know where the person lives, and of which State the person is a citizen?",
    )


@RULES.rule("OP6", "For journalistic data notice was given", cite="s 12", reviewed=False)
def notice_for_journalistic_data(facts: Facts) -> Answer:
    if speaks_of_press(facts.order):
        return unclear(
            "The paper speaks of the press.",
            "Are journalistic data asked for, and was notice of the application given as s 12 wants?",
        )
    return met("The paper does not speak of the press; what the data are, was not looked at.")


@RULES.rule(
    "OP7",
    "Paper and sender hold",
    cite="s 9; practice of verifying an unexpected order first",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def paper_holds(facts: Facts) -> Answer:
    return sender_holds(facts)


def _attests_no_target(sentence: str) -> bool:
    return bool(_NOT_THEIRS.search(sentence)) and said(_DOUBTS, sentence) is None
