"""No file of the repository holds a key, a token or a password that opens something real."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.req("SEC-06")
ROOT = Path(__file__).resolve().parents[2]
# Put together here, so that this file does not find itself.
BEGINS = "-----" + "BEGIN"
SHAPES = {
    "private key": re.compile(rf"{BEGINS} (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{{20}}"),
    "access key of a cloud": re.compile(r"\b(?:AKIA|ASIA|LTAI)[A-Z0-9]{16}\b"),
    "token of a code host": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|glpat-[A-Za-z0-9_-]{20})\b"),
    "token of a package index": re.compile(r"\bpypi-AgE[A-Za-z0-9_-]{50,}"),
    "web token": re.compile(r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}"),
    "webhook of a group": re.compile(r"(?:webhook/send\?key=|robot/send\?access_token=)[0-9a-f]{8}-?[0-9a-f]{4,}"),
    "address with a password": re.compile(
        r"\b(?:postgres(?:ql)?|https?|smtps?)://[^\s:/@{}<>\"']+:[^\s/@{}<>\"'$]{6,}@"
    ),
}
# Passwords of made-up servers in documentation and tests.
EXAMPLES = re.compile(r"(?i):(?:password|pass%3Dword|passw0rd|secret|geheim|\.\.\.|…|changeme)@")


def secrets_in(text: str) -> Iterator[str]:
    for name, shape in SHAPES.items():
        yield from (name for found in shape.finditer(text) if not EXAMPLES.search(found[0]))


def tracked() -> list[Path]:
    command = [shutil.which("git") or "git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_tracked_file_holds_one() -> None:
    files = tracked()
    assert len(files) > 1000
    found = [
        (str(path.relative_to(ROOT)), kind) for path in files for kind in secrets_in(path.read_text(errors="ignore"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "planted",
    [
        f"{BEGINS} RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA0Zx1cT9b",
        "key = 'AKIA" + "ABCDEFGHIJKLMNOP'",
        "ghp_" + "a1B2" * 9,
        "pypi-AgE" + "x" * 60,
        "eyJ" + "a" * 20 + ".eyJ" + "b" * 20 + "." + "c" * 30,
        "https://qyapi.example/cgi-bin/webhook/send?key=" + "693a91f6-7xxx"[:8] + "-4bc4",
        "postgresql://crm:" + "Tr0ub4dor" + "@db.example.com/crm",
    ],
)
def test_a_planted_one_is_found(planted: str) -> None:
    assert list(secrets_in(planted))
