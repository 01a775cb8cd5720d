"""The pages for everybody."""

from django.urls import path

from answerable.desk.public import views

urlpatterns = [
    path("", views.report, name="report"),
    path("report.json", views.report_json, name="report-json"),
    path("rules/", views.rules, name="rules"),
    path("log/", views.log, name="log"),
    path("log/<path:name>", views.log_file, name="log-file"),
]
