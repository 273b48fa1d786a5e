"""A receiver on this machine: what robots of WeCom, DingTalk and Feishu answer, and how they can fail."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET = "SEC-of-the-group-0123456789"
KEY = "key-of-the-group"


@dataclass
class Got:
    path: str
    query: dict[str, str]
    body: dict[str, Any]


@dataclass
class Receiver:
    """`behave` decides about the next request: an answer (status, body), or "drop" after reading it."""

    port: int
    got: list[Got] = field(default_factory=list)
    behave: Callable[[Got], tuple[int, Any] | str] = field(default=lambda got: judge(got))
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def address(self, provider: str) -> str:
        paths = {
            "wecom": f"/cgi-bin/webhook/send?key={KEY}",
            "dingtalk": f"/robot/send?access_token={KEY}",
            "feishu": f"/open-apis/bot/v2/hook/{KEY}",
        }
        return self.place + paths[provider]


def sign(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


def judge(got: Got) -> tuple[int, Any]:
    """As the providers document it."""
    if got.path.startswith("/cgi-bin/webhook/send"):
        content = got.body.get("markdown", {}).get("content", "")
        is_short = 0 < len(content.encode()) <= 4096
        return 200, {"errcode": 0 if got.query.get("key") == KEY and is_short else 93000, "errmsg": ""}
    if got.path.startswith("/robot/send"):
        stamp = got.query.get("timestamp", "0")
        is_right = got.query.get("sign") == sign(SECRET, f"{stamp}\n{SECRET}") and len(stamp) == 13
        return 200, {"errcode": 0 if is_right else 310000, "errmsg": ""}
    stamp = str(got.body.get("timestamp", ""))
    is_right = got.body.get("sign") == sign(f"{stamp}\n{SECRET}", "") and len(stamp) == 10
    return 200, {"code": 0 if is_right else 19021, "msg": ""}


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("content-length", 0)))
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            got = Got(parts.path, query, json.loads(raw or b"{}"))
            receiver.got.append(got)
            answer = receiver.behave(got)
            if isinstance(answer, str):
                self.close_connection = True
                return
            status, body = answer
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def watching(host: str = "127.0.0.1", port: int = 0) -> Iterator[tuple[int, list[Any]]]:
    """A port and the connections that came to it; nobody answers there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    came: list[Any] = []
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
        listener.settimeout(0.05)
        stop = threading.Event()

        def accept() -> None:
            while not stop.is_set():
                try:
                    connection, peer = listener.accept()
                except TimeoutError:
                    continue
                came.append(peer)
                connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1], came
        finally:
            stop.set()
            thread.join()
            take_waiting(listener, came)


def take_waiting(listener: socket.socket, came: list[Any]) -> None:
    """What connected but was not accepted yet stands in the queue and counts as well."""
    listener.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            connection, peer = listener.accept()
            came.append(peer)
            connection.close()
