"""Stands between the web process and PostgreSQL, and can swallow everything, or be away."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Proxy:
    def __init__(self, folder: Path, target: Path) -> None:
        self.path, self.target = folder / ".s.PGSQL.5432", target
        self.flows = threading.Event()
        self.flows.set()
        self.swallowed = 0
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(self.path))
        self._door.listen(64)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(self.target))
        threading.Thread(target=self._pass, args=(server, client), daemon=True).start()
        self._pass(client, server)

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                if not self.flows.is_set():
                    self.swallowed += 1
                    self.flows.wait()
                target.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, target):
                end.close()

    def close(self) -> None:
        self.flows.set()
        self._door.close()
        self.path.unlink(missing_ok=True)


@contextmanager
def proxy(folder: Path, target: Path) -> Iterator[Proxy]:
    made = Proxy(folder, target)
    try:
        yield made
    finally:
        made.close()
