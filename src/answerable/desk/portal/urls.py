"""The pages of the officers."""

from django.urls import path

from answerable.desk.portal import views

urlpatterns = [
    path("", views.portal, name="portal"),
    path("<str:reference>/", views.portal_case, name="portal-case"),
    path("<str:reference>/confirm", views.portal_confirm, name="portal-confirm"),
    path("<str:reference>/letters/<slug:kind>.pdf", views.portal_letter, name="portal-letter"),
    path("<str:reference>/package", views.portal_package, name="portal-package"),
    path("<str:reference>/files/<slug:which>", views.portal_file, name="portal-file"),
]
