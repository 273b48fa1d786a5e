"""What documents promise about limits, times, ways and places is what the code does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.test import Client

from config import env
from guanxi.base.audit import trail
from guanxi.base.org import attempts, passwords, sessions
from guanxi.base.org.attempts import Attempt
from guanxi.base.records.imports.confined import limits as of_files
from guanxi.base.records.own_fields import models as own_fields
from guanxi.base.records.prints import screens as prints
from guanxi.base.records.views import actions as views
from guanxi.base.records.views import segments
from tests.access import api_lines, consequence_lines, contact_lines, custody_lines, lines  # noqa: F401  (fill the matrix)
from tests.access.matrix import CELLS
from tests.web.test_requests import PRODUCT, opens

pytestmark = pytest.mark.req("SEC-06")
ROOT = Path(__file__).parents[2]
MB = 1024 * 1024


def page(name: str) -> str:
    return " ".join((ROOT / "docs" / name).read_text().split())


def lacking(name: str, *promised: str) -> list[str]:
    text = page(name)
    return [words for words in promised if words not in text]


def test_limits_of_the_business():
    wanted = [
        f"{settings.EXPORT_WITHOUT_PERMIT} alone and {settings.EXPORT_WITHOUT_PERMIT_A_DAY:,} a day without permission",
        f"{settings.DOCUMENT_MAX_BYTES // MB} MB a file, {settings.DOCUMENTS_AT_ONCE} files",
        f"or {settings.DOCUMENTS_AT_ONCE_BYTES // MB} MB at once, {settings.DOCUMENTS_PER_RECORD} files",
        f"| {prints.MOST_ROWS:,}; 200 a page |",
        f"| {segments.MOST_CONDITIONS}, 100, {views.MOST_VIEWS} |",
        f"| body of an API call | {settings.DATA_UPLOAD_MAX_MEMORY_SIZE // MB} MB |",
    ]
    assert lacking("reference/limits.md", *wanted) == []
    assert own_fields.MOST_SEARCHABLE == 20
    assert settings.EXPORT_MAX_ROWS == 1_000_000


def test_limits_of_files():
    wanted = [
        f"{of_files.PACKED // MB} MB, {of_files.UNPACKED // MB} MB unpacked, {of_files.MOST_WORKBOOK_ROWS:,} rows",
        f"{of_files.MOST_COLUMNS} columns a sheet, {of_files.MOST_TABLES} sheets",
        f"{of_files.MOST_ROWS:,} rows, {of_files.MOST_COLUMNS} columns",
    ]
    assert lacking("how-to/import-a-spreadsheet.md", *wanted) == []
    kept = (
        f"up to {settings.DOCUMENT_MAX_BYTES // MB} MB each (`DOCUMENT_MAX_MB`), {settings.DOCUMENTS_PER_RECORD} files"
    )
    assert lacking("how-to/keep-files-on-records.md", kept) == []


def test_limits_of_the_sign_in():
    alone, address = Attempt("rep", "203.0.113.9").blocking
    wanted = [
        f"| one login name from one address | {alone.most} failures in {alone.minutes:g} minutes",
        f"| one address | {address.most} failures in an hour |",
        f"| one login name from anywhere | {attempts.ALONE_AN_HOUR} failures in an hour",
        f"doubling up to {attempts.LONGEST_WAIT:g} minutes",
    ]
    assert address.minutes == 60
    assert lacking("reference/settings.md", *wanted) == []


def test_words_that_are_no_passwords():
    common = len(CommonPasswordValidator().passwords)
    least = settings.AUTH_PASSWORD_VALIDATORS[0]["OPTIONS"]["min_length"]
    assert 19_000 < common < 21_000
    assert lacking("reference/signing-in.md", "the 20,000 most common ones", f"At least {least} characters") == []
    named = re.search(r"names of the product and of this sort of program \((.*?), …\)", page("reference/signing-in.md"))
    assert named
    assert set(re.findall(r"`(\w+)`", named[1])) <= passwords.WORDS


WAYS = {
    "account_login": "sign-in page",
    "org:sign_in_again": "its dialog above a form",
    "org:second-factor": "second factor",
    "ops:set-up": "set-up page",
}
# Nobody is signed in by these.
NO_WAYS = {
    "api:nothing",
    "api:openapi",
    "ops:healthz",
    "ops:metrics",
    "ops:readyz",
    "org:language",
    "org:register",
    "privacy:notice",
    "ui:gallery",
    "ui:theme",
}


def test_ways_in():
    """Whatever is open before the sign-in is a way that is documented, or no way in."""
    assert {cell.route for cell in CELLS if cell.is_public} - NO_WAYS == set(WAYS)
    assert lacking("reference/signing-in.md", *WAYS.values(), "API token", "recovery code", "command line") == []


def test_times_of_sessions():
    words = {4: "four", 12: "twelve", 10: "ten"}
    idle = f"ends after {words[settings.SESSION_IDLE_MINUTES // 60]} hours without a request (`SESSION_IDLE_MINUTES`)"
    whole = f"{words[settings.SESSION_COOKIE_AGE // 3600]} hours after the sign-in"
    again = f"asks for password or code again after {words[sessions.PROOF_SECONDS // 60]} minutes"
    assert lacking("reference/signing-in.md", idle, whole, again) == []


@pytest.mark.django_db
def test_as_many_sessions_as_devices(browse: Callable[[str], Client]):
    devices = [Client() for _ in range(12)]
    browse("rep")
    for device in devices:
        device.post("/sign-in", {"login": "rep", "password": "correct horse battery"})
    assert {device.get("/settings/sessions").status_code for device in devices} == {200}
    assert lacking("reference/signing-in.md", "as many as a person has devices; no limit") == []


def test_every_key_has_its_place_in_the_inventory():
    named = set(re.findall(r"`(\w*(?:KEY|PASSWORD|SECRET)\w*)`", (ROOT / "docs/reference/settings.md").read_text()))
    keys = {name for name in named if not name.startswith(("PASSWORD_", "REQUIRE_", "UNMARKED_"))}
    assert len(keys) >= 6
    assert lacking("reference/cryptography.md", *(f"`{name}`" for name in sorted(keys))) == []


# Who opens connections, and by which words the page names where to.
OPENERS = {
    "base/kernel/destinations.py": "WeCom, DingTalk, Feishu",
    "base/kernel/outgoing.py": "WeCom, DingTalk, Feishu",
    "base/kernel/scanner.py": "clamd",
    "core/messaging/channels/mails.py": "the SMTP server",
    "edge/ops/backups/store/bucket.py": "the S3 store",
}


def test_connections():
    """Of what serves people; what the server's own commands ask of this machine leaves it nowhere."""
    found = {path.relative_to(PRODUCT).as_posix() for path in PRODUCT.rglob("*.py") if opens(path.read_text())}
    assert {place for place in found if not place.startswith("edge/ops/") or "/store/" in place} == set(OPENERS)
    assert lacking("reference/limits.md", *OPENERS.values(), "PostgreSQL") == []


