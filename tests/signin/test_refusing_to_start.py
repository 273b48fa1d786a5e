"""What does not start, and what is said then."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from guanxi.edge.ops import doctor, refusals
from guanxi.edge.ops.installation import Installation
from tests.installation import GUANXI, OWN, ROOT, free_port

pytestmark = pytest.mark.req("SEC-06")
KEY = "k" * 50
UNSAFE = {
    "debug for others": ({"DEBUG": "1", "ALLOWED_HOSTS": "crm.example.com", "BEHIND_TLS": "1"}, "DEBUG=1"),
    "no TLS for others": ({"ALLOWED_HOSTS": "localhost,crm.example.com"}, "BEHIND_TLS"),
    "everybody": ({"ALLOWED_HOSTS": "*"}, "BEHIND_TLS"),
    "short key": ({"SECRET_KEY": "short"}, "SECRET_KEY"),
    "known key": ({"SECRET_KEY": "django-insecure-" + "k" * 40}, "SECRET_KEY"),
}
SAFE = [
    {},
    {"SECRET_KEY": KEY},
    {"DEBUG": "1"},
    {"DEBUG": "1", "ALLOWED_HOSTS": "localhost,127.0.0.1"},
    {"ALLOWED_HOSTS": "crm.example.com", "BEHIND_TLS": "1"},
    {"ALLOWED_HOSTS": "192.168.1.20", "ALLOW_PLAIN_HTTP": "1"},
]


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    made = Installation(tmp_path / "data", free_port(), "", demo=False)
    made.furnish()
    return made


@pytest.mark.parametrize("case", UNSAFE)
def test_an_unsafe_setting_is_named(case: str, here: Installation) -> None:
    given, word = UNSAFE[case]
    assert [word in fault for fault in refusals.faults(here, given)] == [True]


@pytest.mark.parametrize("given", SAFE, ids=str)
def test_a_safe_one_is_left_in_peace(given: dict[str, str], here: Installation) -> None:
    assert refusals.faults(here, given) == []


def test_a_secret_that_others_can_read_is_named(here: Installation) -> None:
    (here.data / "secret_key").chmod(0o644)
    assert "chmod 600" in refusals.faults(here, {})[0]


def test_guanxi_up_ends_with_these_words_and_starts_nothing(tmp_path: Path) -> None:
    given = {k: v for k, v in os.environ.items() if k not in OWN}
    given |= {"DATA_DIR": str(tmp_path / "data"), "PORT": str(free_port()), "ALLOWED_HOSTS": "crm.example.com"}
    done = subprocess.run([*GUANXI, "up"], env=given, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "BEHIND_TLS=1" in done.stderr
    assert not (tmp_path / "data/postgres").exists()


def test_the_doctor_says_the_same(here: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "crm.example.com")
    found = doctor.refused(here)
    assert (found.is_fine, "BEHIND_TLS" in found.text) == (False, True)
