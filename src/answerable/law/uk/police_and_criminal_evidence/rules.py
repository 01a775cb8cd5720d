"""May this production order be answered? PE1 to PE6, each one test with its citation."""

from __future__ import annotations

from answerable.casefile.categories import DataClass
from answerable.law.citation import articles
from answerable.law.genuine import sender_holds
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear
from answerable.law.uk.paper import binds_here, judge_made_it
from answerable.law.words import affirmed, said
from answerable.law.world.paper import speaks_of_lawyers, words_of

RULES = Rules("Police and Criminal Evidence Act 1984")
_ACT = ("police and criminal evidence act", "PACE")
_SCHEDULE = ("schedule 1", "schedule one", "first schedule", "sch 1", "sched 1")
_HEARD = (
    "notice of the application",
    "notice of application",
    "notice of this application",
    "inter partes",
    "after hearing",
    "on notice",
)


@RULES.rule("PE1", "A Circuit judge made it", cite="s 9(1), Sch 1 para 1", withholds=ALL_CLASSES, reviewed=False)
def circuit_judge(facts: Facts) -> Answer:
    if judge_made_it(facts):
        return met("A judge of the United Kingdom made it.")
    return not_met("The paper shows no judge of the United Kingdom.")


@RULES.rule(
    "PE2",
    "The law of the United Kingdom binds the provider",
    cite="s 9, which reaches no provider that the law does not bind",
    withholds=ALL_CLASSES,
    reviewed=False,
)
def law_binds(facts: Facts) -> Answer:
    return binds_here(facts)


@RULES.rule(
    "PE3",
    "It is made for special procedure or excluded material",
    cite="s 9(1), ss 11 to 14, Sch 1 paras 2 to 4",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def right_provision(facts: Facts) -> Answer:
    basis = facts.order.legal_basis or ""
    if said(_ACT, basis) and ("9" in articles(basis) or said(_SCHEDULE, basis)):
        return met("It names the Act, and section 9 or Schedule 1.")
    return unclear(
        "It does not name the Act with section 9 or Schedule 1.",
        "Under which provision, and which access conditions, was it made?",
    )


@RULES.rule("PE4", "The provider was heard before", cite="Sch 1 paras 7 to 9", reviewed=False)
def was_heard(facts: Facts) -> Answer:
    if affirmed(_HEARD, words_of(facts.order)):
        return met("It says that notice of the application was given.")
    return unclear(
        "It does not say that notice of the application was given.",
        "Were we told of the application? If not, consider to ask the judge to set the order aside.",
    )


@RULES.rule(
    "PE5",
    "It asks for nothing that is privileged",
    cite="ss 8 to 10",
    withholds=(DataClass.CONTENT,),
    holds_if_unclear=True,
    reviewed=False,
)
def nothing_privileged(facts: Facts) -> Answer:
    if facts.asks(DataClass.CONTENT) and speaks_of_lawyers(facts.order):
        return unclear(
            "Content is asked for, and the paper speaks of a lawyer or of privilege.",
            "Are there items subject to legal privilege among it, and who sets them apart?",
        )
    return met("No content is asked for, or the paper does not speak of lawyers.")


@RULES.rule(
    "PE6",
    "Paper and sender hold",
    cite="Sch 1; practice of verifying with the court",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def paper_holds(facts: Facts) -> Answer:
    return sender_holds(facts)
