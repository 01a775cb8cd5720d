"""How does somebody come in and go out? By a passkey; by a link only where there is none yet, and never by opening it.

How an agency's own sign-on lets its officers in stands in `agency_entrance`.

A challenge waits in the visitor's session, is good for five minutes, and is used up by the first answer.
"""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth import login, logout
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from answerable.desk import moves, queries
from answerable.desk.models import Account
from answerable.desk.wiring import desk

_BY_PASSKEY = "came in by passkey"
_FIRST_PAGE = {Account.Role.REVIEWER: "queue", Account.Role.OFFICER: "portal"}


def sign_in(request):
    """Ask for a passkey (GET), and let in whom it is for (POST)."""
    if request.user.is_authenticated:
        return redirect(_FIRST_PAGE[request.user.role])
    if request.method == "POST":
        account = moves.sign_in_by_passkey(
            desk(), challenge=_taken(request, "sign-in"), answer=request.POST.get("answer", "")
        )
        return _let_in(request, account, by_passkey=True)
    shown = {"agencies": queries.agencies_offered(desk())}
    if desk().settings.sign_in.address is not None:
        shown["options"] = queries.request_for(desk(), None, challenge=_given(request, "sign-in"))
    return render(request, "sign_in.html", shown)


def use_link(request, token):
    """Show whose link it is (GET), sign that account in (POST): a mail scanner that opens links uses none up."""
    if request.method != "POST":
        return render(request, "use_link.html", {"account": moves.whose_link(desk(), token)})
    return _let_in(request, moves.sign_in(desk(), token), by_passkey=False)


def passkeys(request):
    """Show one's passkeys, with a form for another (GET), and keep a new one (POST)."""
    if request.method == "POST":
        moves.register_passkey(
            desk(),
            request.user,
            challenge=_taken(request, "passkeys"),
            answer=request.POST.get("answer", ""),
            label=request.POST.get("label", "").strip()[:80] or "Passkey",
            by_passkey=bool(request.session.get(_BY_PASSKEY)),
        )
        request.session[_BY_PASSKEY] = True
        messages.success(request, "Registered. From now on you sign in with it.")
        return redirect("passkeys")
    shown = {"passkeys": queries.own_passkeys(request.user), "has_address": bool(desk().settings.sign_in.address)}
    if shown["has_address"]:
        shown["options"] = queries.creation_for(desk(), request.user, challenge=_given(request, "passkeys"))
    return render(request, "passkeys.html", shown)


@require_POST
def sign_out(request):
    """End the session."""
    logout(request)
    messages.success(request, "You are signed out.")
    return redirect("sign-in")


def begin_session(request, account, *, by_passkey):
    """Begin a new session for an account, and end the one before."""
    logout(request)
    login(request, account)
    request.session[_BY_PASSKEY] = by_passkey


def first_page(account, *, by_passkey):
    """Return the page that an account is led to: who has no passkey yet, and should have one, to where it is registered."""
    settings = desk().settings.sign_in
    needs_one = not by_passkey and settings.address and not settings.links_alone and not queries.own_passkeys(account)
    return "passkeys" if needs_one else _FIRST_PAGE[account.role]


def _let_in(request, account, *, by_passkey):
    begin_session(request, account, by_passkey=by_passkey)
    return redirect(first_page(account, by_passkey=by_passkey))


def _given(request, purpose):
    """Return a new challenge, and let it wait in the session."""
    challenge = moves.new_challenge()
    request.session[f"challenge {purpose}"] = [challenge.hex(), desk().now().isoformat()]
    return challenge


def _taken(request, purpose):
    """Return the challenge that waits, and take it away. One that is too old, or none, answers to nothing."""
    challenge, since = request.session.pop(f"challenge {purpose}", ["", "2000-01-01T00:00:00+00:00"])
    is_old = desk().now() - datetime.fromisoformat(since) > moves.CHALLENGE_GOOD_FOR
    return moves.new_challenge() if is_old else bytes.fromhex(challenge)
