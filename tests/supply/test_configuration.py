"""How the product is set up where a standard asks for a figure: ciphers, digests, names of cookies, what is served."""

from __future__ import annotations

import ast
import logging
import os
import ssl
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from math import log2
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import outgoing
from guanxi.base.org import factors
from guanxi.base.org.actions import factor
from guanxi.edge.ops.backups.keys import Key
from guanxi.edge.ops.logs import Formatter

pytestmark = pytest.mark.req("SEC-06")
ROOT = Path(__file__).parents[2]
PRODUCT = ROOT / "guanxi"
PAGE = ROOT / "docs/reference/cryptography.md"


# --- ciphers, digests, keys ---

LIBRARIES = ("cryptography", "hashlib", "hmac", "ssl", "nacl", "Crypto", "jwt", "jose", "django.core.signing")
MEANS = {
    "hashlib": {"sha256", "blake2b"},
    "hmac": {"new", "compare_digest"},
    "ssl": {"create_default_context", "SSLContext", "SSLError"},
    "signing": {"BadSignature", "Signer", "dumps", "loads"},
    "cryptography": {
        "AESGCM",
        "Fernet",
        "HKDF",
        "InvalidTag",
        "InvalidToken",
        "MultiFernet",
        "SHA1",
        "SHA256",
        "TOTP",
    },
}


def means_in(text: str) -> set[tuple[str, str]]:
    """Which library of ciphers and digests, and what of it."""
    found: set[tuple[str, str]] = set()
    for node in ast.walk(ast.parse(text)):
        module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        if module.startswith(LIBRARIES):
            found |= {(module.removeprefix("django.core.").split(".")[0], alias.name) for alias in node.names}
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in MEANS:
            found.add((node.value.id, node.attr))
    return found


def users() -> dict[str, set[tuple[str, str]]]:
    found = {path.relative_to(ROOT).as_posix(): means_in(path.read_text()) for path in sorted(PRODUCT.rglob("*.py"))}
    return {place: means for place, means in found.items() if means}


def strangers(means: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(library, name) for library, name in means if name not in MEANS.get(library, set())}


def test_only_approved_means_are_used_and_each_place_stands_in_the_inventory():
    found, page = users(), PAGE.read_text()
    assert len(found) >= 20
    assert {place: strangers(means) for place, means in found.items() if strangers(means)} == {}
    assert [place for place in found if f"`{place}`" not in page] == []


@pytest.mark.parametrize(
    "text", ["import hashlib\nhashlib.md5(b'')", "from cryptography.hazmat.primitives.ciphers.modes import ECB",
             "import hmac\nhmac.digest(b'', b'', 'sha1')", "from jwt import decode"]
)  # fmt: skip
def test_another_means_is_found(text: str):
    assert strangers(means_in(text))


def test_passwords_are_stored_with_argon2id_at_current_costs():
    listed = "from config import settings; print(settings.PASSWORD_HASHERS)"
    assert "['django.contrib.auth.hashers.Argon2PasswordHasher']" in said_with({}, listed)
    hasher = Argon2PasswordHasher()
    assert hasher.encode("a", "b" * 16).startswith("argon2$argon2id$")
    assert hasher.memory_cost >= 19 * 1024
    assert hasher.time_cost >= 2


def test_keys_and_codes_are_long_enough():
    assert len(Key.new().secret) * 8 == 256
    assert len(VALID_KEY_CHARS) ** 32 >= 2**128, "of a session"
    assert len(factors.new_secret()) * 5 >= 160, "of the second factor"
    assert log2(len(factor.ALPHABET)) * 12 >= 20, "what is secret of a recovery code"


def test_outgoing_calls_speak_a_present_tls_and_look_at_certificates():
    context = outgoing._trust()
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


# --- cookies and served files ---


def said_with(given: dict[str, str], program: str) -> str:
    """What a program says that starts with this environment."""
    usual = {k: v for k, v in os.environ.items() if k not in ("BEHIND_TLS", "DEBUG")}
    environment = usual | {"SECRET_KEY": "k" * 50, "DJANGO_SETTINGS_MODULE": "config.settings"} | given
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


