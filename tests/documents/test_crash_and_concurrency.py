"""Whatever ends where: no row without its file, what was left behind is swept, versions have no gaps (I9, MLPS-6)."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.kernel.space import NoRoom
from guanxi.core.customers.actions import create_customer
from guanxi.core.customers.models import Customer
from guanxi.core.documents.actions import add_version, attach_files
from guanxi.core.documents.models import Document, DocumentVersion
from guanxi.core.documents.storage import store, verified
from guanxi.core.documents.upkeep import GRACE_SECONDS, missing_files, sweep

from .conftest import Attached, incoming

Actors = Callable[[str], Actor]
Customers = Callable[..., Customer]


def names() -> set[str]:
    return {found.name for found in store().every()}


def a_day_older(place: Path) -> None:
    before = time.time() - GRACE_SECONDS - 60
    os.utime(place, (before, before))


@pytest.mark.django_db
def test_a_transaction_that_fails_leaves_a_file_that_is_swept_a_day_later(
    actor: Actors, customer_of: Customers, attached: Attached
) -> None:
    customer = customer_of("rep")
    kept = attached("rep", "customer", customer.pk, content=b"kept")
    before = names()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        fails_after_storing(customer.pk, actor("rep"))
    left = names() - before
    assert len(left) == 1
    sweep()
    assert left <= names(), "whoever uploads now is not disturbed"
    for name in names():
        a_day_older(store()._at(".", name))
    assert sweep() >= 1
    assert not left & names()
    version = DocumentVersion.objects.get(document=kept)
    assert verified(version.stored, version.sha256).read() == b"kept"


def fails_after_storing(customer_id: int, who: Actor) -> None:
    attach_files("customer", customer_id, [incoming("x.txt", b"lost")], actor=who)
    raise ZeroDivisionError


@pytest.mark.django_db
def test_a_file_half_written_is_never_named_and_swept(customer_of: Customers, attached: Attached) -> None:
    class Breaks:
        def read(self, size: int) -> bytes:
            raise OSError(errno.EIO, "the line broke")

    before = names()
    with pytest.raises(OSError, match="the line broke"):
        store().put(Breaks())  # type: ignore[arg-type]  # all that put() asks of a file
    assert names() == before
    assert list(store().half_written()) == []
    left = store().root / "incoming" / "0123.part"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"half")
    sweep()
    assert left.exists()
    a_day_older(left)
    sweep()
    assert not left.exists()


@pytest.mark.django_db
def test_a_full_disk_is_said_in_words_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = names()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoRoom):
        store().put(incoming("x.txt", b"much").file)
    assert names() == before


@pytest.mark.django_db
def test_a_row_whose_file_went_is_reported(customer_of: Customers, attached: Attached) -> None:
    document = attached("rep", "customer", customer_of("rep").pk)
    version = DocumentVersion.objects.get(document=document)
    assert version.pk not in missing_files()
    store().drop(version.stored)
    assert version.pk in missing_files()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("company")
def test_versions_added_at_once_are_numbered_without_gaps(actor: Actors) -> None:
    rep = actor("rep")
    customer = create_customer({"kind": "person", "name": "崔强", "phone": "13800007777"}, actor=rep)
    document = attach_files("customer", customer.pk, [incoming()], actor=rep)[0]
    failed: list[Exception] = []

    def add(number: int) -> None:
        try:
            add_version(document.pk, incoming(f"{number}.txt", b"%d" % number), actor=actor("rep"))
        except Exception as problem:
            failed.append(problem)
        finally:
            connection.close()

    in_threads(add, 8)
    assert failed == []
    versions = DocumentVersion.objects.filter(document=document).order_by("number")
    assert list(versions.values_list("number", flat=True)) == list(range(1, 10))
    assert Document.objects.get(id=document.pk).latest == 9
    for version in versions:
        verified(version.stored, version.sha256).close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("company")
def test_files_put_at_once_don_t_pass_the_limit_together(actor: Actors, settings: Any) -> None:
    settings.DOCUMENTS_PER_RECORD = 3
    rep = actor("rep")
    customer = create_customer({"kind": "person", "name": "崔强", "phone": "13800007778"}, actor=rep)
    refused: list[Invalid] = []

    def put(number: int) -> None:
        try:
            attach_files("customer", customer.pk, [incoming(f"{number}.txt")], actor=actor("rep"))
        except Invalid as problem:
            refused.append(problem)
        finally:
            connection.close()

    in_threads(put, 6)
    assert Document.objects.on("customer", customer.pk).count() == 3
    assert len(refused) == 3


def in_threads(work: Callable[[int], None], count: int) -> None:
    threads = [threading.Thread(target=work, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
