"""Where a reviewer reads a paper that the machine cannot, and enters what it says."""

from django.contrib import messages
from django.shortcuts import redirect, render

from answerable.desk import moves, queries
from answerable.desk.staff.entering_forms import EnterForm
from answerable.desk.staff.shown import found_case
from answerable.desk.wiring import desk


def enter(request, reference):
    """Show the form, with the words that the paper holds (GET), and set down what it says (POST)."""
    found, instruments = found_case(reference), queries.instruments_to_enter(desk())
    if request.method != "POST":
        return _shown(request, found, EnterForm(initial=_words(found), instruments=instruments))
    form = EnterForm(request.POST, request.FILES, instruments=instruments)
    if not form.is_valid():
        return _shown(request, found, form, status=422)
    data = form.cleaned_data["data"]
    moves.enter(desk(), found, data.read() if data else form.entered(), actor=request.user)
    messages.success(request, "Entered under your name. The demand is examined and put to the law now.")
    return redirect("case", reference)


def _words(found):
    letter = moves.words_of(desk(), found)
    return {"text": letter.text, "items": "\n".join(letter.addresses)} if letter else {}


def _shown(request, found, form, status=200):
    page = queries.case_page(desk(), found, request.user)
    return render(request, "staff/enter.html", {"page": page, "form": form}, status=status)
