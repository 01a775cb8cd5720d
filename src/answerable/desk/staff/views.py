"""The reviewers' pages. Each view: may you (the table), is the form well formed, make the move, show or redirect."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from answerable.casefile.decision import DecisionKind
from answerable.casefile.finding import Outcome
from answerable.casefile.supplied import ExchangeKind
from answerable.desk import moves, queries
from answerable.desk.staff.beside import forms_for, what_was_set_down
from answerable.desk.staff.forms import PrepareForm, QuestionForm, ReceiveForm, SendBackForm
from answerable.desk.staff.shown import download, found_case, show_case
from answerable.desk.wiring import desk


@require_safe
def queue(request):
    """The open demands, soonest deadline first."""
    chosen = {"search": request.GET.get("q", "")[:200], "tile": request.GET.get("show", "")}
    page = queries.queue(desk(), request.user, **chosen, show_closed=request.GET.get("show") == "closed")
    worker_is_there, troubles = queries.troubles(desk())
    broken = [each for each in queries.desk_promises(desk()) if not each.passed]
    shown = {"page": page, "worker_is_there": worker_is_there, "troubles": troubles, "broken": broken}
    return render(request, "staff/queue.html", shown)


def receive(request):
    """Enter a demand that came by post or e-mail."""
    form = ReceiveForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "staff/receive.html", {"form": form}, status=422 if request.method == "POST" else 200)
    content = form.cleaned_data.pop("paper").read()
    received = moves.receive(desk(), content, actor=request.user, **form.cleaned_data)
    messages.success(request, f"{received.reference} holds this demand, its original and its moment of receipt.")
    return redirect("case", received.reference)


@require_safe
def case(request, reference):
    """One demand, its six questions and what has happened."""
    return show_case(request, found_case(reference))


@require_safe
def case_letter(request, reference, kind):
    """A letter as it was written."""
    letter = queries.find_letter(found_case(reference), kind)
    if letter is None:
        raise Http404
    return download(moves.letter_bytes(desk(), letter), f"{reference}-{kind}.pdf", "application/pdf")


@require_POST
def answer_question(request, reference, rule):
    """Set down a person's answer to a question of law."""
    found, form = found_case(reference), QuestionForm(request.POST)
    if not form.is_valid():
        return show_case(request, found, status=422, question_form=form, question_rule=rule)
    outcome, reason = Outcome(form.cleaned_data["outcome"]), form.cleaned_data["reason"]
    moves.answer_question(desk(), found, actor=request.user, rule=rule, outcome=outcome, reason=reason)
    messages.success(request, f"Your answer to {rule} is set down, and the demand was put to the law again.")
    return redirect("case", reference)


@require_POST
def prepare(request, reference):
    """Set down an answer with the first person's yes."""
    found = found_case(reference)
    form = PrepareForm(request.POST, open_answers=queries.open_answers(found), items=queries.items_to_choose(found))
    if not form.is_valid():
        return show_case(request, found, status=422, prepare_form=form)
    kind = DecisionKind(form.cleaned_data["kind"])
    said = {"reason": form.cleaned_data["reason"], "items": tuple(form.cleaned_data.get("items", ()))}
    moves.prepare(desk(), found, actor=request.user, kind=kind, **said)
    messages.success(request, "Prepared, with your approval. Now somebody else reads it and approves.")
    return redirect("case", reference)


def beside(request, reference):
    """Set down what the paper does not say, or the authority's answer, and put the demand to the law again."""
    found = found_case(reference)
    supplied = queries.supplied(found)
    forms = forms_for(supplied, *((request.POST, request.FILES) if request.method == "POST" else ()))
    chosen = next((form for form in forms if form.is_bound), None)
    back = request.POST.get("take_back")
    if request.method != "POST" or not (back or (chosen and chosen.is_valid())):
        shown = {"page": queries.case_page(desk(), found, request.user), "forms": forms}
        status = 422 if request.method == "POST" else 200
        return render(request, "staff/beside.html", shown | {"taken_back": what_was_set_down(supplied)}, status=status)
    _set_down(request.user, found, chosen, back)
    messages.success(request, "Set down, and the demand was put to the law again.")
    return redirect("case", reference)


@require_safe
def case_correction(request, reference):
    """The last corrected demand as it came."""
    content = moves.correction_bytes(desk(), found_case(reference))
    if content is None:
        raise Http404
    return download(content, f"{reference}-correction.bin", "application/octet-stream")


def approve(request, reference):
    """Show the second person exactly what is signed (GET), and take the yes (POST)."""
    found = found_case(reference)
    if request.method != "POST":
        page = queries.case_page(desk(), found, request.user)
        return render(request, "staff/approve.html", {"page": page, "send_back_form": SendBackForm()})
    moves.approve(desk(), found, actor=request.user, statement=request.POST.get("statement", ""))
    messages.success(request, "Approved. The answer is on its way; this entry cannot be taken back.")
    return redirect("case", reference)


@require_POST
def send_back(request, reference):
    """Give a prepared answer back."""
    found, form = found_case(reference), SendBackForm(request.POST)
    if not form.is_valid():
        page = queries.case_page(desk(), found, request.user)
        return render(request, "staff/approve.html", {"page": page, "send_back_form": form}, status=422)
    moves.send_back(desk(), found, actor=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, "Sent back. It can be prepared again.")
    return redirect("case", reference)


@require_POST
def close(request, reference):
    """Close a case where nothing more is to be done."""
    moves.close(desk(), found_case(reference), actor=request.user)
    messages.success(request, f"{reference} is closed.")
    return redirect("queue")


@require_POST
def try_again(request, reference):
    """Let the worker try again what failed."""
    moves.try_again(desk(), found_case(reference))
    messages.success(request, "The worker will try again now.")
    return redirect("case", reference)


def _set_down(actor, found, form, back):
    if back:
        return moves.supply(desk(), found, actor=actor, what=back, facts=None)
    facts = form.facts()
    if form.what == "heard":
        paper, kind = form.cleaned_data["paper"], ExchangeKind(facts.pop("kind"))
        facts.pop("paper", None)
        return moves.hear(desk(), found, actor=actor, kind=kind, answer=facts, paper=paper.read() if paper else None)
    what = facts.pop("kind") if form.what == "raised" else form.what
    return moves.supply(desk(), found, actor=actor, what=what, facts=facts)
