"""The pages of the directory: list, record with its history, propose, confirm. One person proposes, another confirms."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from answerable.desk.moves import directory as moves
from answerable.desk.queries import directory as queries
from answerable.desk.queries.feeds import feeds
from answerable.desk.staff.directory.forms import CautionChangeForm, CautionForm, DeclineForm, RecordForm
from answerable.desk.wiring import desk


@require_safe
def directory(request):
    """The authorities that match, by name."""
    start = request.GET.get("from", "0")
    page = queries.directory_page(
        search=request.GET.get("q", "")[:200],
        status=request.GET.get("show", ""),
        start=min(int(start), 10_000_000) if start.isascii() and start.isdigit() else 0,
    )
    return render(request, "staff/directory/directory.html", {"page": page})


@require_safe
def record(request, record):
    """One authority: what holds now, and everything that was ever said of it."""
    return render(request, "staff/directory/record.html", {"page": queries.record_page(desk(), _found(record))})


def new(request):
    """Propose an authority that is not in the directory."""
    return _propose(request, None)


def propose(request, record):
    """Propose what a record should say."""
    return _propose(request, _found(record))


def caution(request, record):
    """Propose a caution."""
    listing, form = _found(record), CautionForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, form, listing, title="Propose a caution")
    before = moves.as_record(listing)
    draft = before.model_copy(update={"cautions": (*before.cautions, form.caution)})
    return _proposed(request, draft, listing, form.cleaned_data["reason"])


def caution_change(request, record, caution):
    """Propose that a caution is lifted, or note that the office contests it."""
    listing = _found(record)
    before, form = moves.as_record(listing), CautionChangeForm(request.POST or None)
    old = next((each for each in before.cautions if each.id == caution), None)
    if old is None:
        raise Http404
    fresh = form.changed(old, desk().now()) if request.method == "POST" and form.is_valid() else None
    if fresh is None:
        return _form_page(request, form, listing, title="Change a caution", caution=old)
    draft = before.model_copy(
        update={"cautions": tuple(fresh if each.id == caution else each for each in before.cautions)}
    )
    return _proposed(request, draft, listing, form.cleaned_data["reason"])


@require_safe
def proposals(request):
    """What waits for a second person."""
    return render(request, "staff/directory/proposals.html", {"proposals": queries.open_proposals()})


def proposal(request, number):
    """Show the second person exactly what would change (GET), and put it in force (POST)."""
    found = _found_proposal(number)
    if request.method != "POST":
        return _proposal_page(request, found, DeclineForm())
    moves.confirm(desk(), found, actor=request.user)
    messages.success(request, "Confirmed: it holds from now on. A new number serves for call-backs 30 days from now.")
    return redirect("directory-record", found.key)


@require_POST
def decline(request, number):
    """End a proposal without effect."""
    found, form = _found_proposal(number), DeclineForm(request.POST)
    if not form.is_valid():
        return _proposal_page(request, found, form, status=422)
    moves.decline(desk(), found, actor=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, "It ended without effect, and stays in the history.")
    return redirect("directory-proposals")


@require_safe
def reports(request):
    """What other desks report."""
    return render(request, "staff/directory/reports.html", {"feeds": feeds(), "now": desk().now()})


def _propose(request, listing):
    before = moves.as_record(listing)
    form = RecordForm(request.POST or None, before=before)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, form, listing, title="Propose a change" if listing else "Propose an authority")
    return _proposed(request, form.draft, listing, form.cleaned_data["reason"])


def _proposed(request, draft, listing, reason):
    made = moves.propose(desk(), actor=request.user, draft=draft, base=listing.version if listing else 0, reason=reason)
    messages.success(request, "Proposed. Nothing has changed yet: now somebody else reads it and confirms.")
    return redirect("directory-proposal", made.pk)


def _form_page(request, form, listing, *, title, caution=None):
    shown = {"form": form, "listing": listing, "title": title, "caution": caution}
    return render(request, "staff/directory/propose.html", shown, status=422 if request.method == "POST" else 200)


def _proposal_page(request, found, form, *, status=200):
    page = queries.proposal_page(found, request.user)
    return render(request, "staff/directory/proposal.html", {"page": page, "decline_form": form}, status=status)


def _found(key):
    listing = queries.find_listing(key)
    if listing is None:
        raise Http404
    return listing


def _found_proposal(number):
    found = queries.find_proposal(number)
    if found is None:
        raise Http404
    return found
