"""Programs that call the API: `call("rep").get("/customers")`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Account
from guanxi.base.org.tokens import give_token

ROOT = "/api/v1"


class Program:
    """A client with a token. `problem` and `data` read the answer."""

    def __init__(self, token: str = "", **headers: str) -> None:
        self.client = Client()
        self.headers = ({"Authorization": f"Bearer {token}"} if token else {}) | headers

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method, ROOT + path, content, content_type="application/json", headers=self.headers | given
        )

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("POST", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.send("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return self.send("DELETE", path, **headers)


@pytest.fixture
def token_of(db: None) -> Callable[..., str]:
    """`token_of("rep", may_write=False)`."""

    def make(login: str, **more: Any) -> str:
        return give_token(Account.objects.get(login=login), name="test", actor=Actor.system("tests"), **more)

    return make


@pytest.fixture
def call(token_of: Callable[..., str]) -> Callable[..., Program]:
    """`call("rep")`: a program that speaks for this person."""
    return lambda login, **more: Program(token_of(login, **more))