COOKIES = """
from config import settings as s
names = [s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.DEVICE_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME, s.THEME_COOKIE_NAME]
print(names)
print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.DEBUG)
"""


def test_behind_tls_every_cookie_is_of_this_host_alone():
    assert said_with({"BEHIND_TLS": "1"}, COOKIES).count("__Host-") == 5
    assert said_with({"BEHIND_TLS": "1"}, COOKIES).strip().endswith("True True False")
    assert "__Host-" not in said_with({}, COOKIES), "a browser would drop them without TLS"


HIDDEN = [
    "/.git/config",
    "/.git/HEAD",
    "/static/",
    "/static/ui/",
    "/static/../config/settings.py",
    "/data/secret_key",
]


@pytest.mark.django_db
@pytest.mark.parametrize("path", HIDDEN)
def test_neither_the_repository_nor_a_list_of_files_is_served(path: str):
    assert Client().get(path).status_code == 404


@pytest.mark.django_db
def test_there_are_no_other_cookies(browse: Callable[[str], Client], settings: LazySettings):
    """Each that the product sets, secure where the session's is."""
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    client.get("/sign-in")
    client.post("/sign-in", {"login": browse("rep") and "rep", "password": "correct horse battery"})
    client.post("/theme", {"theme": "dark"})
    client.post("/language", {"language": "en"})
    named = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.DEVICE_COOKIE_NAME)
    assert set(client.cookies) == {*named, settings.LANGUAGE_COOKIE_NAME, settings.THEME_COOKIE_NAME}
    assert [name for name, cookie in client.cookies.items() if not cookie["secure"]] == []


# --- what is written down ---


def test_lines_of_the_log_name_their_time_zone():
    record = logging.LogRecord("guanxi.access", logging.INFO, "", 0, "x", (), None)
    line = Formatter("{asctime} {levelname} {message}", style="{").format(record)
    told = datetime.fromisoformat(line.split(" ")[0])
    assert told.utcoffset() is not None
    assert abs(told.timestamp() - record.created) < 0.01


@pytest.mark.django_db
def test_a_sign_in_that_failed_is_in_the_trail_with_its_address():
    Client(REMOTE_ADDR="203.0.113.9").post("/sign-in", {"login": "nobody-here", "password": "wrong wrong wrong"})
    entry = Entry.objects.get(name="org:account:sign_in_failed")
    assert entry.address == "203.0.113.9"
    assert "nobody-here" not in f"{entry.changes}{entry.personal}"


@pytest.mark.django_db
def test_a_refusal_is_in_the_log_with_its_account(browse: Callable[[str], Client], caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, logger="guanxi.access"):
        assert browse("rep").get("/settings/trail").status_code == 403
    line = caplog.messages[-1]
    assert " 403 " in line
    assert "account=-" not in line


@pytest.mark.django_db
def test_every_page_leads_out(browse: Callable[[str], Client]):
    client = browse("rep")
    for page in ("/", "/customers", "/search", "/settings/sessions"):
        assert 'action="/sign-out"' in client.get(page).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"PROMOTION_NEEDS_CONSENT": "refused"},
        {"DORMANT_DAYS": "-1"},
        {"PASSWORD_DAYS": "-1"},
        {"STATEMENT_TIMEOUT": "-1", "GUANXI_WEB": "1"},
        {"REQUIRE_SECOND_FACTOR": "privilege"},
    ],
)
def test_a_setting_that_was_mistyped_does_not_mean_the_laxer_thing(wrong: dict[str, str]) -> None:
    """`refused` is not `refuse`, and a negative number of days closes no account: it does not start."""
    given = os.environ | {"SECRET_KEY": "x" * 50, "DATABASE_URL": "postgresql://x@localhost/x"} | wrong
    done = subprocess.run([sys.executable, "-c", "import config.settings"], env=given, cwd=ROOT, capture_output=True)
    assert done.returncode == 1
    assert next(iter(wrong)) in done.stderr.decode()
