"""An authenticator app, and people who use one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.http import HttpResponse
from django.test import Client

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org import factors
from guanxi.base.org.actions import set_up_factor
from tests.conftest import PASSWORD


@dataclass
class App:
    """What the phone holds, and the recovery codes on paper."""

    secret: str = field(default_factory=factors.new_secret)
    codes: list[str] = field(default_factory=list)

    def code(self, *, steps: int = 0) -> str:
        return factors.app_of(self.secret).generate(int(clock.now().timestamp()) + steps * factors.PERIOD).decode()

    def next_code(self) -> str:
        """Of a period that was not used yet."""
        clock.advance(seconds=factors.PERIOD)
        return self.code()


@pytest.fixture
def app_of(actor: Callable[[str], Actor]) -> Callable[[str], App]:
    """`app_of("rep")`: with a second factor from now on."""

    def make(login: str) -> App:
        app = App()
        app.codes = set_up_factor(app.secret, app.code(), actor=actor(login))
        return app

    return make


def sign_in(client: Client, login: str, password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post("/sign-in", {"login": login, "password": password}, **more)


def second_step(client: Client, code: str) -> HttpResponse:
    return client.post("/sign-in/second-step", {"code": code})


def is_in(client: Client) -> bool:
    return client.get("/customers").status_code == 200
