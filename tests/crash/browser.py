"""Somebody at a browser without the browser: pages are fetched, forms are read from them, and sent until answered."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException, HTTPMessage
from typing import Any
from urllib.parse import urlencode

PATIENCE = 240.0
Files = Mapping[str, tuple[str, bytes]]


class Refused(AssertionError):
    """The product said no to what it should have taken."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: HTTPMessage
    text: str

    @property
    def to(self) -> str:
        return self.headers.get("Location") or self.headers.get("HX-Redirect") or ""

    @property
    def id(self) -> int:
        """The number at the end of the way on."""
        return int(self.to.rstrip("/").rsplit("/", 1)[1])


@dataclass
class Line:
    """One person's requests. `errors` counts those that were not answered."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    errors: int = 0
    sent: int = 0

    def until_answered(self, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        deadline = time.monotonic() + PATIENCE
        while (reply := self.once(method, path, body, headers)) is None:
            assert time.monotonic() < deadline, f"{method} {path} was not answered within {PATIENCE} s"
            time.sleep(0.05)  # between two tries; the deadline decides
        return reply

    def once(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply | None:
        """None when it was not answered, or with a word that it should be tried again."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=15)
        self.sent += 1
        try:
            connection.request(method, path, body, {**self.headers, **self.own_cookies(), **headers})
            response = connection.getresponse()
            reply = Reply(response.status, response.headers, response.read().decode("utf-8", "replace"))
        except (OSError, HTTPException):
            self.errors += 1
            return None
        finally:
            connection.close()
        if reply.status >= 500 or reply.status == 429:
            self.errors += reply.status >= 500
            return None
        self.keep_cookies(reply)
        return reply

    def own_cookies(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}

    def keep_cookies(self, reply: Reply) -> None:
        for line in reply.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value


class Forms(HTMLParser):
    """The forms of a page: where they go, and what they hold as they stand."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str]]]] = []
        self.select = self.area = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("action", ""), []))
        elif self.found and tag == "input" and given.get("name") and self.is_sent(given):
            self.found[-1][1].append((given["name"], given.get("value", "")))
        elif tag == "select":
            self.select = given.get("name", "")
        elif self.found and tag == "option" and "selected" in given and self.select:
            self.found[-1][1].append((self.select, given.get("value", "")))

    @staticmethod
    def is_sent(given: dict[str, str]) -> bool:
        kind = given.get("type", "text")
        return kind not in ("file", "submit", "button") and (kind not in ("checkbox", "radio") or "checked" in given)

    def to(self, end: str) -> list[tuple[str, str]]:
        matching = [values for action, values in self.found if action.split("?")[0].endswith(end)]
        assert matching, f"no form to {end} among {[action for action, _ in self.found]}"
        return matching[0]


@dataclass
class Browser:
    line: Line

    @classmethod
    def signed_in(cls, port: int, login: str, password: str) -> Browser:
        browser = cls(Line(port))
        reply = browser.send("/sign-in", {"login": login, "password": password}, end="/sign-in")
        assert reply.status == 302, reply.text[:300]
        return browser

    def page(self, path: str) -> Reply:
        reply = self.line.until_answered("GET", path)
        if reply.status != 200:
            raise Refused(f"GET {path}: {reply.status} {reply.to}")
        return reply

    def send(self, path: str, values: Mapping[str, Any], *, end: str = "", files: Files | None = None) -> Reply:
        """The form of this page, filled in; the same bytes again until they are answered."""
        filled = [pair for pair in Forms(self.page(path).text).to(end or path) if pair[0] not in values]
        filled += [(name, str(one)) for name, given in values.items() for one in listed(given)]
        body, kind = multipart(filled, files) if files else (urlencode(filled).encode(), FORM)
        reply = self.line.until_answered("POST", action_of(path, end), body, **{"Content-Type": kind})
        if reply.status not in (200, 204, 302):
            raise Refused(f"POST {path}: {reply.status} {sentences(reply.text)}")
        return reply


FORM = "application/x-www-form-urlencoded"


def action_of(path: str, end: str) -> str:
    return end if end.startswith("/") else path


def listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def sentences(text: str) -> str:
    main = text[text.find("<main") :]
    return " ".join(main.replace("<", " <").split())[:1500]


def multipart(values: list[tuple[str, str]], files: Files) -> tuple[bytes, str]:
    mark = uuid.uuid4().hex
    head = f'--{mark}\r\nContent-Disposition: form-data; name="'
    parts = [f'{head}{name}"\r\n\r\n{value}\r\n'.encode() for name, value in values]
    for name, (file_name, content) in files.items():
        start = f'{head}{name}"; filename="{file_name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        parts.append(start.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"
