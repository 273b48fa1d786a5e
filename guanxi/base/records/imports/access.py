"""A file on its way in is seen by the one who brought it: refused rows are personal data like any other."""

from __future__ import annotations

from django.db.models import QuerySet

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.scopes import may

from ..types import RECORD_TYPES
from .kinds import KINDS, ImportKind
from .models import ImportRun


def kinds_for(actor: Actor) -> list[ImportKind]:
    """What usually lies on a further sheet comes last, for the first one is proposed."""
    further = {key for kind in KINDS for key in kind.beside}
    allowed = [kind for kind in KINDS if may(actor, kind.access_kind, "import")]
    return sorted(allowed, key=lambda kind: kind.key in further)


def may_import(actor: Actor) -> bool:
    """Whether there is any; without putting the kinds together, since every page asks it."""
    kinds = KINDS.registered_for() | {type_.key for type_ in RECORD_TYPES if type_.create is not None}
    return any(may(actor, kind, "import") for kind in kinds)


def runs_of(actor: Actor) -> QuerySet[ImportRun]:
    """Newest first. Losing the right to import also takes the old files away."""
    allowed = [kind.key for kind in kinds_for(actor)]
    runs = ImportRun.objects.filter(kind__in=allowed).order_by("-id")
    return runs if actor.is_system else runs.filter(staff_id=actor.staff_id or -1)


def access_run(actor: Actor, run_id: int, *, lock: bool = False) -> ImportRun:
    runs = runs_of(actor)
    run = (runs.select_for_update(of=("self",)) if lock else runs).filter(id=run_id).first()
    if run is None:
        raise Missing()
    return run
