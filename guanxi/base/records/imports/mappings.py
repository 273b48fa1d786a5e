"""Mappings kept for the whole company: the last one for the same headers by itself, others under a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid

from . import mapping
from .access import access_run
from .kinds import KINDS, ImportKind
from .models import ImportRun, SavedMapping
from .sheet import header_key
from .tables import tables_of

LONGEST_NAME = 60


def digest(headers: Sequence[str]) -> str:
    return sha256("\x1f".join(map(header_key, headers)).encode()).hexdigest()


def propose(kind: ImportKind, headers: Sequence[str]) -> dict[str, int]:
    """As the same headers were read the last time; else by the names known for each column."""
    saved = SavedMapping.objects.filter(kind=kind.key, headers=digest(headers), name="").first()
    if saved and (found := applied(kind, headers, saved.columns)):
        return found
    return mapping.propose(kind, headers)


def applied(kind: ImportKind, headers: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    """What of a saved mapping still fits: columns and headers that are there."""
    places = {header_key(name): index for index, name in reversed(list(enumerate(headers)))}
    known = {column.key for column in kind.columns}
    return {key: places[name] for key, name in columns.items() if key in known and name in places}


def sheets_beside(run: ImportRun) -> list[dict[str, Any]]:
    """Other sheets of the workbook that hold what belongs to these records, contacts of customers for example."""
    found = []
    for table in tables_of(run):
        for key in KINDS.get(run.kind).beside if table.index != run.table and not table.problem else ():
            kind = KINDS.get(key)
            columns = propose(kind, table.headers)
            if all(column.key in columns for column in kind.columns if column.is_required):
                found.append({"kind": key, "table": table.index, "mapping": columns})
                break
    return found


def named(kind: ImportKind) -> QuerySet[SavedMapping]:
    return SavedMapping.objects.filter(kind=kind.key).exclude(name="").order_by("name")


def remember(run: ImportRun, *, actor: Actor) -> None:
    """The one used last for these headers."""
    SavedMapping.objects.update_or_create(
        kind=run.kind,
        headers=digest(run.headers),
        name="",
        defaults={"columns": _columns(run), "staff_id": actor.staff_id, "used_at": clock.now()},
    )


@action("records:import:mapping_saved", _("%(who)s saved which columns a file to import has."))
def save_mapping(run_id: int, *, name: str, actor: Actor) -> SavedMapping:
    """Under a name, for everybody who imports the same; the same name again replaces it. Raises Invalid."""
    run = access_run(actor, run_id)
    name = " ".join(name.split())
    if not name:
        raise Invalid({"name": [_("Give these columns a name.")]})
    if len(name) > LONGEST_NAME:
        raise Invalid({"name": [_("This name is too long.")]})
    kept = {"columns": _columns(run), "headers": digest(run.headers), "staff_id": actor.staff_id}
    saved, _is_new = SavedMapping.objects.update_or_create(
        kind=run.kind, name=name, defaults=kept | {"used_at": clock.now()}
    )
    trail.record(ImportRun.KIND, run.pk, actor=actor, changes={"name": [None, name]})
    return saved


def _columns(run: ImportRun) -> dict[str, str]:
    return {key: header_key(run.headers[index]) for key, index in run.mapping.items() if index < len(run.headers)}
