"""One set: what it brings back, what it stands on, its files with place, size, checksum and age (OPS-12)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.web import ActorRequest, needs

from .. import chains, looking
from ..models import KeptSet
from ..places import this_store
from ..sets import BackupSet, Stored
from ..store import SealedStore
from . import words
from .overview import rights

PAGE = 100


@needs("backup", "read")
@require_GET
def one_set(request: ActorRequest, set_pk: int) -> HttpResponse:
    row = KeptSet.objects.filter(id=set_pk).first()
    if row is None:
        raise Missing()
    context = {
        "row": row,
        "chain": chain_of(row),
        "kinds": words.KINDS,
        "parts": words.PARTS,
        "now": clock.now(),
        **rights(request),
        **files_of(request, row),
    }
    return ui.page(request, "ops/backup_set.html", context)


def chain_of(row: KeptSet) -> list[KeptSet]:
    """The full one first; what is missing ends it."""
    chain = [row]
    while chain[0].parent and len(chain) < 1000:
        parent = KeptSet.objects.filter(set_id=chain[0].parent, gone_at=None).first()
        if parent is None:
            break
        chain.insert(0, parent)
    return chain


def files_of(request: ActorRequest, row: KeptSet) -> dict[str, Any]:
    """Read from the place itself: when that does not answer, the rest of the page is shown all the same."""
    if row.gone_at:
        return {"files": [], "trouble": "", "label": ""}
    try:
        store = this_store()
        made = chains.read(store, row.set_id)
        return {
            "files": _listed(store, made, _start(request)),
            "label": store.shelf.label,
            **_paging(request, row, made),
        }
    except (*looking.TROUBLES,) as problem:
        trouble, detail = looking.trouble_of(problem)
        return {"files": [], "trouble": words.TROUBLES[trouble], "detail": detail, "label": ""}


def _start(request: ActorRequest) -> int:
    text = request.GET.get("from", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _listed(store: SealedStore, made: BackupSet, start: int) -> list[tuple[Stored, datetime | None]]:
    ordered = sorted(made.objects, key=lambda stored: (stored.name.startswith("objects/"), stored.name))
    shown = ordered[start : start + PAGE]
    prefixes = {stored.name.rpartition("/")[0] + "/" for stored in shown}
    at = {entry.name: entry.at for prefix in prefixes for entry in store.entries(prefix)}
    return [(stored, at.get(stored.name)) for stored in shown]


def _paging(request: ActorRequest, row: KeptSet, made: BackupSet) -> dict[str, Any]:
    start, here = _start(request), f"/settings/backups/sets/{row.pk}"
    newer = f"{here}?from={max(0, start - PAGE)}" if start else ""
    older = f"{here}?from={start + PAGE}" if start + PAGE < len(made.objects) else ""
    return {"paging": ui.Paging(newer, older, min(PAGE, max(0, len(made.objects) - start)))}
