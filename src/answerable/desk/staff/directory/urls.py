"""The pages of the directory of authorities."""

from django.urls import path

from answerable.desk.staff.directory import views

urlpatterns = [
    path("", views.directory, name="directory"),
    path("new/", views.new, name="directory-new"),
    path("reports/", views.reports, name="directory-reports"),
    path("proposals/", views.proposals, name="directory-proposals"),
    path("proposals/<int:number>/", views.proposal, name="directory-proposal"),
    path("proposals/<int:number>/decline", views.decline, name="directory-decline"),
    path("records/<str:record>/", views.record, name="directory-record"),
    path("records/<str:record>/propose", views.propose, name="directory-propose"),
    path("records/<str:record>/caution", views.caution, name="directory-caution"),
    path("records/<str:record>/cautions/<slug:caution>", views.caution_change, name="directory-caution-change"),
]
