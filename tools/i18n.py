#!/usr/bin/env python3
"""The catalogue of translations: add, extract, compile, check.

Source strings are English and need no catalogue; `locale/zh_Hans/LC_MESSAGES/django.po`
holds the Chinese, sorted, without line numbers and dates, so that two people who add
strings on the same day rarely meet in a merge. Nothing of GNU gettext is needed.
"""

import argparse
import fcntl
import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"
SOURCES = ("guanxi", "config")
HEADER = """\
msgid ""
msgstr ""
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
METHODS = [
    ("**/tests/**", "ignore"),
    ("**.py", "python"),
    ("**/templates/**.*", "jinja2.ext.babel_extract"),
]
# The same settings as guanxi.base.ui.jinja: an id that is cut differently is never found.
OPTIONS = {"**/templates/**.*": {"trimmed": "true", "silent": "false"}}
# How a number is padded may differ between languages; which values are named may not.
PLACEHOLDER = re.compile(r"%(\(\w+\))0?\d*([sd])|(\{\w*\})|(%[sd])")

Key = tuple[str, str | None]


def key_of(message: Message) -> Key:
    """What a translation is found by; of a plural, its singular."""
    msgid = message.id if isinstance(message.id, str) else message.id[0]
    return msgid, message.context


def texts_of(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@contextmanager
def locked() -> Iterator[None]:
    lock = ROOT / ".cache/i18n.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def load(po: Path = PO) -> Catalog:
    text = po.read_bytes() if po.exists() else HEADER.encode()
    return read_po(io.BytesIO(text), locale="zh_Hans", charset="utf-8", abort_invalid=True)


def save(catalog: Catalog, po: Path = PO) -> None:
    body = io.BytesIO()
    write_po(
        body, catalog, width=0, no_location=True, omit_header=True, sort_output=True,
        ignore_obsolete=True,
    )  # fmt: skip
    po.parent.mkdir(parents=True, exist_ok=True)
    draft = po.with_suffix(f".{os.getpid()}")
    draft.write_bytes(HEADER.encode() + body.getvalue())
    draft.replace(po)


def extracted(root: Path = ROOT) -> Catalog:
    catalog = Catalog(locale="zh_Hans", charset="utf-8")
    for source in SOURCES:
        if not (root / source).is_dir():
            continue
        found = extract_from_dir(root / source, method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS)
        for _file, _line, msgid, _comments, context in found:
            catalog.add(msgid, context=context)
    return catalog


def add(pairs: list[tuple[str, str]], *, context: str | None = None, po: Path = PO) -> None:
    """Put translations in, replacing what stood there; safe beside another `add`."""
    with locked():
        catalog = load(po)
        for english, chinese in pairs:
            catalog.delete(english, context)
            catalog.add(english, chinese, context=context)
        save(catalog, po)


def merge(*, prune: bool, root: Path = ROOT, po: Path = PO) -> list[str]:
    """Give every string of the source an entry; `prune` removes those no longer there."""
    with locked():
        catalog, source = load(po), extracted(root)
        known = {key_of(message) for message in catalog}
        wanted = {key_of(message): message for message in source if message.id}
        for key, message in wanted.items():
            if key not in known:
                catalog.add(message.id, context=message.context)
        for key in [key_of(message) for message in catalog if message.id]:
            if prune and key not in wanted:
                catalog.delete(*key)
        save(catalog, po)
    return sorted(msgid for msgid, _context in wanted.keys() - known)


def compile_all(root: Path = ROOT) -> list[Path]:
    written = []
    for po in sorted((root / "locale").glob("*/LC_MESSAGES/*.po")):
        draft = po.with_suffix(f".mo.{os.getpid()}")
        with draft.open("wb") as handle:
            write_mo(handle, load(po))
        written.append(draft.replace(po.with_suffix(".mo")))
    return written


def faults_of(message: Message) -> Iterator[str]:
    msgid = message.id if isinstance(message.id, str) else message.id[-1]
    if message.fuzzy:
        yield f"fuzzy: {msgid!r}"
    for text in texts_of(message):
        if not text:
            yield f"untranslated: {msgid!r}"
        elif set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(msgid)):
            yield f"placeholders differ: {msgid!r} -> {text!r}"


def faults(*, root: Path = ROOT, po: Path = PO) -> list[str]:
    catalog = load(po)
    known = {key_of(message) for message in catalog if message.id}
    wanted = {key_of(message) for message in extracted(root) if message.id}
    found = [f"missing: {msgid!r}" for msgid, _context in wanted - known]
    found += [f"unused: {msgid!r}" for msgid, _context in known - wanted]
    for message in catalog:
        if message.id and key_of(message) in wanted:
            found += faults_of(message)
    return sorted(found)


def pairs_of(arguments: argparse.Namespace) -> list[tuple[str, str]]:
    if not arguments.file:
        return [(arguments.english, arguments.chinese)]
    text = sys.stdin.read() if arguments.file == "-" else Path(arguments.file).read_text("utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line.strip()]
    for line in lines:
        if len(line) != 2:
            sys.exit(f"Two columns with one tab between them are needed: {line!r}")
    return [(line[0].replace("\\n", "\n"), line[1].replace("\\n", "\n")) for line in lines]


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="tools/i18n.py", description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True)
    adding = verbs.add_parser("add", help="add or replace translations")
    adding.add_argument("english", nargs="?")
    adding.add_argument("chinese", nargs="?")
    adding.add_argument("-f", "--file", help="English, tab, Chinese on each line; - reads stdin")
    adding.add_argument("-c", "--context", help="the context of a pgettext string")
    extracting = verbs.add_parser("extract", help="give every string of the source an entry")
    extracting.add_argument("--prune", action="store_true", help="remove entries nothing uses")
    verbs.add_parser("compile", help="write the .mo files the server reads")
    verbs.add_parser("check", help="fail on missing, unused, fuzzy or ill-fitting translations")
    return top


def run_add(arguments: argparse.Namespace) -> int:
    if not arguments.file and not (arguments.english and arguments.chinese):
        sys.exit("Give the English and the Chinese, or a file with -f.")
    add(pairs_of(arguments), context=arguments.context)
    return 0


def run_extract(arguments: argparse.Namespace) -> int:
    for msgid in merge(prune=arguments.prune):
        print(f"new: {msgid!r}")
    return 0


def run_compile(_arguments: argparse.Namespace) -> int:
    compile_all()
    return 0


def run_check(_arguments: argparse.Namespace) -> int:
    found = faults()
    print("\n".join(found) or "Every string has its translation.")
    return 1 if found else 0


def main() -> int:
    arguments = parser().parse_args()
    verbs = {"add": run_add, "extract": run_extract, "compile": run_compile, "check": run_check}
    return verbs[arguments.verb](arguments)


if __name__ == "__main__":
    sys.exit(main())
