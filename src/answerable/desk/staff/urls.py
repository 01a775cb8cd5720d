"""The pages of the reviewers."""

from django.urls import include, path

from answerable.desk.staff import acting, calling, incidents, looking_up, papers, views

urlpatterns = [
    path("", views.queue, name="queue"),
    path("receive/", views.receive, name="receive"),
    path("directory/", include("answerable.desk.staff.directory.urls")),
    path("<str:reference>/", views.case, name="case"),
    path("<str:reference>/demand", papers.case_paper, name="case-paper"),
    path("<str:reference>/pages/", papers.case_pages, name="case-pages"),
    path("<str:reference>/pages/again", papers.draw_again, name="draw-again"),
    path("<str:reference>/pages/<str:name>", papers.case_page, name="case-page"),
    path("<str:reference>/letters/<slug:kind>.pdf", views.case_letter, name="case-letter"),
    path("<str:reference>/questions/<str:rule>", views.answer_question, name="answer-question"),
    path("<str:reference>/beside", views.beside, name="case-beside"),
    path("<str:reference>/correction", views.case_correction, name="case-correction"),
    path("<str:reference>/prepare", views.prepare, name="prepare"),
    path("<str:reference>/approve", views.approve, name="approve"),
    path("<str:reference>/send-back", views.send_back, name="send-back"),
    path("<str:reference>/close", views.close, name="close"),
    path("<str:reference>/carry-out", acting.carry_out, name="carry-out"),
    path("<str:reference>/preserve", acting.preserve, name="preserve"),
    path("<str:reference>/release", acting.release, name="release"),
    path("<str:reference>/reopen", acting.reopen, name="reopen"),
    path("<str:reference>/silence", acting.lift_silence, name="lift-silence"),
    path("<str:reference>/notices/<int:number>.pdf", acting.case_notice, name="case-notice"),
    path("<str:reference>/notices/<int:number>/given", acting.notice_given, name="notice-given"),
    path("<str:reference>/try-again", views.try_again, name="try-again"),
    path("<str:reference>/suspect", incidents.suspect, name="suspect"),
    path("<str:reference>/forged", incidents.forged, name="forged"),
    path("<str:reference>/clear", incidents.clear, name="clear"),
    path("<str:reference>/call", calling.call, name="call"),
    path("<str:reference>/call/second", calling.second, name="second-call"),
    path("<str:reference>/look-ups/<int:number>", looking_up.look_up, name="look-up"),
    path("<str:reference>/look-ups/<int:number>/file", looking_up.look_up_file, name="look-up-file"),
    path("<str:reference>/look-ups/<int:number>/confirm", looking_up.confirm_look_up, name="confirm-look-up"),
    path("<str:reference>/follow-up", calling.follow_up, name="follow-up"),
]
