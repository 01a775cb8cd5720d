"""How does an original leave the desk? Only as a file to be kept, never as a page to be opened; on its own host where there is one.

A browser is told nothing of its kind, may not guess it, and may run nothing in it.
"""

from __future__ import annotations

from django.core import signing
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from answerable.desk import moves, queries
from answerable.desk.models import Case
from answerable.desk.wiring import desk

_SECONDS = 60
_SALT = "answerable original"


def handed_out(case: Case) -> HttpResponse:
    """Return the original as a file that no browser opens."""
    return HttpResponse(
        moves.paper_bytes(desk(), case),
        "application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{case.reference}.original"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def link_to(case: Case) -> str | None:
    """Return a link to the original on the host of its own, good for one minute; None where there is no such host."""
    host = desk().settings.papers.originals_host
    if host is None:
        return None
    return f"//{host}/originals/{signing.TimestampSigner(salt=_SALT).sign(case.reference)}"


@require_safe
def original(request, token):
    """The original that a link of one minute names, on the host that serves nothing else of a demand."""
    if desk().settings.papers.originals_host != request.get_host():
        raise Http404
    try:
        reference = signing.TimestampSigner(salt=_SALT).unsign(token, max_age=_SECONDS)
    except signing.BadSignature as fault:
        raise Http404 from fault
    found = queries.find_case(reference)
    if found is None:
        raise Http404
    return handed_out(found)
