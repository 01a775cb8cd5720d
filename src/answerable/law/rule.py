"""What is a rule of law, here? A sentence, a citation, a test of the facts, and what follows where it is not met."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from answerable.casefile.categories import CATEGORIES, DataClass
from answerable.casefile.epoc import Epoc
from answerable.casefile.finding import Answered, Finding, Outcome
from answerable.casefile.order import Order
from answerable.casefile.parties import Provider
from answerable.casefile.scope import Identifier, Scope
from answerable.casefile.supplied import Supplied
from answerable.law.pack import Pack

ALL_CLASSES: tuple[str, ...] = tuple(DataClass)
_NOTHING = Supplied()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule may look at: the paper, the provider, the facts about the paper, the moment of receipt.

    `supplied` is what was set down beside the paper; `answers` are those of a person to what was unclear.
    """

    instrument: str
    form: Epoc | Order
    requested: Scope
    identifiers: tuple[Identifier, ...]
    people: int
    provider: Provider
    authenticity: tuple[Finding, ...]
    received_at: datetime
    pack: Pack
    supplied: Supplied = _NOTHING
    answers: tuple[Answered, ...] = ()

    @property
    def epoc(self) -> Epoc:
        """The paper, where it is a European certificate."""
        if isinstance(self.form, Epoc):
            return self.form
        raise TypeError("this rule is for European certificates")

    @property
    def order(self) -> Order:
        """The paper, where it is anything else."""
        if isinstance(self.form, Order):
            return self.form
        raise TypeError("this rule is not for European certificates")

    def number(self, name: str) -> int:
        """Return the pack's number on the day of receipt."""
        return self.pack.number(name, self.received_at.date())

    def words(self, name: str) -> tuple[str, ...]:
        """Return a list of the pack, written with spaces between, on the day of receipt; empty where none holds."""
        return tuple(str(self.pack.value(name, self.received_at.date()) or "").split())

    def asks(self, *classes: str) -> bool:
        """Whether any of these classes or categories is asked for."""
        return any(covers(classes, item.category) for item in self.requested.items)

    def asked_beyond(self, reach: tuple[str, ...]) -> tuple[str, ...]:
        """Return the categories asked for that `reach`, classes or categories, does not cover, in the form's order."""
        asked = {item.category for item in self.requested.items}
        return tuple(code for code in CATEGORIES if code in asked and not covers(reach, code))


def covers(wide: tuple[str, ...], category: str) -> bool:
    """Whether `category` is one of `wide`, or lies in a class of it."""
    return category in wide or category.partition(".")[0] in wide


@dataclass(frozen=True, slots=True)
class Answer:
    """What a test says: an outcome, the fact it rests on, for unclear the question, and, if not the rule's, what stays."""

    outcome: Outcome
    fact: str
    question: str | None = None
    withholds: tuple[str, ...] | None = None


def met(fact: str) -> Answer:
    """The test is met."""
    return Answer(Outcome.MET, fact)


def not_met(fact: str, *, withholds: tuple[str, ...] | None = None) -> Answer:
    """The test is not met; `withholds` names what stays where that depends on the facts."""
    return Answer(Outcome.NOT_MET, fact, withholds=withholds)


def unclear(fact: str, question: str) -> Answer:
    """The paper does not say; a person must."""
    return Answer(Outcome.UNCLEAR, fact, question)


@dataclass(frozen=True, slots=True)
class Rule:
    """One test of a law. `only` names the instruments it is for, none means all of its pack.

    `asked_if` says whether it is asked at all, where that depends on what was set down beside the paper. `reviewed` says
    whether what it rests on was checked against the official text.
    """

    id: str
    title: str
    citation: str
    test: Callable[[Facts], Answer]
    annex_iii: tuple[str, ...]
    withholds: tuple[str, ...]
    holds_if_unclear: bool
    only: tuple[str, ...]
    asked_if: Callable[[Facts], bool] | None
    reviewed: bool

    def is_for(self, facts: Facts) -> bool:
        """Whether the test is asked of this demand."""
        return (not self.only or facts.instrument in self.only) and (self.asked_if is None or self.asked_if(facts))

    def find(self, facts: Facts) -> Finding:
        """Return the finding of this rule on `facts`."""
        return _finding(self, self.test(facts), facts.pack.label, facts.pack.title.reviewed_by)

    def __hash__(self) -> int:
        """Tell rules apart by the test they are, which is quick."""
        return hash(self.test)


@lru_cache(maxsize=4096)
def _finding(rule: Rule, answer: Answer, pack: str, reviewed_by: str | None) -> Finding:
    """Return the finding that an answer makes. Most demands give most rules the same answer, so it is made once."""
    return Finding(
        rule=rule.id,
        title=rule.title,
        outcome=answer.outcome,
        citation=rule.citation,
        fact=answer.fact,
        question=answer.question,
        annex_iii=rule.annex_iii,
        withholds=rule.withholds if answer.withholds is None else answer.withholds,
        holds_if_unclear=rule.holds_if_unclear,
        pack=pack,
        reviewed_by=reviewed_by,
        reviewed=rule.reviewed,
    )


class Rules(list[Rule]):
    """The rules of a pack, in order, filled by a decorator. `cite` is how the law itself is cited.

    The rules of a pack may stand in several modules; `parts` puts them together, in this order.
    """

    def __init__(self, cite: str, *parts: Rules) -> None:
        super().__init__(rule for part in parts for rule in part)
        self.cite = cite

    def rule(  # noqa: PLR0913 - each argument is a part of a rule, and named where it is given
        self,
        id_: str,
        title: str,
        *,
        cite: str,
        annex_iii: tuple[str, ...] = (),
        withholds: tuple[str, ...] = (),
        holds_if_unclear: bool = False,
        only: tuple[str, ...] = (),
        asked_if: Callable[[Facts], bool] | None = None,
        reviewed: bool = True,
    ) -> Callable[[Callable[[Facts], Answer]], Callable[[Facts], Answer]]:
        """Register the decorated test."""

        def keep(test: Callable[[Facts], Answer]) -> Callable[[Facts], Answer]:
            citation = f"{self.cite}, {cite}" if self.cite else cite
            self.append(
                Rule(id_, title, citation, test, annex_iii, withholds, holds_if_unclear, only, asked_if, reviewed)
            )
            return test

        return keep
