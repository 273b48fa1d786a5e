"""Carrying out what was asked for: in the worker, one at a time. Safe to run twice and after a kill."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.edge.ops.installation import Installation

from . import chains, looking, retention, verifying
from .alarms import tell_of_bad, tell_of_failure
from .alone import Busy, alone
from .catalogue import Catalogue, read_catalogue
from .making import make_backup
from .models import DONE, FAILED, RUNNING, VERIFY, WAITING, BackupRun, KeptSet
from .places import this_installation, this_place, this_store
from .sets import BackupSet, Kind, Part, Store, Stored
from .store import SealedStore

log = logging.getLogger("guanxi.backups")
WRITTEN_EVERY = 2.0
SYSTEM = Actor.system("backup")


class Watched(SealedStore):
    """Tells how many bytes went to the store."""

    def __init__(self, store: SealedStore, tell: Callable[[int], None]) -> None:
        super().__init__(store.shelf, store.ring)
        self.tell, self.done, self.told_at = tell, 0, 0.0

    def put(self, name: str, content: Iterable[bytes], *, part: Part) -> Stored:
        return super().put(name, self._counted(content), part=part)

    def _counted(self, content: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in content:
            self.done += len(chunk)
            if time.monotonic() - self.told_at > WRITTEN_EVERY:
                self.told_at = time.monotonic()
                self.tell(self.done)
            yield chunk


def carry_out(run_id: int, *, here: Installation | None = None) -> BackupRun:
    """Raises only what a later attempt may cure: the database went away."""
    run = _claim(run_id)
    if run is None:
        return BackupRun.objects.get(id=run_id)
    here = here or this_installation()
    try:
        _verify(run, here) if run.what == VERIFY else _back_up(run, here)
    except Busy:
        # By the command, at this moment. The plan's next look tries again.
        BackupRun.objects.filter(id=run.pk).update(state=WAITING)
    except Exception as problem:
        if not connection.is_usable():
            raise
        trouble, detail = looking.trouble_of(problem)
        log.error("backup run %s failed: %s", run.pk, trouble)
        end_badly(run, trouble=trouble, detail=detail, actor=SYSTEM)
    run.refresh_from_db()
    return run


def _claim(run_id: int) -> BackupRun | None:
    """None when there is nothing more to do."""
    with transaction.atomic():
        run = BackupRun.objects.select_for_update().filter(id=run_id).first()
        if run is None or not run.is_under_way:
            return None
        run.state, run.started_at, run.done_bytes = RUNNING, run.started_at or clock.now(), 0
        run.total_bytes, run.real_start = _expected(run), run.real_start or datetime.now(UTC)
        run.save(update_fields=["state", "started_at", "real_start", "done_bytes", "total_bytes"])
    return run


def _expected(run: BackupRun) -> int | None:
    """As much as the last of its kind: a guess that only the progress bar uses."""
    sets = KeptSet.objects.filter(kind=run.what).order_by("-finished_at").values_list("own_size", flat=True)
    return sets.first() if run.what != VERIFY else None


def _back_up(run: BackupRun, here: Installation) -> None:
    looking.refuse_another_disk(this_place())
    store = Watched(this_store(), lambda done: _progress(run, done))
    made = _made_before(run, store) or make_backup(Kind(run.what), store, here=here)
    looking.look(here)
    end_well(run, set_id=made.id, remark=made.remark, done=store.done, actor=SYSTEM)
    tidy(store, here)


def _made_before(run: BackupRun, store: Store) -> BackupSet | None:
    """A run that was killed between its set and its own row must not make a second one.

    The catalogue may have seen the set already: every look writes it down, this run's own as well.
    """
    known = set(BackupRun.objects.exclude(set_id="").values_list("set_id", flat=True))
    for set_id in reversed(chains.ids(store)):
        if set_id in known:
            continue
        made = chains.read(store, set_id)
        is_what_was_asked = made.kind in (run.what, Kind.FULL)
        if is_what_was_asked and run.real_start and datetime.fromisoformat(made.started_at) >= run.real_start:
            return made
    return None


def _progress(run: BackupRun, done: int) -> None:
    BackupRun.objects.filter(id=run.pk).update(done_bytes=done)


def _verify(run: BackupRun, here: Installation) -> None:
    found = verifying.verify(run.set_id, this_store(), here=here)
    looking.look(here)
    looking.keep_verdict(found)
    if found.is_good:
        # By our clock, as everything that is late or not.
        KeptSet.objects.filter(set_id=run.set_id).update(verified_at=clock.now())
        end_well(run, set_id=run.set_id, remark="", done=0, actor=SYSTEM)
    else:
        end_badly(run, trouble="damaged", detail="\n".join(found.findings)[: looking.DETAIL], actor=SYSTEM)


@action("ops:backup:done", _("%(who)s finished a backup or its verification."))
def end_well(run: BackupRun, *, set_id: str, remark: str, done: int, actor: Actor) -> None:
    BackupRun.objects.filter(id=run.pk).update(
        state=DONE, finished_at=clock.now(), set_id=set_id, remark=remark, done_bytes=done, trouble="", detail=""
    )
    trail.record("backup", run.pk, actor=actor, changes={"what": [None, run.what], "set": [None, set_id]})


@action("ops:backup:failed", _("%(who)s could not finish a backup or its verification."))
def end_badly(run: BackupRun, *, trouble: str, detail: str, actor: Actor) -> None:
    BackupRun.objects.filter(id=run.pk).update(state=FAILED, finished_at=clock.now(), trouble=trouble, detail=detail)
    trail.record("backup", run.pk, actor=actor, changes={"what": [None, run.what], "trouble": [None, trouble]})
    tell_of_failure(run)


def tidy(store: SealedStore, here: Installation) -> retention.Going:
    """What has served its time goes, after the new one is there. Its failure is none of the backup's."""
    try:
        with alone(here.data, doing="Clearing away"):
            keeping, catalogue = retention.Keeping.from_environment(), read_catalogue(store)
            note_missing(store, catalogue)
            going = retention.let_go(store, catalogue, keeping=keeping, now=datetime.now(UTC), verified=_good())
    except (*looking.TROUBLES,) as problem:
        log.warning("clearing away failed: %s", looking.trouble_of(problem)[0])
        return retention.Going()
    if going.sets:
        looking.look(here)
        report_gone(going, actor=SYSTEM)
    return going


def note_missing(store: SealedStore, catalogue: Catalogue) -> None:
    """What somebody took away from the place is found when it is listed, not when it is needed. Nothing stands on such
    a set any more."""
    known = set(KeptSet.objects.filter(is_good=False).values_list("set_id", flat=True))
    for one in catalogue.sets.values():
        if one.id not in known and (missing := catalogue.missing_of(one)):
            told = f"{len(missing)} of its objects are missing or cut off on the store, such as {missing[0].name}."
            found = verifying.Verification(one.id, datetime.now(UTC).isoformat(), 0, [], [told])
            verifying.write(store, found)
            looking.keep_verdict(found)
            tell_of_bad()


def _good() -> list[str]:
    return list(KeptSet.objects.filter(is_good=True, gone_at=None).values_list("set_id", flat=True))


@action("ops:backup:let_go", _("%(who)s removed %(count)s backups that had served their time."))
def report_gone(going: retention.Going, *, actor: Actor) -> None:
    trail.record("backup", None, actor=actor, changes={"count": len(going.sets), "sets": [list(going.sets), None]})