def test_what_takes_long(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GUANXI_WEB", "1")
    monkeypatch.delenv("STATEMENT_TIMEOUT", raising=False)
    options = str(env.database_timeouts()["options"])
    statement, lock = (re.search(rf"{name}_timeout=(\d+)s", options) for name in ("statement", "lock"))
    assert statement
    assert lock
    assert lacking("reference/limits.md", f"a statement ends after {statement[1]} s, a lock after {lock[1]} s") == []
    server = (ROOT / "guanxi/edge/ops/supervisor/main.py").read_text()
    assert '"--workers=2"' in server
    assert '"--blocking-threads=4"' in server
    assert lacking("reference/limits.md", "Two processes with four threads") == []


def test_what_is_written_down():
    server = (ROOT / "guanxi/edge/ops/supervisor/main.py").read_text()
    names = re.findall(r"_child\(\"(\w+)\"", server)
    assert len(names) >= 2
    assert lacking("reference/security-log.md", *(f"`DATA_DIR/logs/{name}.log`" for name in names)) == []
    listed = re.search(r"In the trail: (.*?); second factors", page("reference/security-log.md"))
    assert listed
    events = [f"org:account:{name.removeprefix('org:account:')}" for name in re.findall(r"`([\w:]+)`", listed[1])]
    assert len(events) >= 8
    known = {name.key for name in trail.NAMES}
    assert [event for event in events if event not in known] == []


def test_a_promise_that_is_not_kept_is_found():
    assert lacking("reference/limits.md", "7 alone and 2,000 a day without permission")
    assert lacking("reference/signing-in.md", "ends after nine hours")
