"""Files wait apart until the scanner has spoken; while it is silent they go on waiting (trust: MLPS-5).

Without a scanner files are kept as they come. One that is set up later goes through these at night.
"""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from guanxi.base.kernel import clock, scanner
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Refused

from .drawing import draw_soon
from .models import DocumentVersion, Scan
from .sniffing import PICTURES
from .storage import Damaged, verified
from .verdicts import report_infected

log = logging.getLogger(__name__)
AT_ONCE = 50
OLDER_A_NIGHT = 1000


class Quarantined(Refused):
    code = "quarantined"


class Infected(Refused):
    code = "infected"


def require_passed(version: DocumentVersion) -> None:
    """Before any byte leaves."""
    if version.scan == Scan.WAITING:
        raise Quarantined(_("This file is still being checked for malicious code. Try again in a few minutes."))
    if version.scan == Scan.INFECTED:
        raise Infected(_("Malicious code was found in this file, so nobody can download it."))


@app.periodic(cron="* * * * *")
@app.task(name="documents:scan", queue="upkeep", queueing_lock="documents:scan")
def scan_files(timestamp: int = 0) -> None:
    scan_waiting()


def scan_soon() -> None:
    """After the commit: a job that waits already will see these, too."""
    try:
        with transaction.atomic():
            scan_files.defer()
    except AlreadyEnqueued:
        return


def scan_waiting() -> int:
    """Safe to run twice, and beside another: a verdict is the same again. Silence ends it until the next minute."""
    if not scanner.is_configured():
        return 0
    return _scan_all(_longest_untried(Scan.WAITING)[:AT_ONCE])


def scan_older() -> int:
    """What came before there was a scanner."""
    if not scanner.is_configured():
        return 0
    return _scan_all(_longest_untried(Scan.NONE)[:OLDER_A_NIGHT])


def _longest_untried(state: object) -> QuerySet[DocumentVersion]:
    """Files that never get a verdict must not stand before all others for ever."""
    return DocumentVersion.objects.filter(scan=state).order_by(F("scanned_at").asc(nulls_first=True), "id")


def _scan_all(versions: QuerySet[DocumentVersion]) -> int:
    done = 0
    for version in versions:
        try:
            done += _scan_one(version)
        except scanner.Unavailable as silent:
            log.warning("the scanner for malicious code gave no verdict: %s", silent)
            if str(silent) != "too large for the scanner":
                break
            _noted_as_tried(version)
    return done


def _scan_one(version: DocumentVersion) -> int:
    try:
        with verified(version.stored, version.sha256) as file:
            verdict = scanner.scan(file)
    except Damaged:
        _noted_as_tried(version)
        return 0
    if not verdict.is_clean:
        report_infected(version.pk, found=verdict.found, actor=Actor.system("scanner"))
        return 1
    passed = DocumentVersion.objects.filter(id=version.pk).exclude(scan=Scan.INFECTED)
    passed.update(scan=Scan.CLEAN, scanned_at=clock.now())
    if version.detected in PICTURES:
        draw_soon()
    return 1


def _noted_as_tried(version: DocumentVersion) -> None:
    DocumentVersion.objects.filter(id=version.pk, scan=version.scan).update(scanned_at=clock.now())


def waiting() -> int:
    return DocumentVersion.objects.filter(scan=Scan.WAITING).count()


def infected() -> int:
    return DocumentVersion.objects.filter(scan=Scan.INFECTED).count()
