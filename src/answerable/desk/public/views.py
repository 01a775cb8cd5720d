"""The public pages: the report, the log, and the rules we follow."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from answerable.casefile.encoding import canonical
from answerable.desk import queries
from answerable.desk.wiring import desk


@require_safe
def report(request):
    """What governments asked of us, and what we did."""
    page = queries.report_page(desk())
    return render(request, "public/report.html", {"page": page, "checkpoint": queries.newest_checkpoint()})


@require_safe
def report_json(request):
    """The same figures for machines."""
    return HttpResponse(canonical(queries.report(desk())) + b"\n", "application/json")


@require_safe
def rules(request):
    """Which law the desk puts demands to, article by article."""
    return render(request, "public/rules.html", {"books": queries.rules(desk())})


@require_safe
def log(request):
    """Where the public log lies and how to check it."""
    origin, verifier_key = queries.log_name(desk())
    shown = {"origin": origin, "verifier_key": verifier_key, "checkpoint": queries.newest_checkpoint()}
    broken = [each for each in queries.log_promises(desk()) if not each.passed]
    return render(
        request,
        "public/log.html",
        {**shown, "head": queries.tree_head(), "signed": queries.signed_head(desk()), "broken": broken},
    )


@require_safe
def log_file(request, name):
    """One file of the published tree."""
    path = queries.log_file(desk(), name)
    if path is None:
        raise Http404
    plain = name in ("checkpoint", "vkey")
    return FileResponse(
        path.open("rb"), content_type="text/plain; charset=utf-8" if plain else "application/octet-stream"
    )
