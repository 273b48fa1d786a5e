"""What lint cannot say: how code may not be written here."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from .rooms import built, module_of, sources


def files() -> list[Path]:
    return sources(*built())


def test_no_file_is_longer_than_anyone_reads():
    long = {module_of(path): lines for path in files() if (lines := len(path.read_text("utf-8").splitlines())) > 400}
    assert long == {}


def test_there_are_no_signals_and_no_star_imports():
    found = []
    for path in files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                is_signal = (node.module or "").startswith(("django.db.models.signals", "django.dispatch"))
                if is_signal or any(name.name == "*" for name in node.names):
                    found.append(f"{module_of(path)}:{node.lineno}")
    assert found == []


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "manager", "misc"])
def test_modules_are_nouns(word: str):
    assert [module_of(path) for path in files() if path.stem == word] == []


# Each opens connections of its own; what leaves goes through kernel/outgoing.py, mail through channels/mails.py.
CLIENTS = (
    "httpx",
    "httpcore",
    "requests",
    "aiohttp",
    "urllib3",
    "urllib.request",
    "http.client",
    "smtplib",
    "ftplib",
    "minio",
)
APART = {
    "guanxi.base.kernel.outgoing: httpcore",
    "guanxi.core.messaging.channels.mails: smtplib",
    # Asks this machine whether the web process it has just started answers.
    "guanxi.edge.ops.supervisor.welcome: http.client",
    # Reaches the one bucket that the environment names.
    "guanxi.edge.ops.backups.store.bucket: minio",
    "guanxi.edge.ops.backups.store.bucket: urllib3",
}


def test_nothing_else_opens_connections():
    found = set()
    for path in files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{name.name}" for name in node.names)]
            found |= {f"{module_of(path)}: {c}" for c in CLIENTS for n in names if n == c or n.startswith(f"{c}.")}
    assert found - APART == set()
