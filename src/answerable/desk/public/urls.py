"""The pages for everybody."""

from django.urls import path

from answerable.desk.public import views

urlpatterns = [
    path("", views.report, name="report"),
    path("reports/<str:period>/", views.report, name="report-of"),
    path("reports/<str:period>/<str:name>", views.report_file, name="report-file"),
    path("check/", views.check, name="check"),
    path("rules/", views.rules, name="rules"),
    path("log/", views.log, name="log"),
    path("log/<path:name>", views.log_file, name="log-file"),
]
