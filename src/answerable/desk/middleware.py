"""What holds for every page, whatever the view does? Deny by default, a strict content policy, explained errors."""

import logging
import traceback
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils import timezone

from answerable.desk.permissions import WITH_OUR_SCRIPT, may_open
from answerable.desk.wiring import desk
from answerable.errors import AnswerableError, MalformedDemand, MoveRefused, explain

_LOG = logging.getLogger("answerable.desk")
_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
)


def content_security_policy(get_response):
    """Allow our own style and fonts, and no script at all but our one file where a passkey is asked for."""

    def middleware(request):
        response = get_response(request)
        page = request.resolver_match.url_name if getattr(request, "resolver_match", None) else None
        script = "; script-src 'self'" if page in WITH_OUR_SCRIPT else ""
        response.headers.setdefault("Content-Security-Policy", _POLICY + script)
        response["Cross-Origin-Opener-Policy"] = response["Cross-Origin-Resource-Policy"] = "same-origin"
        if getattr(request, "user", None) and request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response

    return middleware


def large_bodies_refused(get_response):
    """Refuse a body larger than any demand before a byte of it is read."""

    def middleware(request):
        if int(request.META.get("CONTENT_LENGTH") or 0) <= settings.LARGEST_BODY:
            return get_response(request)
        megabytes = settings.LARGEST_BODY // 1024 // 1024
        return HttpResponse(f"A demand may have at most {megabytes} MiB. Send a smaller file.", "text/plain", 413)

    return middleware


def zone_of_the_provider(get_response):
    """Show every moment in the provider's own zone."""

    def middleware(request):
        with timezone.override(ZoneInfo(desk().provider.zone)):
            return get_response(request)

    return middleware


def permission_required(get_response):
    """Refuse every page that the table of permissions does not open to this account."""

    def middleware(request):
        try:
            name = resolve(request.path_info).url_name
        except Resolver404:
            return get_response(request)
        role = request.user.role if request.user.is_authenticated else None
        if may_open(name, role):
            return get_response(request)
        return (
            render(request, "error.html", {"title": "This page is not for this account."}, status=403)
            if role
            else redirect(settings.LOGIN_URL)
        )

    return middleware


def explained_errors(get_response):
    """Turn an error of ours into a page with what, why and next."""
    return _ExplainedErrors(get_response)


class _ExplainedErrors:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request, fault):
        if isinstance(fault, Http404 | SuspiciousOperation):
            return None
        if not isinstance(fault, AnswerableError):
            _log_without_values(request, fault)
            return None
        status = 409 if isinstance(fault, MoveRefused) else 400 if isinstance(fault, MalformedDemand) else 500
        return render(request, "error.html", {"title": fault.what, "lines": explain(fault)}, status=status)


def _log_without_values(request, fault: Exception) -> None:
    """Write where an unforeseen fault came from: the page's name and the lines of code, never an address or a value."""
    page = request.resolver_match.url_name if request.resolver_match else "no page"
    places = "".join(traceback.format_tb(fault.__traceback__)[-4:])
    _LOG.error("unforeseen %s in page %s\n%s", type(fault).__name__, page, places.rstrip())
