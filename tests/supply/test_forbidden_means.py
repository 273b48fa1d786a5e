"""Means that are not used anywhere: each is looked for in the whole product, and a planted one is found."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.req("SEC-06")
ROOT = Path(__file__).parents[2]
PRODUCT = ROOT / "guanxi"


# --- what the linter refuses, with the settings of this project ---

REFUSED = {
    "eval": ("x = eval(input())", "S307"),
    "exec": ("exec(input())", "S102"),
    "a shell": ("import subprocess\nsubprocess.run(input(), shell=True)", "S602"),
    "os.system": ("import os\nos.system(input())", "S605"),
    "pickle": ("import pickle\npickle.loads(b'')", "S301"),
    "marshal": ("import marshal\nmarshal.loads(b'')", "S302"),
    "yaml that builds objects": ("import yaml\nyaml.load('')", "S506"),
    "md5": ("import hashlib\nhashlib.md5(b'')", "S324"),
    "sha1": ("import hashlib\nhashlib.sha1(b'')", "S324"),
    "an old cipher": ("from cryptography.hazmat.primitives.ciphers.algorithms import ARC4\nARC4(b'')", "S304"),
    "a weak mode": ("from cryptography.hazmat.primitives.ciphers.modes import ECB\nECB()", "S305"),
    "guessable numbers": ("import random\nx = random.random()", "S311"),
    "XML that fetches": ("from xml.etree.ElementTree import parse\nparse('x')", "S314"),
    "certificates not looked at": ("import ssl\nssl._create_unverified_context()", "S323"),
    "an old TLS": ("import ssl\nssl.wrap_socket(ssl_version=ssl.PROTOCOL_TLSv1)", "S502"),
    "SQL put together": ("def f(c, x):\n    c.execute('SELECT * FROM t WHERE a = ' + x)", "S608"),
    "an open temporary name": ("import tempfile\ntempfile.mktemp()", "S306"),
    "an archive unpacked blindly": ("import tarfile\ntarfile.open('x').extractall()", "S202"),
}


def complaints(text: str, *, at: str) -> str:
    """A rule a line, as the linter tells them of a file at this place."""
    format_ = ["--no-cache", "--output-format=concise", "--stdin-filename", at, "-"]
    command = [sys.executable, "-m", "ruff", "check", *format_]
    return subprocess.run(command, input=text, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def test_the_linter_refuses_each_dangerous_means():
    text = "\n\n".join(text for text, _rule in REFUSED.values())
    found = complaints(text, at="guanxi/core/customers/planted.py")
    assert [name for name, (_text, rule) in REFUSED.items() if f" {rule} " not in found] == []


def test_the_product_uses_none_of_them():
    rules = ",".join(sorted({rule for _text, rule in REFUSED.values()}))
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "-q", "--select", rules, "guanxi", "config"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


# --- regular expressions, format strings, templates, decoding ---

# Put together from constants of ours; a new one is looked at before it stands here.
PATTERNS = {
    "base/org/passwords.py": 2,
    "base/records/imports/confined/doubt.py": 1,
    "base/records/imports/confined/layout.py": 2,
    "core/rulebooks/engine/shapes.py": 1,
    "core/rulebooks/packs.py": 1,
}
FORMATS = {
    "base/records/imports/changing.py": 1,
    "base/records/imports/finding.py": 1,
    "base/records/imports/making.py": 1,
    "base/ui/jinja.py": 1,
    "core/messaging/channels/papers.py": 2,
    "core/rulebooks/phases/proposing.py": 1,
    "core/rulebooks/screens/about.py": 1,
    "core/rulebooks/screens/listing.py": 2,
    "core/rulebooks/screens/proposals.py": 1,
    "edge/ops/postgres.py": 1,
}
DECODERS = {"unquote", "unquote_plus", "unescape", "from_string", "render_template_string"}
# The password within the address of a database, for the programs of PostgreSQL.
MAY_DECODE = {"edge/ops/dumps.py", "edge/ops/refusals.py"}


def calls(text: str) -> Iterator[tuple[str, ast.expr, list[ast.expr]]]:
    """The name called, what it is called on, and its arguments."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node.func.value, node.args
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node.func, node.args


def loose_patterns(text: str) -> int:
    named = [args for name, on, args in calls(text) if isinstance(on, ast.Name) and on.id == "re" and name != "escape"]
    return sum(1 for args in named if not isinstance(args[0], ast.Constant))


def loose_formats(text: str) -> int:
    return sum(1 for name, on, _args in calls(text) if name in ("format", "format_map") and not _is_ours(on))


