"""The public pages: the report, the log, and the rules we follow."""

from itertools import chain
from pathlib import Path

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from answerable.desk import queries
from answerable.desk.wiring import desk

# The one page on which a script may run: our own file, which may ask this site and no other (docs/decisions/0020-one-script.md).
_CHECK_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
)
_FILES = (("report.json", "Report, JSON"), ("figures.csv", "Figures, CSV"), ("columns.csv", "Columns of other reports, CSV"),
          ("lumen.json", "Removals, JSON"), ("national-security.json", "Bands, JSON"), ("table.jsonl", "Table"),
          ("query.json", "Counting rules"))  # fmt: skip
_TYPES = {".json": "application/json", ".jsonl": "application/jsonl", ".csv": "text/csv; charset=utf-8"}


@require_safe
def report(request, period=""):
    """What governments asked of us, and what we did, in a half-year that is over."""
    page = queries.report_page(desk(), period)
    if page is None:
        raise Http404
    return render(request, "public/report.html", {"page": page, "files": _FILES})


@require_safe
def report_file(request, period, name):
    """One file of a published report."""
    pieces = queries.report_file(desk(), period, name)
    if pieces is None:
        raise Http404
    first = next(pieces)  # what is wrong with the file is told before anything of it is
    return StreamingHttpResponse(chain([first], pieces), content_type=_TYPES[Path(name).suffix])


@require_safe
def check(request):
    """Check a proof, or count a report again, in the browser."""
    response = render(request, "public/check.html", {"periods": queries.published_periods()})
    response["Content-Security-Policy"] = _CHECK_POLICY
    return response


@require_safe
def rules(request):
    """Which law the desk puts demands to, article by article."""
    return render(request, "public/rules.html", {"books": queries.rules(desk())})


@require_safe
def log(request):
    """Where the public log lies and how to check it."""
    origin, verifier_key = queries.log_name(desk())
    shown = {"origin": origin, "verifier_key": verifier_key, "checkpoint": queries.newest_checkpoint(),
             "copied": queries.copied_at(desk())}  # fmt: skip
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
