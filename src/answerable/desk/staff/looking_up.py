"""The pages on what only people can look up: one person brings a file, another reads it and confirms."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from answerable.collect.uploaded import LARGEST
from answerable.desk.moves import looking_up as moves
from answerable.desk.queries import look_ups as queries
from answerable.desk.staff.shown import download, found_case
from answerable.desk.wiring import desk
from answerable.errors import StoreFailed


class BringForm(forms.Form):
    """What was found."""

    file = forms.FileField(
        label="What you found",
        help_text=f"CSV or JSON Lines in UTF-8, with just the columns above, up to {LARGEST // 1024 // 1024} MiB. "
        "Where nothing was found: the line of column names alone.",
        allow_empty_file=True,
        error_messages={"required": "Choose the file."},
    )

    def clean_file(self):
        """Refuse by size before a byte is read."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(f"The file has more than {LARGEST // 1024 // 1024} MiB.")
        return file


def look_up(request, reference, number):
    """Show what to look up (GET), and take the file (POST)."""
    found = _found(reference, number)
    form = BringForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            moves.bring(desk(), found, actor=request.user, content=form.cleaned_data["file"].read())
        except StoreFailed as fault:
            form.add_error("file", f"{fault.why} {fault.next_step}")
        else:
            messages.success(request, "Kept. Now somebody else compares it with the store and confirms it.")
            return redirect("case", reference)
    shown = {"page": queries.look_up_page(desk(), found, request.user), "form": form}
    return render(request, "staff/look_up.html", shown, status=422 if request.method == "POST" else 200)


@require_POST
def confirm_look_up(request, reference, number):
    """Take the second person's yes to the file that was shown."""
    moves.confirm(desk(), _found(reference, number), actor=request.user, sha512=request.POST.get("sha512", ""))
    messages.success(request, "Confirmed by two people. It goes into the answer, masked like everything else.")
    return redirect("case", reference)


@require_safe
def look_up_file(request, reference, number):
    """The last file, as it was brought."""
    brought = queries.find_brought(_found(reference, number))
    if brought is None:
        raise Http404
    return download(
        moves.brought_bytes(desk(), brought), f"{reference}-look-up-{number}.txt", "application/octet-stream"
    )


def _found(reference, number):
    found = queries.find_look_up(found_case(reference), number)
    if found is None:
        raise Http404
    return found
