"""Bodies, lines and headers too large, too many, too slow or wrong: an honest answer, and the next one works."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import pytest

from guanxi.edge.ops import processes
from tests.installation import DEMO_PASSWORD, Installation

from .headers import faults_in
from .wire import END, FILE, FORM, Answer, announced, chunked, exchange, head

pytestmark = [pytest.mark.slow, pytest.mark.req("SEC-06")]
MB = 1024 * 1024
MOST_GROWTH = 96 * MB
LARGE = "内容过大|too_large"


@pytest.fixture(scope="module", autouse=True)
def bounded(place: Installation) -> Iterator[None]:
    """Whatever comes: the same processes serve afterwards, and none has swollen."""
    web = place.processes("web")
    before = {pid: memory(pid) for pid in web}
    yield
    assert place.processes("web") == web
    growth = {pid: memory(pid) - before[pid] for pid in web}
    print(f"web processes grew by {[one // MB for one in growth.values()]} MB")  # noqa: T201  (a figure)
    assert max(growth.values()) < MOST_GROWTH


def memory(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", (processes.PROC / str(pid) / "status").read_text())
    assert found
    return int(found[1]) * 1024


@pytest.fixture(scope="module")
def manager(place: Installation) -> tuple[str, str]:
    """The cookies of the sales manager, who may import, and the token of his forms."""
    first = exchange(place, [head("GET", "/sign-in")])
    csrf = first.headers["Set-Cookie"].partition(";")[0]
    token = csrf.partition("=")[2]
    body = f"login=linlan&password={DEMO_PASSWORD}&csrfmiddlewaretoken={token}".encode()
    lines = [f"Cookie: {csrf}", "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    answer = exchange(place, [head("POST", "/sign-in", *lines), body])
    assert answer.status == 302, answer.body
    given = re.findall(r"(?i)set-cookie:\s*([^;\r]+)", answer.head)
    cookies = "; ".join(one for one in given if not one.endswith("="))
    token = next(one.partition("=")[2] for one in given if "csrf" in one)
    return f"Cookie: {cookies}", f"X-CSRFToken: {token}"


def honest(answer: Answer, *statuses: int) -> None:
    assert answer.status in statuses, answer.head + answer.body[:500]
    if answer.status < 500 and "Content-Type" in answer.headers:
        assert list(faults_in(answer.headers)) == []


@pytest.mark.parametrize("path", ["/sign-in", "/theme", "/imports", "/customers/new", "/api/v1/customers", "/nothing"])
@pytest.mark.parametrize("size", [1, 4 * MB])
def test_without_a_length_it_is_told_so(place: Installation, path: str, size: int):
    answer = exchange(place, chunked(path, size))
    honest(answer, 411 if size == 1 else 413)
    assert answer.headers["Content-Type"].startswith("application/json" if path.startswith("/api") else "text/html")


def test_a_browser_that_sends_without_a_length_reads_the_words(place: Installation, manager: tuple[str, str]):
    answer = exchange(place, chunked("/imports", MB, *manager))
    assert answer.whole
    assert re.search("411", answer.body)
    assert re.search("长度|length", answer.body)


@pytest.mark.parametrize("path", ["/sign-in", "/theme", "/language", "/settings/tokens", "/api/v1/customers"])
def test_what_takes_no_files_takes_no_large_body(place: Installation, manager: tuple[str, str], path: str):
    answer = exchange(place, announced(path, 30 * MB, *manager))
    honest(answer, 413)
    assert answer.whole
    assert re.search(LARGE, answer.body)


def test_a_file_too_large_is_told_in_the_page_it_came_from(place: Installation, manager: tuple[str, str]):
    answer = exchange(place, announced("/imports", 40 * MB, *manager))
    honest(answer, 422)
    assert answer.whole
    assert "2 MB" in answer.body


def test_a_length_that_is_not_true_takes_nothing_in(place: Installation, manager: tuple[str, str]):
    body = FILE + b"a,b\r\n1,2\r\n" + END
    answer = exchange(place, [head("POST", "/imports", FORM, f"Content-Length: {len(body) // 2}", *manager), body])
    honest(answer, 400, 422)


KIND = b'--b\r\nContent-Disposition: form-data; name="kind"\r\n'
BODIES = {
    "many fields": b"".join(b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n' % n for n in range(5000)),
    "many files": b"".join(
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="%d"\r\n\r\nx\r\n' % n for n in range(500)
    ),
    "a field without end": KIND + b"\r\n" + b"x" * (2 * MB),
    "a long header of a part": b"--b\r\nContent-Disposition: form-data; name=" + b"x" * MB + b"\r\n\r\nx\r\n",
    "many headers of a part": b"--b\r\n" + b"X: y\r\n" * 20_000 + b"\r\nx\r\n",
    "no mark at all": b"x" * MB,
    "marks alone": b"--b\r\n" * 20_000,
    "packed words": KIND + b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n",
    "unknown signs": KIND + b"Content-Type: text/plain; charset=nope\r\n\r\nx\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("which", BODIES)
@pytest.mark.parametrize("path", ["/imports", "/theme", "/settings/tokens"])
def test_a_body_put_together_wrongly_breaks_nothing(
    place: Installation, manager: tuple[str, str], which: str, path: str
):
    body = BODIES[which] + b"--b--\r\n"
    answer = exchange(place, [head("POST", path, FORM, f"Content-Length: {len(body)}", *manager), body])
    honest(answer, 302, 400, 409, 413, 422)


KINDS = ["", "multipart/form-data", "multipart/form-data; boundary=" + "b" * 500, "multipart/mixed; boundary=b"]
KINDS += ["application/xml", "text/plain; charset=utf-7", "application/json; charset=utf-16", "nonsense"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["/imports", "/theme", "/api/v1/customers"])
def test_a_wrong_kind_of_body_breaks_nothing(place: Installation, manager: tuple[str, str], kind: str, path: str):
    lines = [f"Content-Type: {kind}", "Content-Length: 5", *manager]
    honest(exchange(place, [head("POST", path, *lines), b"{<&a="]), 302, 400, 401, 403, 415, 422)


HEADS = {
    "a long line": head("GET", "/" + "a" * 200_000),
    "a long query": head("GET", "/customers?q=" + "a" * 60_000),
    "a long header": head("GET", "/sign-in", "X-Long: " + "a" * 600_000),
    "many headers": head("GET", "/sign-in", *(f"X{n}: 1" for n in range(2000))),
    "many cookies": head("GET", "/sign-in", "Cookie: " + "; ".join(f"c{n}=1" for n in range(5000))),
    "no host": b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    "another host": head("GET", "/sign-in", host="evil.example.com"),
    "a whole address": head("GET", "http://evil.example.com/sign-in"),
    "a length in words": head("POST", "/sign-in", "Content-Length: many"),
    "a length below nothing": head("POST", "/sign-in", "Content-Length: -1"),
    "two lengths": head("POST", "/sign-in", "Content-Length: 1", "Content-Length: 2") + b"xx",
    "rubbish": b"\0\1\2\3\r\n\r\n",
    "an unknown method": head("BREW", "/"),
    "an old version": b"GET / HTTP/0.9\r\n\r\n",
    "a line break in the address": b"GET /sign-in\nX: y HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "wrong signs in the address": b"GET /%ff%fe%00/\xff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "nul in the address": head("GET", "/customers?q=%00"),
    "trace": head("TRACE", "/"),
    "connect": b"CONNECT evil.example.com:443 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("which", HEADS)
def test_an_odd_request_is_answered_or_dropped_and_breaks_nothing(place: Installation, which: str):
    answer = exchange(place, [HEADS[which]])
    assert answer.status < 500
    assert "granian" not in answer.head.lower()
    assert "evil.example.com" not in answer.head
    assert exchange(place, [head("GET", "/healthz")]).status == 200


def test_two_requests_in_one_are_not_mixed_up(place: Installation):
    """A length and chunks at once: what follows the chunks must not be taken for the next request of somebody."""
    hidden = head("GET", "/nothing-of-yours")
    lines = [f"Content-Length: {5 + len(hidden)}", "Transfer-Encoding: chunked"]
    answer = exchange(place, [head("POST", "/sign-in", *lines) + b"0\r\n\r\n" + hidden])
    assert answer.status in (400, 411)
    assert (answer.head + answer.body).count("HTTP/1.1 ") == 1


def test_slow_bodies_do_not_keep_others_out(place: Installation):
    """Six of the eight threads wait for bodies that never come; pages are still served."""
    waiting = [socket.create_connection(("127.0.0.1", place.port)) for _number in range(6)]
    try:
        for one in waiting:
            one.sendall(head("POST", "/sign-in", FORM, "Content-Length: 100000") + b"--b")
        assert all(exchange(place, [head("GET", "/sign-in")], seconds=10).status == 200 for _number in range(8))
    finally:
        for one in waiting:
            one.close()
