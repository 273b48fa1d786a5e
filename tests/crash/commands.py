"""What people, programs and the product itself do when it dies beneath them, and do again with the same key."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from guanxi.base.org.models import Staff
from guanxi.core.documents.upkeep import missing_files, sweep
from tests.access import consequence_lines, contact_lines, custody_lines, lines, privacy_lines  # noqa: F401  (fill the matrix)
from tests.access.matrix import CELLS
from tests.access.world import World, build_world
from tests.conftest import build_company

KEY = "0198c1de-0000-7000-8000-00000000c4a5"


@dataclass(frozen=True)
class Stage:
    """What a child needs to know of the world that another child built: all of it can be handed over in words."""

    things: Mapping[str, int]
    sessions: Mapping[str, str]
    tokens: Mapping[str, str]
    forms: Mapping[str, tuple[str, dict[str, Any]]]
    people: Mapping[str, int]

    def browser(self, login: str) -> Client:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[login]
        return client


# By a name of its own: who sends which form of tests/access (its route there says what is filled in).
FORMS = {
    "consent": ("rep", "privacy:consent-record"),
    "erasing": ("gm", "privacy:request-erase"),
    "permit": ("gm", "org:permit-answer"),
    "registration": ("admin", "ops:registration"),
    "list received": ("manager", "archive:transfer-receive"),
    "consequence": ("manager", "rulebooks:proposal-confirm"),
    "unit": ("admin", "ops:unit-new"),
    "departure received": ("doctor", "ops:departure-received"),
    "token ended": ("rep", "ops:token-end"),
    "sealed form": ("service", "archive:sealed-form"),
    "bulk": ("manager", "records:bulk-confirm"),
    "import": ("manager", "records:import-start"),
}


def built() -> Stage:
    """In a child, on an empty database or one with the cast."""
    if not Staff.objects.exists():
        build_company()
    world = build_world()
    forms = {name: filled(route, world) for name, (_login, route) in FORMS.items() if cell_of(route)}
    cookies = {login: client.cookies.get(settings.SESSION_COOKIE_NAME) for login, client in world.browsers.items()}
    sessions = {login: cookie.value for login, cookie in cookies.items() if cookie}
    things = world.things | {"customer": world.customer.pk, "form": world.form.pk, "duty": world.duty.pk}
    people = {login: world.staff(login).pk for login in ("rep", "colleague", "doctor", "manager", "supervisor")}
    return Stage(things, sessions, dict(world.tokens), forms, people)


def cell_of(route: str) -> Any:
    return next((cell for cell in CELLS if cell.route == route and cell.method == "POST"), None)


def filled(route: str, world: World) -> tuple[str, dict[str, Any]]:
    cell = cell_of(route)
    return reverse(route, kwargs=cell.args(world)), dict(cell.data(world))


Step = Callable[[Stage, Any], Any]


def nothing(_stage: Stage, _given: Any) -> None:
    """Nothing has to be there first, or to follow."""


@dataclass(frozen=True)
class Command:
    """`before` brings about what it begins with and hands it on; `afterwards` is what the product does by the clock.

    `days` later than Monday; `entries` of the trail are its least effect.
    """

    run: Step
    before: Step = nothing
    afterwards: Step = nothing
    days: float = 0
    entries: int = 1


def sends(name: str, *, key: str = KEY) -> Step:
    login, _route = FORMS[name]

    def send(stage: Stage, _given: Any) -> None:
        path, data = stage.forms[name]
        accepted(stage.browser(login).post(path, data | {"op_key": key}))

    return send


def accepted(answer: Any) -> Any:
    assert answer.status_code < 400, f"{answer.status_code} {answer.content.decode()[-1500:]}"
    return answer


def types(login: str, path: str, *, key: str = KEY, **typed: Any) -> Step:
    def send(stage: Stage, _given: Any) -> None:
        words = {name: value(stage) if callable(value) else value for name, value in typed.items()}
        accepted(stage.browser(login).post(path.format(**stage.things), words | {"op_key": key}))

    return send


def calls(login: str, path: str, *, key: str = KEY, method: str = "POST", **body: Any) -> Step:
    """A program: through the API."""

    def call(stage: Stage, _given: Any) -> None:
        words = {name: value(stage) if callable(value) else value for name, value in body.items()}
        headers = {"Authorization": f"Bearer {stage.tokens[login]}"} | ({"Idempotency-Key": key} if key else {})
        address = "/api/v1" + path.format(**stage.things)
        accepted(Client(headers=headers).generic(method, address, json.dumps(words), "application/json"))

    return call


def thing(name: str) -> Callable[[Stage], int]:
    return lambda stage: stage.things[name]


def somebody(login: str) -> Callable[[Stage], int]:
    return lambda stage: stage.people[login]


def a_file(_stage: Stage) -> SimpleUploadedFile:
    return SimpleUploadedFile("同意书.txt", "本人同意建档。".encode() * 50)


def sweep_a_day_later(_stage: Stage, _given: Any) -> None:
    """The files on disk are as old as the machine says, so they are made older."""
    old = time.time() - 3 * 24 * 3600
    for path in Path(settings.DATA_DIR).joinpath("files").rglob("*"):
        os.utime(path, (old, old))
    sweep()
    assert missing_files() == []
