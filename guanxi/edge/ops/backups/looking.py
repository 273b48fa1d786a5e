"""What lies on the store, written down for the page: so that it opens at once, also while the store does not answer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from guanxi.base.kernel import clock
from guanxi.edge.ops.installation import Installation

from . import chains, verifying
from .catalogue import is_manifest
from .keys import BadKey
from .models import BackupPlace, KeptSet
from .places import this_installation, this_place
from .servers import Failed, source_of
from .sets import BackupSet, Damaged
from .store import Misplaced, Place, SealedStore, Unreachable, open_store

TROUBLES: dict[type[Exception], str] = {
    Misplaced: "settings",
    Unreachable: "unreachable",
    BadKey: "key",
    Damaged: "damaged",
    Failed: "failed",
}
DETAIL = 600


def trouble_of(problem: Exception) -> tuple[str, str]:
    """Its kind, and the words of our own programs; those of others could hold anything."""
    for kind, name in TROUBLES.items():
        if isinstance(problem, kind):
            return name, str(problem)[:DETAIL]
    return "unexpected", type(problem).__name__


def look(here: Installation | None = None) -> BackupPlace:
    """Reads the manifests it does not know yet. Never raises for what is wrong with the place: it writes it down."""
    here, place = here or this_installation(), this_place()
    found = BackupPlace(id=1, looked_at=clock.now(), label=place.target or str(place.folder), is_same_disk=False)
    try:
        refuse_another_disk(place)
        found.is_same_disk = place.is_same_disk
        store = open_store(place)
        found.label = store.shelf.label
        found.bytes = write_down(store)
        found.method, found.server = _server(here)
    except (*TROUBLES,) as problem:
        found.trouble, found.detail = trouble_of(problem)
    _save(found)
    return found


def refuse_another_disk(place: Place) -> None:
    """A drive that is not mounted leaves an empty folder on the disk of the data. Raises Unreachable, so that nothing
    is written there and what lies on the drive is not taken for gone."""
    before = BackupPlace.objects.filter(id=1, is_same_disk=False, label=str(place.folder.resolve())).exists()
    if before and place.is_same_disk:
        raise Unreachable(
            f"{place.folder} is on the disk of the data now, and was another one before: is it mounted? "
            "If this is meant, set BACKUP_TARGET to another folder."
        )


def _save(found: BackupPlace) -> None:
    """What the server can do is remembered while the place is in trouble."""
    before = BackupPlace.objects.filter(id=1).first()
    if before and not found.method:
        found.method, found.server = before.method, before.server
    BackupPlace.objects.update_or_create(
        id=1, defaults={f.name: getattr(found, f.name) for f in BackupPlace._meta.fields if f.name != "id"}
    )


def _server(here: Installation) -> tuple[str, str]:
    source = source_of(here)
    return str(source.method), f"PostgreSQL {source.major}"


def write_down(store: SealedStore) -> int:
    """The bytes that lie there."""
    entries = store.entries()
    there = {entry.name.split("/")[1] for entry in entries if is_manifest(entry.name)}
    known = set(KeptSet.objects.filter(trouble="").values_list("set_id", flat=True))
    rows = [_row(store, set_id) for set_id in sorted(there - known)]
    verified = {entry.name.split("/")[1] for entry in entries if entry.name.endswith(f"/{chains.VERIFIED}")}
    with transaction.atomic():
        for row in rows:
            KeptSet.objects.update_or_create(set_id=row.set_id, defaults=_values(row))
        KeptSet.objects.exclude(set_id__in=there).filter(gone_at=None).update(gone_at=clock.now())
        KeptSet.objects.filter(set_id__in=there).exclude(gone_at=None).update(gone_at=None)
    _read_marks(store, verified & there)
    return sum(entry.size for entry in entries)


def _row(store: SealedStore, set_id: str) -> KeptSet:
    try:
        return row_of(chains.read(store, set_id))
    except Damaged as problem:
        return KeptSet(set_id=set_id, trouble=str(problem)[:DETAIL])


def row_of(made: BackupSet) -> KeptSet:
    own = sum(stored.size for stored in made.objects if stored.name.startswith(chains.place(made.id)))
    return KeptSet(
        set_id=made.id,
        kind=made.kind,
        method=made.method,
        parent=made.parent or "",
        finished_at=datetime.fromisoformat(made.finished_at),
        release=made.release,
        server_version=made.server_version,
        key_check=made.key_check,
        remark=made.remark,
        size=made.size,
        own_size=own,
        objects_count=len(made.objects),
    )


KEPT = ("id", "set_id", "verified_at", "is_good", "verdict")


def _values(row: KeptSet) -> dict[str, object]:
    return {field.name: getattr(row, field.name) for field in KeptSet._meta.fields if field.name not in KEPT}


def _read_marks(store: SealedStore, verified: set[str]) -> None:
    """What the command found, or what was found before this database was restored."""
    for row in KeptSet.objects.filter(set_id__in=verified, is_good=None):
        if found := verifying.read(store, row.set_id):
            keep_verdict(found)


def keep_verdict(found: verifying.Verification) -> None:
    KeptSet.objects.filter(set_id=found.set).update(
        is_good=found.is_good, verified_at=datetime.fromisoformat(found.at), verdict="\n".join(found.findings)[:DETAIL]
    )
