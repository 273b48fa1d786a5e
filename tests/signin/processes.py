"""The web as it is served: several real processes on one database."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote, urlencode

from django.db import connection

from guanxi.edge.ops import processes
from tests.installation import ROOT, free_port, until

PROCESSES = 4


@dataclass
class Web:
    port: int

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, dict[str, str], str]:
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(method, path, body or None, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = line.getresponse()
            cookies = "; ".join(c.partition(";")[0] for c in answer.headers.get_all("Set-Cookie") or [])
            return answer.status, {**dict(answer.headers), "cookies": cookies}, answer.read().decode("utf-8", "replace")
        finally:
            line.close()

    def is_up(self) -> bool:
        try:
            return self.ask("GET", "/healthz")[0] == 200
        except (OSError, HTTPException):
            return False

    def form(self) -> tuple[str, str]:
        """Cookie and token that a browser would bring."""
        _status, headers, page = self.ask("GET", "/sign-in")
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert found
        return headers["cookies"], found[1]

    def sign_in(self, login: str, password: str, *, form: tuple[str, str]) -> tuple[int, str]:
        cookie, token = form
        body = urlencode({"login": login, "password": password, "csrfmiddlewaretoken": token})
        status, _headers, page = self.ask(
            "POST", "/sign-in", body, Cookie=cookie, Content_Type="application/x-www-form-urlencoded"
        )
        return status, page

    def at_once(self, times: int, **what: str) -> list[tuple[int, str]]:
        form = self.form()
        with ThreadPoolExecutor(16) as pool:
            return list(pool.map(lambda _: self.sign_in(what["login"], what["password"], form=form), range(times)))


@contextmanager
def serving(data: Path, module: str = "config.wsgi:application", **extra: str) -> Iterator[Web]:
    """On the database of the tests, in processes of their own."""
    port = free_port()
    given = os.environ | {
        "DATABASE_URL": address(),
        "DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "tests.signin.served",
        "SECRET_KEY": "k" * 50,
    }
    words = ["--interface=wsgi", "--host=127.0.0.1", f"--port={port}", f"--workers={PROCESSES}", "--blocking-threads=4"]
    with (data / "web.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "granian", *words, module], cwd=ROOT, env=given | extra, stdout=log, stderr=log
        )
    web = Web(port)
    try:
        until(web.is_up, seconds=60)
        yield web
    finally:
        # The workers die with the one that started them, which may not take its time for open lines.
        processes.send([process.pid, *children_of(process.pid)], signal.SIGKILL)
        process.wait(30)


def children_of(pid: int) -> list[int]:
    found = (Path(f"/proc/{pid}/task") / str(pid) / "children").read_text().split()
    return [int(one) for one in found]


def address() -> str:
    told = connection.settings_dict
    where = f"?host={quote(str(told['HOST']), safe='')}" + (f"&port={told['PORT']}" if told["PORT"] else "")
    who = quote(str(told["USER"])) + (f":{quote(str(told['PASSWORD']))}" if told["PASSWORD"] else "")
    return f"postgresql://{who}@/{told['NAME']}{where}"
