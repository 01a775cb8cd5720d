"""The pages on officers: their mail domain, the supervisor who stands for them, and their passkeys."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from answerable.desk import moves, queries
from answerable.desk.models import Account, Passkey
from answerable.desk.staff.forms import reason_field
from answerable.desk.wiring import desk


class AddressForm(forms.Form):
    """To which official address the code goes."""

    address = forms.EmailField(
        label="The officer's official address",
        help_text="Its domain must stand in the directory. Take it from the office, not from a demand.",
        max_length=320,
    )


class ReplyForm(forms.Form):
    """The mail that came back."""

    mail = forms.FileField(
        label="The reply",
        help_text="Saved from the mailbox with all its headers, as .eml.",
        error_messages={"required": "Choose the saved mail."},
    )


class VouchForm(forms.Form):
    """Who stands for the officer, reached at which number."""

    number = forms.ChoiceField(
        label="The number you called",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the number you called."},
    )
    supervisor = forms.CharField(label="The supervisor's name", max_length=200)
    post = forms.CharField(label="Their post", max_length=200)

    def __init__(self, *args, numbers, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = [(each.number, f"{each.number} ({each.source})") for each in numbers]


class ReasonForm(forms.Form):
    """Why a passkey is taken out of use."""

    reason = reason_field("Why", "It stands beside the passkey, under your name.")


@require_safe
def officers(request):
    """Every officer, and what stands behind each account; the passkeys of reviewers, one of which may be lost."""
    return _listed(request)


@require_safe
def officer(request, username):
    """One officer."""
    return _shown(request, username)


@require_POST
def address(request, username):
    """Make a code for the officer's address."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _shown(request, username, status=422, address_form=form)
    moves.ask_domain(desk(), _found(username), actor=request.user, address=form.cleaned_data["address"])
    messages.success(request, "Send the code, and wait for the reply.")
    return redirect("officer", username)


@require_POST
def reply(request, username):
    """Check the mail in which the code came back."""
    form, waits = ReplyForm(request.POST, request.FILES), queries.officer_view(desk(), _found(username)).asked
    if waits is None or not form.is_valid():
        return _shown(request, username, status=422, reply_form=form)
    moves.prove_domain(desk(), waits, actor=request.user, mail=form.cleaned_data["mail"].read())
    messages.success(request, "The domain signed the reply: it is proved.")
    return redirect("officer", username)


@require_POST
def vouch(request, username):
    """Keep that a supervisor stands for the officer."""
    account = _found(username)
    form = VouchForm(request.POST, numbers=queries.officer_view(desk(), account).numbers)
    if not form.is_valid():
        return _shown(request, username, status=422, vouch_form=form)
    moves.vouch(desk(), account, actor=request.user, **form.cleaned_data)
    messages.success(request, "Set down. It holds for 90 days.")
    return redirect("officer", username)


@require_POST
def end(request, number):
    """Take a passkey out of use."""
    passkey, form = Passkey.objects.filter(pk=number).first(), _why(number, request.POST)
    if passkey is None:
        raise Http404
    of_officer = passkey.account.role == Account.Role.OFFICER
    if not form.is_valid():
        again = {"status": 422, "ending": {number: form}}
        return _shown(request, passkey.account.username, **again) if of_officer else _listed(request, **again)
    moves.end_passkey(desk(), passkey, actor=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, "The passkey is out of use, and every session of its account has ended.")
    return redirect("officer", passkey.account.username) if of_officer else redirect("officers")


def _why(number, said=None):
    """Return the form of one passkey: each has its own on the page, so the names of its fields differ."""
    return ReasonForm(said, auto_id=f"key_{number}_%s")


def _with_forms(passkeys, ending):
    return [(key, (ending or {}).get(key.pk) or _why(key.pk)) for key in passkeys]


def _listed(request, *, status=200, ending=None):
    reviewers = _with_forms(queries.reviewers_passkeys(), ending)
    page = {"officers": queries.officer_views(desk()), "reviewers": reviewers}
    return render(request, "staff/officers.html", page, status=status)


def _shown(request, username, *, status=200, ending=None, **forms):
    page = queries.officer_view(desk(), _found(username))
    blank = {
        "address_form": AddressForm(),
        "reply_form": ReplyForm(),
        "vouch_form": VouchForm(numbers=page.numbers),
        "keys": _with_forms(page.passkeys, ending),
    }
    return render(request, "staff/officer.html", {"page": page, **blank, **forms}, status=status)


def _found(username):
    found = queries.find_account(username)
    if found is None or found.role != Account.Role.OFFICER:
        raise Http404
    return found
