"""What do the views of one case share? Finding it, showing its page with the forms that were sent, handing out a file."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from answerable.desk import queries
from answerable.desk.staff.acting_forms import CarryOutForm, DoneForm, KeepOpenForm, NoticeForm, ReasonForm
from answerable.desk.staff.forms import PrepareForm, QuestionForm
from answerable.desk.wiring import desk


def found_case(reference):
    """Return the case, or not found."""
    found = queries.find_case(reference)
    if found is None:
        raise Http404
    return found


def show_case(request, found, *, status=200, **forms):
    """Show the page of a case; `forms` are those that were sent and not well formed."""
    page = queries.case_page(desk(), found, request.user)
    blank = {
        "paper": queries.paper_view(desk(), found),
        "question_form": QuestionForm(),
        "prepare_form": PrepareForm(open_answers=queries.open_answers(found), items=queries.items_to_choose(found)),
        "carry_out_form": carry_out_form(page.acting),
        "preserve_form": DoneForm(auto_id="id_preserve_%s", initial={"at": page.now}),
        "release_form": DoneForm(auto_id="id_release_%s", initial={"at": page.now}),
        "keep_open_form": KeepOpenForm(auto_id="id_open_%s", initial={"days": desk().settings.download_days}),
        "reopen_form": ReasonForm(auto_id="id_reopen_%s"),
        "silence_form": ReasonForm(auto_id="id_silence_%s"),
        "notice_form": NoticeForm(initial={"at": page.now}),
    }
    return render(request, "staff/case.html", {"page": page, **blank, **forms}, status=status)


def carry_out_form(acting, data=None):
    """Return the form for what is still to be carried out, or None where nothing is."""
    if not acting.open_items:
        return None
    territories = {row.name: row.territory for row in acting.rows}
    return CarryOutForm(data, items=acting.open_items, measures=acting.measures, territories=territories)


def download(content, name, media_type):
    """Hand out bytes as a file."""
    return HttpResponse(content, media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
