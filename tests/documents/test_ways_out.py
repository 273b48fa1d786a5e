"""Every way on which a file of a record can leave: what is secret leaves on none of them without a mark (SEC-11)."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from django.http import HttpResponseBase
from django.test import Client

import guanxi
from guanxi.core.customers.models import Customer
from guanxi.core.documents.drawing import draw_waiting
from guanxi.core.documents.models import Document
from guanxi.core.documents.screens import sending
from guanxi.core.documents.storage import store
from tests.access.routes import every_route

from .conftest import Attached, pdf, picture

pytestmark = [pytest.mark.req("SEC-11")]
ROOT = Path(guanxi.__file__).parent
# What opens the store, and the modules that may: all but the last hand nothing out.
OPENS = {"verified", "store", "Folder"}
MAY_OPEN = {
    "core/documents/storage.py",
    "core/documents/actions/document.py",
    "core/documents/drawing.py",
    "core/documents/scanning.py",
    "core/documents/upkeep.py",
    "core/documents/verdicts.py",
    "core/documents/personal.py",
    "core/documents/screens/sending.py",
}
# The folder itself: sets of backups, which are sealed, and what brings them back.
MAY_GO_THERE = {"core/documents/storage.py"} | {
    f"edge/ops/backups/{name}.py" for name in ("making", "shipping", "restoring")
}
CANARY = b"% canary-of-a-secret-page-7301"
WORDS = re.compile(rb"<534543524554")
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


def opens_the_store(source: str) -> bool:
    """By the names that a module imports from the room, or the module of the store itself."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("storage"):
            return any(name.name in OPENS for name in node.names)
        if isinstance(node, ast.ImportFrom | ast.Import) and any(name.name.endswith("storage") for name in node.names):
            return True
    return False


def modules() -> Iterator[tuple[str, str]]:
    for path in ROOT.rglob("*.py"):
        yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")


def openers(sources: Mapping[str, str]) -> set[str]:
    return {name for name, source in sources.items() if "storage" in source and opens_the_store(source)}


def test_no_other_module_opens_the_store_and_a_planted_one_is_found() -> None:
    sources = dict(modules())
    assert len(sources) > 500
    assert openers(sources) | {"core/documents/storage.py"} == MAY_OPEN
    assert {name for name, source in sources.items() if '/ "files"' in source} == MAY_GO_THERE
    for planted in (
        "from guanxi.core.documents.storage import verified",
        "from ..core.documents.storage import Folder as Shelf",
        "from guanxi.core.documents import storage",
        "import guanxi.core.documents.storage",
    ):
        assert openers(sources | {"edge/api/files.py": planted}) - MAY_OPEN == {"edge/api/files.py"}


def answers(client: Client, document: Document, *, of: str = "") -> Iterator[tuple[str, HttpResponseBase]]:
    """Of every address that can be asked for, with this document and its record wherever one has a place for an id."""
    given = {"document_id": str(document.pk), "number": "1", "kind": document.record_kind}
    client.raise_request_exception = False
    for route in every_route():
        if "(?P" in route.path or "^" in route.path or not route.name.startswith(of):
            continue
        place = PLACE.sub(lambda found: given.get(found.group(1), str(document.record_id)), route.path)
        if not place.startswith(("sign-out", "static")):
            yield route.name, client.get(f"/{place}")


def body(answer: HttpResponseBase) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]  # either kind has one


def handing_out(client: Client, document: Document, *, of: str = "", least: int) -> dict[str, bool]:
    """By name, the addresses that gave the page of the file away: whether with its mark."""
    asked, found = 0, {}
    for name, answer in answers(client, document, of=of):
        asked += 1
        content = body(answer)
        if CANARY in content:
            found[name] = bool(WORDS.search(content))
    assert asked >= least
    return found


@pytest.mark.django_db
def test_of_all_addresses_two_hand_out_a_file_and_both_mark_it(
    browse: Callable[[str], Client],
    customer_of: Callable[..., Customer],
    attached: Attached,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = attached("rep", "customer", customer_of("rep").pk, content=pdf((595, 842), content=CANARY))
    client = browse("gm")
    assert handing_out(client, document, least=250) == {"documents:file": True, "documents:version": True}
    monkeypatch.setattr(sending, "is_markable", lambda version: False)
    found = handing_out(client, document, of="documents:", least=7)
    assert found == {"documents:file": False, "documents:version": False}, "planted: both without a mark"


@pytest.mark.django_db
def test_no_address_hands_out_a_picture_as_it_is_kept(
    browse: Callable[[str], Client],
    customer_of: Callable[..., Customer],
    attached: Attached,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = picture(640, 480)
    document = attached("rep", "customer", customer_of("rep").pk, content=original)
    draw_waiting()
    small = store().picture(document.versions.get().stored)
    assert small
    client = browse("gm")

    def given_away() -> set[str]:
        got = {name: body(answer) for name, answer in answers(client, document, of="documents:")}
        assert len(got) >= 7
        return {name for name, content in got.items() if original in content or small in content}

    assert given_away() == set()
    monkeypatch.setattr(sending, "preview_words", lambda version, actor: "")
    assert given_away() == {"documents:picture"}, "planted: the small picture without a mark"
    monkeypatch.setattr(sending, "mark_for", lambda version, actor: None)
    assert given_away() == {"documents:file", "documents:version", "documents:picture"}
