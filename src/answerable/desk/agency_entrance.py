"""How does an officer come in by the agency's own sign-on, as a browser sees it? A link there, a page on the way back.

The desk's own cookie is not sent with a visit that another site began (`SameSite=Strict`), and so does not come back from
there. What waits therefore has a cookie of its own (`Lax`), good for these pages and ten minutes; the row behind it is
taken away by the first answer. The way back ends on a page with a link: from there on the visit is our own again.
"""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from answerable.desk import moves, queries
from answerable.desk.entrance import begin_session, first_page
from answerable.desk.models import Account
from answerable.desk.wiring import desk

_COOKIE = "answerable_agency"
_LONGEST = 4_000


class Accounts(ModelBackend):
    """Who a session belongs to, asked with every page: an agency whose pin was taken away lets nobody act any more."""

    def get_user(self, user_id):
        account = Account.objects.select_related("agency").filter(pk=user_id, is_active=True).first()
        return account if account is not None and queries.stays_pinned(desk(), account) else None


@require_safe
@never_cache
def agency_sign_in(request, record):
    """Send an officer to the agency. A link, not a form: a policy on forms would hold for where it leads, too."""
    pin = _pin(record)
    address, visit = moves.begin_visit(desk(), pin, back=_back(pin))
    waits = SessionStore()
    waits["visit"] = visit.model_dump(mode="json")
    waits.set_expiry(moves.VISIT_GOOD_FOR)
    waits.save()
    response = redirect(address)
    response.set_cookie(
        _COOKIE,
        waits.session_key,
        max_age=moves.VISIT_GOOD_FOR,
        path=reverse("sign-in"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@require_safe
@never_cache
def agency_return(request, record):
    """Let in whom the agency let in."""
    pin, given = _pin(record), dict(request.GET.lists())
    once = all(len(values) == 1 and len(values[0]) <= _LONGEST for values in given.values())
    answer = {name: values[0] for name, values in given.items()} if once else {}
    account = moves.end_visit(desk(), pin, _taken(request), answer=answer, back=_back(pin))
    begin_session(request, account, by_passkey=False)
    return render(request, "agency_return.html", {"next": first_page(account, by_passkey=False)})


def _pin(record):
    pin = queries.find_pin(desk(), record)
    if pin is None:
        raise Http404
    return pin


def _back(pin):
    """Return where the agency sends its officer back to: one address a server, so that no answer is taken for another's."""
    return desk().site.origin + reverse("agency-return", args=[pin.record])


def _taken(request):
    """Return the visit that waits for this browser, and take it away: of two answers one alone finds it."""
    key = request.COOKIES.get(_COOKIE, "")
    said = SessionStore(key).get("visit") if key else None
    if said is None or not Session.objects.filter(session_key=key).delete()[0]:
        return None
    return moves.Visit.model_validate(said)
