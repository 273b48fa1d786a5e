"""Mounted at the root. allauth asks for its names without a namespace; none of its other routes exist."""

from django.urls import include, path

from . import own_screens, permit_screens, screens

own = [
    path("sign-in/again", screens.sign_in_again, name="sign_in_again"),
    path("sign-in/second-step", own_screens.second_factor, name="second-factor"),
    path("confirm", own_screens.confirm, name="confirm"),
    path("settings/second-factor", own_screens.own_factor, name="own-factor"),
    path("settings/sessions", own_screens.own_sessions, name="sessions"),
    path("settings/sessions/others", own_screens.end_others, name="sessions-end-others"),
    path("settings/sessions/<int:session_id>/end", own_screens.end_one, name="session-end"),
    path("language", screens.language, name="language"),
    path("register", screens.register, name="register"),
    path("permits", permit_screens.all_permits, name="permits"),
    path("permits/new/<slug:kind>/<slug:verb>/<int:subject_id>", permit_screens.new_permit, name="permit-new"),
    path("permits/<int:request_id>", permit_screens.one_permit, name="permit"),
    path("permits/<int:request_id>/answer", permit_screens.answer_permit, name="permit-answer"),
]

urlpatterns = [
    path("sign-in", screens.sign_in, name="account_login"),
    path("sign-out", screens.sign_out, name="account_logout"),
    path("change-password", screens.change_password, name="account_change_password"),
    path("", include((own, "org"))),
]
