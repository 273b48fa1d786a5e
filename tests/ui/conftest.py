"""Pages without a database: a server on a thread with a reader of its own, and a browser that tells of complaints."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.http import HttpRequest, HttpResponse
from django.template import engines
from playwright.sync_api import Browser, Page, sync_playwright

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import keep_rights
from guanxi.base.ui.nav import url_if

READER = Actor("欧阳静怡", "web", account_id=1)
# No rights, known beforehand: banners ask for them, and nothing here touches the database.
keep_rights(READER, None, None, None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class Reader:
    """Stands where org's SignedIn stands: these tests are about what is shown, not about who may see it."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = READER  # type: ignore[attr-defined]  # as the real middleware does
        return self.respond(request)


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def own_templates() -> None:
    """Added to the loader and not to the settings: those would compile all templates anew for each test."""
    loader = engines["jinja2"].env.loader  # type: ignore[attr-defined]  # the Jinja2 backend has it
    loader.searchpath.append(str(Path(__file__).parent / "templates"))


@pytest.fixture
def alone(settings: Any, own_templates: None) -> Iterator[None]:
    """The middleware of the product, with the reader in place of sessions in the database."""
    url_if.cache_clear()
    replaced = {
        "guanxi.base.org.middleware.SignedIn": "tests.ui.conftest.Reader",
        "guanxi.edge.ops.governance.networks.Watched": None,
        "allauth.account.middleware.AccountMiddleware": None,
    }
    wanted = [replaced.get(name, name) for name in settings.MIDDLEWARE]
    settings.MIDDLEWARE = [name for name in wanted if name]
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.ROOT_URLCONF = "tests.ui.urls"
    yield
    # What these addresses lead to is remembered per process.
    url_if.cache_clear()


@pytest.fixture
def site(alone: None) -> Iterator[str]:
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(StaticFilesHandler(WSGIHandler()))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread; Django would refuse its database there to the tests that follow.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def screen(chromium: Browser, site: str, complaints: list[str]) -> Iterator[Page]:
    """A page whose errors, warnings about the security policy and failed requests are written down."""
    context = chromium.new_context(base_url=site, viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()


@pytest.fixture
def rendered() -> Callable[..., str]:
    """`rendered('{% from ... %}{{ ... }}', name=value)` in the product's own environment."""
    env = engines["jinja2"].env  # type: ignore[attr-defined]  # the Jinja2 backend has it
    return lambda source, **values: env.from_string(source).render(**values)
