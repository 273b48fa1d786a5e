"""The step of the sign-in between the password and the session: until it is done nobody is signed in."""

from __future__ import annotations

from typing import Any

from allauth.account.internal import flows
from allauth.account.stages import LoginStage, LoginStageController
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from . import factors
from .models import Account


class Stage(LoginStage):
    key = "second_factor"
    urlname = "org:second-factor"

    def handle(self) -> tuple[Any, bool]:
        if self.login.user is None or self.login.user.second_factor_at is None:
            return None, True
        return HttpResponseRedirect(reverse(self.urlname)), True


def waiting(request: HttpRequest) -> Stage | None:
    """Somebody gave the right password within a quarter of an hour, and the code is still to come."""
    stage = LoginStageController.enter(request, Stage.key)
    return stage if isinstance(stage, Stage) and isinstance(stage.login.user, Account) else None


def go_on(request: HttpRequest, stage: Stage) -> HttpResponse:
    """The code was right: now the session begins."""
    factors.mark(request.session, stage.login.user)
    stage.controller.set_handled(stage.key)
    response: HttpResponse = flows.login.resume_login(request, stage.login)
    return response