def _is_ours(text: ast.expr) -> bool:
    """A text in the code, a constant, or a call that wraps one, such as sql.SQL."""
    if isinstance(text, ast.Call) and text.args:
        return _is_ours(text.args[0])
    name = text.attr if isinstance(text, ast.Attribute) else getattr(text, "id", "")
    return isinstance(text, ast.Constant) or name.isupper()


def decoders(text: str) -> set[str]:
    return {name for name, _on, _args in calls(text)} & DECODERS


def counted(count: object) -> dict[str, int]:
    found = {}
    for file in sorted(PRODUCT.rglob("*.py")):
        if number := count(file.read_text()):  # type: ignore[operator]  (one of the functions above)
            found[file.relative_to(PRODUCT).as_posix()] = number
    return found


def beyond(found: dict[str, int], known: dict[str, int]) -> dict[str, int]:
    return {place: count for place, count in found.items() if count > known.get(place, 0)}


def test_no_pattern_comes_from_a_user():
    found = counted(loose_patterns)
    assert sum(found.values()) >= 3, "some are put together from constants"
    assert beyond(found, PATTERNS) == {}
    assert beyond(found | {"core/customers/planted.py": 1}, PATTERNS)
    assert loose_patterns("re.search(request.GET['q'], text)") == 1


def test_no_format_string_comes_from_a_user():
    found = counted(loose_formats)
    assert sum(found.values()) >= 3
    assert beyond(found, FORMATS) == {}
    assert loose_formats("typed.format(who=actor)") == 1


def test_nothing_is_decoded_twice_and_no_template_is_made_of_text():
    found = {str(f.relative_to(PRODUCT)) for f in PRODUCT.rglob("*.py") if decoders(f.read_text())}
    assert found == MAY_DECODE
    assert decoders("environment.from_string(typed)") == {"from_string"}


# --- scripts and pages ---

SCRIPTS = sorted(path for path in PRODUCT.glob("*/*/static/**/*.js") if "vendor" not in path.parts)
NEVER = {
    "a text run as a program": re.compile(r"\beval\(|new Function\(|document\.write|set(Timeout|Interval)\(\s*[\"'`]"),
    "messages of other windows": re.compile(r"postMessage|addEventListener\(\s*[\"']message[\"']"),
    "something kept in the browser": re.compile(r"(local|session)Storage\.setItem|indexedDB|document\.cookie\s*="),
    "a key of somebody else's choice": re.compile(r"__proto__|\w\[[A-Za-z_.]+\]\s*=[^=]|Object\.assign\(\s*\{"),
    "pasting hindered": re.compile(r"[\"']paste[\"']|onpaste"),
    "a connection of another kind": re.compile(r"new (WebSocket|EventSource|RTCPeerConnection)\b"),
}
MARKUP = re.compile(r"\.(inner|outer)HTML\s*=|insertAdjacentHTML")
# A page of problems that our own server drew.
MAY_SET_MARKUP = {"requests.js"}


def test_no_script_uses_them():
    assert len(SCRIPTS) >= 8
    found = {(path.name, name) for path in SCRIPTS for name, sign in NEVER.items() if sign.search(path.read_text())}
    assert found == set()
    assert {path.name for path in SCRIPTS if MARKUP.search(path.read_text())} == MAY_SET_MARKUP


@pytest.mark.parametrize(
    "text",
    ["eval(x)", "window.addEventListener('message', f)", "sessionStorage.setItem('a', b)", "made[key] = value",
     "field.addEventListener('paste', stop)", "new WebSocket(url)"],
)  # fmt: skip
def test_a_script_that_does_is_found(text: str):
    assert any(sign.search(text) for sign in NEVER.values())


CHANNELS = {"address", "secret"}
PASSWORD = re.compile(r"\{\{[^}]*kind=\"password\"[^\n]*\}\}|<input[^>]*type=\"password\"[^>]*>")


def test_passwords_are_masked_and_may_be_filled_in_by_a_manager():
    templates = [path.read_text() for path in PRODUCT.rglob("templates/**/*.html")]
    fields = [found.group() for text in templates for found in PASSWORD.finditer(text)]
    own = [field for field in fields if 'autocomplete": "off' not in field and 'autocomplete="off' not in field]
    assert len(own) >= 5
    assert all("current-password" in field or "new-password" in field for field in own)
    # What is left are addresses and secrets of channels, which no manager of passwords should offer.
    assert {name for field in fields if field not in own for name in re.findall(r'field\("(\w+)"', field)} <= CHANNELS
    named = [
        line for text in templates for line in text.splitlines() if re.search(r"name=\"password|\"password\"", line)
    ]
    assert [line for line in named if 'type="text"' in line or 'kind="text"' in line] == []
