"""What a crash or a giving-up leaves behind: files that no row ever pointed to, and rows whose file went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from guanxi.base.kernel.leftovers import with_age

from .models import DocumentVersion
from .storage import Found, store

# Whoever uploads now commits within minutes.
GRACE_SECONDS = 24 * 3600
AT_ONCE = 1000


def sweep() -> int:
    """Removes what is a day old and belongs to no row; answers how many."""
    gone = 0
    for found in _batches(store().every()):
        old = {one.name for one in found if one.age > GRACE_SECONDS}
        for name in old - _known(old):
            store().drop(name)
            gone += 1
    for path, age in with_age(store().half_written()):
        if age > GRACE_SECONDS:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def missing_files() -> list[int]:
    """Versions whose file is not there, by id: nothing the product does can cause it, so it is reported."""
    there = {found.name for found in store().every()}
    rows = DocumentVersion.objects.order_by("id").values_list("id", "stored")
    return [pk for pk, name in rows.iterator(chunk_size=AT_ONCE * 10) if name not in there]


def _known(names: set[str]) -> set[str]:
    return set(DocumentVersion.objects.filter(stored__in=names).values_list("stored", flat=True)) if names else set()


def _batches(found: Iterable[Found]) -> Iterator[list[Found]]:
    rows = iter(found)
    while batch := list(islice(rows, AT_ONCE)):
        yield batch
