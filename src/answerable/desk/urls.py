"""Which page lies where? Three audiences, each with its own app; who may open what stands in `permissions`."""

from django.urls import include, path

from answerable.desk import agency_entrance, entrance, originals

urlpatterns = [
    path("sign-in/", entrance.sign_in, name="sign-in"),
    path("sign-in/<str:token>/", entrance.use_link, name="use-link"),
    path("sign-in/agency/<str:record>/", agency_entrance.agency_sign_in, name="agency-sign-in"),
    path("sign-in/agency/<str:record>/return", agency_entrance.agency_return, name="agency-return"),
    path("passkeys/", entrance.passkeys, name="passkeys"),
    path("sign-out/", entrance.sign_out, name="sign-out"),
    path("originals/<str:token>", originals.original, name="original"),
    path("desk/", include("answerable.desk.staff.urls")),
    path("portal/", include("answerable.desk.portal.urls")),
    path("", include("answerable.desk.public.urls")),
]
