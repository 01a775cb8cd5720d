"""What do directory and incidents put on the page of a case? Two parts, each with its own query."""

from django import template

from answerable.authenticate.directory import caution_words
from answerable.casefile.evidence import Result
from answerable.desk.queries.incidents import facts_of, incident_page

register = template.Library()
register.filter("caution_words", caution_words)
_ORDER = {Result.CONTRADICTED: 0, Result.NOT_CHECKED: 1, Result.ABSENT: 2, Result.CONFIRMED: 3}


@register.inclusion_tag("staff/case_incident.html")
def incident_card(case, account):
    """Whether the demand is suspected, and whose turn it is."""
    return {"incident": incident_page(case, account), "case": case}


@register.inclusion_tag("staff/case_issuer.html")
def issuer_card(case):
    """The evidence sheet: what speaks against the demand first."""
    facts = sorted(facts_of(case), key=lambda fact: _ORDER[fact.result])
    against = sum(fact.result is Result.CONTRADICTED for fact in facts)
    shown = [fact for fact in facts if fact.result is not Result.CONFIRMED]
    return {
        "facts": shown,
        "confirmed": [fact for fact in facts if fact not in shown],
        "against": against,
        "case": case,
        "all": facts,
    }
