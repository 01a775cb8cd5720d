"""The pages on a demand that may be forged: one person stops it at once, another decides."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from answerable.desk.moves import incidents as moves
from answerable.desk.queries.incidents import incident_page
from answerable.desk.staff.forms import reason_field
from answerable.desk.staff.shown import found_case
from answerable.desk.wiring import desk

_CLEAR = "clear_%s"  # two forms on one page must not share the names of their fields


class SuspectForm(forms.Form):
    """What made somebody suspect a demand."""

    shown_by = forms.ChoiceField(
        label="What showed it",
        help_text="Counted in the public report, so that others see which checks catch forgeries.",
        error_messages={"required": "Choose what showed it."},
    )
    reason = reason_field("Why you think so", "The second person reads it.")

    def __init__(self, *args, signs, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shown_by"].choices = [("", "Choose"), *signs]


class ForgedForm(forms.Form):
    """What the second person says, and what follows for the office that was named."""

    office = forms.ChoiceField(
        label="The office whose name it used",
        help_text="A caution is kept on its record for a year. It is a victim, not a suspect.",
        required=False,
    )
    shared = forms.BooleanField(
        label="Put the caution into our feed for other desks",
        help_text="It names the office, and no person.",
        required=False,
    )
    reason = reason_field(
        "What you looked at", "Your word and the first person’s make it an incident. It cannot be taken back."
    )

    def __init__(self, *args, offices, **kwargs) -> None:
        super().__init__(*args, initial={"office": offices[0][0]} if len(offices) == 1 else {}, **kwargs)
        self.fields["office"].choices = [("", "None in the directory"), *offices]


class ClearForm(forms.Form):
    """Why the second person thinks that it is not forged."""

    reason = reason_field("Why it is not forged", "What waited goes on. The first person reads this.")


def suspect(request, reference):
    """Mark a demand as suspected: nothing leaves from that moment on."""
    case = found_case(reference)
    page = incident_page(case, request.user)
    form = SuspectForm(request.POST or None, signs=page.signs)
    if request.method != "POST" or not form.is_valid():
        shown = {"page": page, "form": form}
        return render(request, "staff/suspect.html", shown, status=422 if request.method == "POST" else 200)
    moves.suspect(desk(), case, actor=request.user, **form.cleaned_data)
    messages.success(request, "Stopped: nothing leaves. Now somebody else decides whether it is forged.")
    return redirect("case", reference)


def forged(request, reference):
    """Show the second person what was suspected (GET), and take the word that it is forged (POST)."""
    case = found_case(reference)
    page = incident_page(case, request.user)
    form = ForgedForm(request.POST or None, offices=page.offices)
    if request.method != "POST" or not form.is_valid():
        return _decide_page(request, page, forged_form=form)
    given = form.cleaned_data
    moves.find_forged(
        desk(),
        case,
        actor=request.user,
        reason=given["reason"],
        listing=page.office(given["office"]),
        shared=given["shared"],
    )
    messages.success(request, "Found forged by two people. Refuse it, and tell the office whose name was used.")
    return redirect("case", reference)


@require_POST
def clear(request, reference):
    """Take the second person's word that it is not forged."""
    case = found_case(reference)
    form = ClearForm(request.POST, auto_id=_CLEAR)
    if not form.is_valid():
        return _decide_page(request, incident_page(case, request.user), clear_form=form)
    moves.clear(desk(), case, actor=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, "Cleared. What waited goes on.")
    return redirect("case", reference)


def _decide_page(request, page, *, forged_form=None, clear_form=None):
    shown = {
        "page": page,
        "forged_form": forged_form or ForgedForm(offices=page.offices),
        "clear_form": clear_form or ClearForm(auto_id=_CLEAR),
    }
    return render(request, "staff/forged.html", shown, status=422 if request.method == "POST" else 200)
