"""`guanxi doctor`: what an experienced colleague would look at first."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from guanxi.base.audit.verifying import verify
from guanxi.base.kernel import scanner, space
from guanxi.core.documents import scanning
from guanxi.core.documents.upkeep import missing_files
from guanxi.core.rulebooks.phases.measuring import differences
from guanxi.edge.ops import demo, health, refusals
from guanxi.edge.ops.backups import examining
from guanxi.edge.ops.installation import Installation

# The worker seals every few seconds; this much later something is wrong with it.
SEALED_WITHIN = timedelta(minutes=10)
LARGEST_CLOCK_DIFFERENCE = 2.0
SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_checksums": "on"}
QUIET = {"log_error_verbosity": "terse", "log_min_error_statement": "panic"}


@dataclass(frozen=True)
class Finding:
    key: str
    is_fine: bool
    text: str


def examine(here: Installation) -> list[Finding]:
    checks: list[Callable[[Installation], Finding]] = [
        python, refused, disk, secret_key, settings, migrations, worker, failed_jobs, figures, clocks, trail, files,
        malicious_code, backups,
    ]  # fmt: skip
    return [check(here) for check in checks]


def told(findings: list[Finding]) -> str:
    return "\n".join(f"{'ok ' if finding.is_fine else 'BAD'} {finding.key}: {finding.text}" for finding in findings)


def python(_here: Installation) -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("python", sys.version_info >= (3, 11), version)


def disk(_here: Installation) -> Finding:
    """The shortest of the disks we write to."""
    least = min(space.look_again(), key=lambda volume: volume.free - volume.least)
    free, total, wanted = (value // space.MEGABYTE for value in (least.free, least.total, least.least))
    text = f"{free} MB free of {total} for {least.place}; at least {wanted} should be"
    return Finding("disk", not least.is_short, text)


def refused(here: Installation) -> Finding:
    open_demo = refusals.demo_for_others(is_open=health.is_migrated() and demo.is_open())
    wrong = [*refusals.faults(here), *filter(None, [open_demo])]
    return Finding("safe to start", not wrong, " ".join(wrong) or "yes")


def secret_key(here: Installation) -> Finding:
    path = here.data / "secret_key"
    if os.environ.get("SECRET_KEY") or not path.exists():
        return Finding("secret key", bool(os.environ.get("SECRET_KEY")), "from the environment, or missing")
    mode = stat.S_IMODE(path.stat().st_mode)
    return Finding("secret key", mode & 0o077 == 0, f"file mode {mode:o}")


def settings(here: Installation) -> Finding:
    """One's own server may log what it likes; the embedded one keeps quiet about values."""
    wanted = SAFE if here.database_url else SAFE | QUIET
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(wanted)])
        found = dict(cursor.fetchall())
    wrong = [f"{name} is {found.get(name)}" for name, value in wanted.items() if found.get(name) != value]
    return Finding("postgresql", not wrong, "; ".join(wrong) or "settings are safe")


def migrations(_here: Installation) -> Finding:
    done = health.is_migrated()
    return Finding("migrations", done, "all applied" if done else "some are missing; restart to apply them")


def worker(_here: Installation) -> Finding:
    alive = health.is_worker_alive()
    return Finding("worker", alive, "alive" if alive else "not heard of lately; is guanxi up running?")


def failed_jobs(_here: Installation) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        count = cursor.fetchone()[0]
    return Finding("jobs", count == 0, f"{count} gave up")


def figures(_here: Installation) -> Finding:
    """What the page of compliance reads, counted once more from the duties."""
    wrong = differences() if health.is_migrated() else 0
    return Finding("figures", wrong == 0, f"{wrong} differ from the duties" + "; the night mends them" * bool(wrong))


def clocks(_here: Installation) -> Finding:
    """Signatures and deadlines go by our clock, jobs by the database's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        apart = abs((cursor.fetchone()[0] - datetime.now(UTC)).total_seconds())
    return Finding("clock", apart < LARGEST_CLOCK_DIFFERENCE, f"{apart:.1f} s apart from the database's")


def trail(_here: Installation) -> Finding:
    """Is the trail what was written, and does the sealer keep up with it?"""
    verdict = verify()
    if verdict.faults:
        return Finding("trail", False, f"{len(verdict.faults)} faults; see: guanxi audit verify")
    since = verdict.waits_since
    if since and datetime.now(UTC) - since > SEALED_WITHIN:
        return Finding("trail", False, f"whole, but {verdict.waiting} entries wait for their seal since {since:%F %R}")
    return Finding("trail", True, f"{verdict.entries} entries under {verdict.seals} seals are what was written")


def files(_here: Installation) -> Finding:
    gone = missing_files()
    return Finding("files", not gone, f"{len(gone)} are missing from the store" if gone else "all are in the store")


def malicious_code(_here: Installation) -> Finding:
    """No scanner is no fault of the installation, but somebody should have decided so."""
    if not scanner.is_configured():
        left = scanning.waiting()
        text = "no scanner is set up (VIRUS_SCANNER); files are kept as they come"
        return Finding("malicious code", not left, text + f"; {left} wait for one" * bool(left))
    answers, found = scanner.is_answering(), scanning.infected()
    text = "the scanner answers" if answers else "the scanner does not answer; new files wait"
    return Finding("malicious code", answers, f"{text}; {scanning.waiting()} wait, {found} hold malicious code")


def backups(here: Installation) -> Finding:
    told = examining.told(here) if health.is_migrated() else "not known before the migrations are applied"
    return Finding("backups", not told, told or "one of the last 25 hours was verified")
