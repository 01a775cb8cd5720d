"""The paper itself, for reviewers: its pages as pixels; and the original, which leaves only when somebody says so."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from answerable.desk import moves, originals, queries
from answerable.desk.staff.shown import download, found_case
from answerable.desk.wiring import desk


@require_safe
def case_pages(request, reference):
    """Every page that was drawn, side by side where it is not as it was signed."""
    found = found_case(reference)
    return render(request, "staff/pages.html", {"case": found, "paper": queries.paper_view(desk(), found)})


@require_safe
def case_page(request, reference, name):
    """One page as a picture."""
    picture = queries.paper_picture(desk(), found_case(reference), name)
    if picture is None:
        raise Http404
    policy = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, no-store"}
    return HttpResponse(picture, "image/png", headers=policy)


def case_paper(request, reference):
    """Ask whether the original shall leave (GET), and hand it out (POST)."""
    found = found_case(reference)
    if request.method != "POST":
        return render(request, "staff/original.html", {"case": found})
    link = originals.link_to(found)
    return (
        render(request, "staff/original.html", {"case": found, "link": link}) if link else originals.handed_out(found)
    )


@require_safe
def case_evidence(request, reference):
    """Everything that the evidence sheet rests on, with the sheet, for `answerable verify`."""
    found = found_case(reference)
    return download(moves.bundle_of(desk(), found), f"{reference}.evidence", "application/octet-stream")


@require_POST
def draw_again(request, reference):
    """Let the worker draw the paper anew."""
    moves.draw_again(desk(), found_case(reference))
    messages.success(request, "The worker will draw it again.")
    return redirect("case", reference)
