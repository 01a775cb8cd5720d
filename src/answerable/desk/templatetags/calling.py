"""What do calls to the authority put on the page of a case?"""

from django import template

from answerable.desk.queries.calling import call_page
from answerable.desk.staff.calling import FollowUpForm
from answerable.desk.wiring import desk

register = template.Library()


@register.inclusion_tag("staff/case_call.html", takes_context=True)
def call_card(context, case, account):
    """Whether a call is needed, what came of those there were, and whose turn it is."""
    return {
        "call": call_page(desk(), case, account),
        "case": case,
        "follow_up_form": FollowUpForm(auto_id="follow_up_%s"),
        "csrf_token": context.get("csrf_token"),
    }
