"""What do the things that only people can look up put on the page of a case?"""

from django import template

from answerable.desk.queries.look_ups import look_ups
from answerable.desk.wiring import desk

register = template.Library()


@register.inclusion_tag("staff/case_look_ups.html")
def look_ups_card(case, account):
    """What is to be looked up, what was brought, and whose turn it is; nothing where machines can ask every store."""
    return {"asked": look_ups(desk(), case, account), "case": case}
