"""The officers' pages: send a demand, see where it stands, fetch the answer. An officer sees only their own."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from answerable.desk import moves, queries
from answerable.desk.portal.forms import SendForm
from answerable.desk.wiring import desk


def portal(request):
    """The demands sent from this account, and a form for the next."""
    form = SendForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        shown = {"form": form, "cases": queries.own_cases(request.user)}
        return render(request, "portal/portal.html", shown, status=422 if request.method == "POST" else 200)
    received = moves.receive(desk(), form.cleaned_data["paper"].read(), channel="portal", actor=request.user)
    if received.sent_by_id != request.user.pk:
        messages.warning(request, "We hold these very bytes already, from another sender. No second case was opened.")
        return redirect("portal")
    messages.success(request, f"We have your demand: {received.reference}.")
    waits = queries.awaits_confirmation(received)
    return redirect("portal-confirm" if waits else "portal-case", received.reference)


@require_safe
def portal_case(request, reference):
    """Where one demand stands."""
    return render(request, "portal/case.html", {"case": queries.portal_case(_own(request, reference))})


def portal_confirm(request, reference):
    """Ask for the passkey over exactly the bytes of one demand (GET), and keep its answer (POST)."""
    case = _own(request, reference)
    if request.method == "POST":
        moves.confirm_demand(desk(), case, actor=request.user, answer=request.POST.get("answer", ""))
        messages.success(request, "Confirmed: your passkey stands for exactly this document.")
        return redirect("portal-case", reference)
    challenge = moves.challenge_of(desk(), case)
    shown = {"case": queries.portal_case(case), "sha256": challenge.hex(), "waits": queries.awaits_confirmation(case)}
    options = queries.request_for(desk(), request.user, challenge=challenge) if shown["waits"] else ""
    return render(request, "portal/confirm.html", shown | {"options": options})


@require_safe
def portal_letter(request, reference, kind):
    """A letter that goes back."""
    letter = queries.find_own_letter(_own(request, reference), kind)
    if letter is None:
        raise Http404
    return HttpResponse(
        moves.letter_bytes(desk(), letter),
        "application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{reference}-{kind}.pdf"'},
    )


@require_safe
def portal_file(request, reference, which):
    """The manifest, or the receipt with which anybody checks the package against the public log."""
    path = queries.delivered_file(desk(), _own(request, reference), which)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


@require_POST
def portal_package(request, reference):
    """Fetch the package; the fetch is recorded."""
    path = moves.fetch(desk(), _own(request, reference), actor=request.user)
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


def _own(request, reference):
    case = queries.find_own_case(request.user, reference)
    if case is None:
        raise Http404
    return case
