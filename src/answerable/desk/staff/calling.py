"""The pages on calling an authority back: one person calls and writes down what was said, another confirms."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from answerable.casefile.call_back import CallOutcome, Conversation, Heard
from answerable.desk import queries
from answerable.desk.moves import calling as moves
from answerable.desk.queries.calling import call_page
from answerable.desk.queries.directory import find_listing
from answerable.desk.staff.forms import reason_field
from answerable.desk.wiring import desk

_OUTCOMES = [
    (CallOutcome.CONFIRMED.value, "They say that the demand is theirs"),
    (CallOutcome.DENIED.value, "They say that it is not theirs"),
    (CallOutcome.NOT_REACHED.value, "Nobody could be reached"),
]


def _heard(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=200, required=False)


class CallForm(forms.Form):
    """What was asked and heard. The page shows nothing of the demand that the other side should name by itself."""

    number = forms.ChoiceField(
        label="The number you called",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the number you called."},
    )
    outcome = forms.ChoiceField(
        label="What came of it",
        choices=_OUTCOMES,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what came of it."},
    )
    spoke_to = _heard("Who answered", "Name, as they gave it.")
    post = _heard("Their post")
    case_number = _heard(
        "The case number they named", "Ask: under which number do you have it? Do not read it out first."
    )
    sought = _heard("The account or address they named", "Ask: whose data did you ask for?")
    requester = _heard("Who asks, as they named it", "Ask: who in your office sent it?")
    note = reason_field("What was said", "In your own words. The second person reads it.")

    def __init__(self, *args, numbers, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = numbers

    @property
    def conversation(self) -> Conversation:
        """What came of the call, as it is set down."""
        given = {name: value or None for name, value in self.cleaned_data.items()}
        named = {name: given.pop(name) for name in ("case_number", "sought", "requester")}
        return Conversation(
            heard=Heard(**named), **{name: given[name] for name in ("outcome", "spoke_to", "post", "note")}
        )

    def clean(self):
        """Ask for who answered, where somebody did."""
        given = super().clean()
        if given.get("outcome") in (CallOutcome.CONFIRMED, CallOutcome.DENIED) and not given.get("spoke_to"):
            self.add_error("spoke_to", "Write who answered.")
        return given


class FollowUpForm(forms.Form):
    """That the order in due form came, and where it is."""

    note = reason_field("What came", "Its date and reference, and the number of its own case here.")


def call(request, reference):
    """Show whom to call (GET), and set down a call (POST)."""
    case = _found(reference)
    page = call_page(desk(), case, request.user)
    form = CallForm(request.POST or None, numbers=list(page.choices))
    if request.method != "POST" or not form.is_valid():
        shown = {"page": page, "form": form}
        return render(request, "staff/call.html", shown, status=422 if request.method == "POST" else 200)
    key, _, number = form.cleaned_data["number"].partition(" ")
    moves.call_back(
        desk(), case, actor=request.user, listing=find_listing(key), number=number, conversation=form.conversation
    )
    messages.success(request, "The call is set down. Now somebody else reads it and confirms.")
    return redirect("case", reference)


def second(request, reference):
    """Show the second person what was heard beside what the demand says (GET), and take the yes (POST)."""
    case = _found(reference)
    if request.method != "POST":
        return render(request, "staff/second_call.html", {"page": call_page(desk(), case, request.user)})
    shown = request.POST.get("call", "")
    moves.second_call(desk(), case, actor=request.user, call=int(shown) if shown.isascii() and shown.isdigit() else 0)
    messages.success(request, "Confirmed. Two people of the desk stand for this call.")
    return redirect("case", reference)


@require_POST
def follow_up(request, reference):
    """Set down that the order in due form came."""
    case, form = _found(reference), FollowUpForm(request.POST, auto_id="follow_up_%s")
    if not form.is_valid():
        shown = {"page": call_page(desk(), case, request.user), "follow_up_form": form}
        return render(request, "staff/follow_up.html", shown, status=422)
    moves.follow_up(desk(), case, actor=request.user, note=form.cleaned_data["note"])
    messages.success(request, "Set down. Nothing more is owed for this emergency.")
    return redirect("case", reference)


def _found(reference):
    found = queries.find_case(reference)
    if found is None or found.demand is None:
        raise Http404
    return found
