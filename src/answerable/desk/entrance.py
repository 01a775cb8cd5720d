"""How does somebody come in and go out? By a link that signs in once it is used, never by opening it."""

from django.contrib import messages
from django.contrib.auth import login, logout
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from answerable.desk import moves
from answerable.desk.models import Account
from answerable.desk.wiring import desk

_FIRST_PAGE = {Account.Role.REVIEWER: "queue", Account.Role.OFFICER: "portal"}


@require_safe
def sign_in(request):
    """Say how one signs in."""
    if request.user.is_authenticated:
        return redirect(_FIRST_PAGE[request.user.role])
    return render(request, "sign_in.html")


def use_link(request, token):
    """Show whose link it is (GET), sign that account in (POST): a mail scanner that opens links uses none up."""
    if request.method != "POST":
        return render(request, "use_link.html", {"account": moves.whose_link(desk(), token)})
    account = moves.sign_in(desk(), token)
    logout(request)
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(_FIRST_PAGE[account.role])


@require_POST
def sign_out(request):
    """End the session."""
    logout(request)
    messages.success(request, "You are signed out.")
    return redirect("sign-in")
