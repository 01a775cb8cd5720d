"""How does a row become what a letter may look at?"""

from __future__ import annotations

from answerable.casefile.answer import Package
from answerable.casefile.assessment import NoticeRule
from answerable.decide.letters import Matter
from answerable.desk.models import Case
from answerable.desk.moves.casefiles import case_file
from answerable.desk.wiring import Desk


def matter_of(desk: Desk, case: Case) -> Matter:
    """Return what the letters of a decided case may look at; of what was carried out, that of this decision."""
    file = case_file(case)
    return Matter(
        decision=file.decision,
        demand=file.demand,
        provider=desk.provider,
        assessment=file.assessment,
        notice=NoticeRule.model_validate(case.notice) if case.notice else None,
        package=Package.model_validate(case.package) if case.package else None,
        effects=tuple(effect for effect in file.effects if effect.statement == file.decision.statement),
        supplied=file.supplied,
        at=desk.now(),
        own=tuple(each.pack for each in desk.own_laws),
    )
