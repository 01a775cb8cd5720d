"""What is prepared for a court, and what makes the government go to one? Drafts for counsel, and the objection to silence."""

from __future__ import annotations

from answerable.casefile.categories import DataClass
from answerable.casefile.encoding import Record
from answerable.casefile.finding import Outcome
from answerable.casefile.scope import Moment
from answerable.decide.letters.matter import Ground, Letter, Matter, asks, ground, grounds, head

MOTIONS = ("motion", "motion-conflict")


class Step(Record):
    """A step before a court that the law gives, with its last day where it has one."""

    title: str
    citation: str
    until: Moment | None


class Motion(Letter):
    """A draft for counsel: which steps there are, and the grounds found. `conflict` are tests about the law of other States."""

    authority: str
    issued: str
    steps: tuple[Step, ...]
    reason: str
    grounds: tuple[Ground, ...]
    conflict: tuple[Ground, ...]
    open: tuple[Ground, ...]


class ReciprocalNotice(Letter):
    """The objection to the silence of a national security letter: from here the government has its days to go to court."""

    citation: str
    days: int


def steps(matter: Matter) -> tuple[Step, ...]:
    """Return the steps before a court that are open: that for a conflict of laws only where content is asked for."""
    content = DataClass.CONTENT in matter.assessment.requested.classes
    return tuple(
        Step(title=way.title, citation=way.citation, until=way.until)
        for way in matter.assessment.ways
        if way.form == "motion" or (way.form == "motion-conflict" and content)
    )


def motion(matter: Matter) -> Motion:
    """Return the draft for counsel with every ground found."""
    issued = matter.demand.head.issued_on
    return Motion(
        **head(matter, "motion"),
        authority=matter.demand.head.authority or "",
        issued=issued.isoformat() if issued else "",
        steps=steps(matter),
        reason=matter.decision.reason,
        grounds=grounds(matter.assessment),
        conflict=_conflicts(matter),
        open=asks(matter.assessment),
    )


def reciprocal_notice(matter: Matter, *, days: int) -> ReciprocalNotice:
    """Return the objection to silence. `days` is how long the government has."""
    way = next(each for each in matter.assessment.ways if each.form == "reciprocal-notice")
    return ReciprocalNotice(**head(matter, "reciprocal-notice"), citation=way.citation, days=days)


def _conflicts(matter: Matter) -> tuple[Ground, ...]:
    if not any(way.form == "motion-conflict" for way in matter.assessment.ways):
        return ()
    about = (each for each in matter.assessment.findings if "2703(h)" in each.citation)
    return tuple(ground(each) for each in about if each.outcome is not Outcome.MET)
