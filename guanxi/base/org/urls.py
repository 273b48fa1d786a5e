"""Mounted at the root. allauth asks for its names without a namespace; none of its other routes exist."""

from django.urls import include, path

from . import screens

own = [
    path("sign-in/again", screens.sign_in_again, name="sign_in_again"),
    path("language", screens.language, name="language"),
    path("register", screens.register, name="register"),
]

urlpatterns = [
    path("sign-in", screens.sign_in, name="account_login"),
    path("sign-out", screens.sign_out, name="account_logout"),
    path("change-password", screens.change_password, name="account_change_password"),
    path("", include((own, "org"))),
]
