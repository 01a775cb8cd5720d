"""Where a reviewer sets down what was done outside the desk: removed, preserved, put back, deleted, asked for, and who was told."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from answerable.desk import moves, queries
from answerable.desk.staff.acting_forms import DoneForm, KeepOpenForm, NoticeForm, ReasonForm
from answerable.desk.staff.shown import carry_out_form, download, found_case, show_case
from answerable.desk.wiring import desk


@require_POST
def carry_out(request, reference):
    """Set down what was done with each item that two people granted."""
    found = found_case(reference)
    form = carry_out_form(queries.case_page(desk(), found, request.user).acting, request.POST)
    if form is None or not form.is_valid():
        return show_case(request, found, status=422, **({"carry_out_form": form} if form else {}))
    at, note = form.cleaned_data["at"], form.cleaned_data["note"]
    done = [moves.Carried(item, measure, territory, note) for item, measure, territory in form.done()]
    case = moves.record_effects(desk(), found, actor=request.user, at=at, done=done)
    messages.success(
        request,
        "All of it is carried out and set down. The letters are written now."
        if case.state == "carried out"
        else "Set down. The other items are still to be carried out.",
    )
    return redirect("case", reference)


@require_POST
def preserve(request, reference):
    """Set down that what the demand names is preserved while it is examined."""
    found, form = found_case(reference), DoneForm(request.POST, auto_id="id_preserve_%s")
    if not form.is_valid():
        return show_case(request, found, status=422, preserve_form=form)
    moves.preserve(desk(), found, actor=request.user, **form.cleaned_data)
    messages.success(request, "Set down: preserved, and disclosed to nobody.")
    return redirect("case", reference)


@require_POST
def release(request, reference):
    """Set down that the preserved copy was deleted."""
    found, form = found_case(reference), DoneForm(request.POST, auto_id="id_release_%s")
    if not form.is_valid():
        return show_case(request, found, status=422, release_form=form)
    moves.release(desk(), found, actor=request.user, **form.cleaned_data)
    messages.success(request, "Set down: the preserved copy is deleted.")
    return redirect("case", reference)


@require_POST
def keep_open(request, reference):
    """Let the authority fetch the package for longer, as it asked."""
    found, form = found_case(reference), KeepOpenForm(request.POST, auto_id="id_open_%s")
    if not form.is_valid():
        return show_case(request, found, status=422, keep_open_form=form)
    case = moves.keep_open(desk(), found, actor=request.user, **form.cleaned_data)
    messages.success(request, f"Set down: it can be fetched until {case.available_until:%-d %B %Y}.")
    return redirect("case", reference)


@require_POST
def reopen(request, reference):
    """Open a case again whose order may have lost its effect."""
    found, form = found_case(reference), ReasonForm(request.POST, auto_id="id_reopen_%s")
    if not form.is_valid():
        return show_case(request, found, status=422, reopen_form=form)
    moves.reopen(desk(), found, actor=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, "Open again. Two people decide whether the content is put back.")
    return redirect("case", reference)


@require_POST
def lift_silence(request, reference):
    """Set down that a silence without an end has ended."""
    found, form = found_case(reference), ReasonForm(request.POST, auto_id="id_silence_%s")
    if not form.is_valid():
        return show_case(request, found, status=422, silence_form=form)
    moves.lift_silence(desk(), found, actor=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, "Set down: silence has ended. The notices are written now.")
    return redirect("case", reference)


@require_safe
def case_notice(request, reference, number):
    """A notice as it was written."""
    notice = _notice(reference, number)
    if notice.paper is None:
        raise Http404
    return download(moves.notice_bytes(desk(), notice), f"{reference}-notice-{number}.pdf", "application/pdf")


@require_safe
def notice_proof(request, reference, number):
    """The proof that goes with a notice: that the case is in the log or, once its half-year is published, was counted."""
    notice = _notice(reference, number)
    if notice.paper is None:
        raise Http404
    name, content = moves.proof_for_person(desk(), notice.case)
    return download(content, name, "application/octet-stream")


@require_POST
def notice_given(request, reference, number):
    """Set down that the person was told."""
    notice, form = _notice(reference, number), NoticeForm(request.POST)
    if not form.is_valid():
        return show_case(request, found_case(reference), status=422, notice_form=form, notice_number=number)
    moves.give_notice(desk(), notice, actor=request.user, **form.cleaned_data)
    messages.success(request, "Set down: the person was told.")
    return redirect("case", reference)


def _notice(reference, number):
    notice = queries.find_notice(found_case(reference), number)
    if notice is None:
        raise Http404
    return notice
