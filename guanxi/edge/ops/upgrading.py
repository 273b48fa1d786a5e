"""From the release before to this one (OPS-14): what was is kept first, nobody waits, what fails is undone.

The steps of a release only add, so the release before runs on them too (tools/migrations.py): web and worker can be
changed one after the other, and changed back.
"""

from __future__ import annotations

import sys
import time
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error

from config import env
from guanxi.edge.ops import dumps, programs
from guanxi.edge.ops.backups.servers import Failed, programs_for
from guanxi.edge.ops.installation import Installation

KEPT_DUMPS = 2
# Well below the time after which PostgreSQL looks for deadlocks (postgres.py): a step that holds one table, and waits
# for another that a person holds who waits for the first, is the one that gives way.
FIRST_WAIT, LONGEST_WAIT = 0.2, 0.8
PATIENCE_SECONDS = 300
GAVE_WAY = ("55P03", "40P01")
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def say(text: str) -> None:
    print(text, flush=True)


def pending() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def migrate(here: Installation) -> None:
    steps = pending()
    if not steps:
        return
    kept = keep_what_was(here) if is_in_use() else None
    say(f"Migrating the database, {len(steps)} steps ...")
    try:
        apply_patiently()
    except Exception as problem:
        # Where it failed; never its text, in which the database repeats what rows hold.
        traceback.print_tb(problem.__traceback__)
        sys.exit(f"{_cause(problem)}\n{go_back(here, kept)}\n{program_of_before(here)}")


def is_in_use() -> bool:
    """There is an account: somebody would miss what is in it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('org_account')")
        if cursor.fetchone()[0] is None:
            return False
        cursor.execute("SELECT EXISTS (SELECT FROM org_account)")
        return bool(cursor.fetchone()[0])


# --- keeping what was ---


def keep_what_was(here: Installation) -> Path | None:
    """The newest two are kept. Without one there is no upgrade, unless the operator has a backup and says so."""
    if env.flag("UPGRADE_WITHOUT_BACKUP"):
        say("No backup was made before the upgrade (UPGRADE_WITHOUT_BACKUP).")
        return None
    folder = here.data / "before-upgrade"
    path = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.dump"
    say(f"Keeping the database as it is in {path} ...")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        for half in folder.glob("*.part"):  # of a start that was killed
            half.unlink()
        dumps.save(here.url, path, programs=programs_for(here.server, version=server_version()))
    except (dumps.Failed, Failed, OSError) as problem:
        sys.exit(
            f"The database could not be kept as it is, so nothing was changed: {problem}\n"
            "Make room or a backup of your own; with UPGRADE_WITHOUT_BACKUP=1 the upgrade goes on without one."
        )
    for old in sorted(folder.glob("*.dump"))[:-KEPT_DUMPS]:
        old.unlink()
    return path


def server_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        return int(cursor.fetchone()[0])


# --- applying ---


def apply_patiently() -> None:
    """A step that has to wait for a table makes all who come after it wait too: it lets go at once, and tries again,
    a little longer each time. Each step is one transaction, so what is done stays done."""
    began, wait = time.monotonic(), FIRST_WAIT
    end_with_us()
    wait_for_locks(wait)
    while not attempt(has_time=time.monotonic() - began < PATIENCE_SECONDS):
        if wait == FIRST_WAIT:
            say("A table is in use; trying again ...")
        time.sleep(wait)  # for those who stood behind it
        wait = min(wait * 1.3, LONGEST_WAIT)
        wait_for_locks(wait)
    wait_for_locks(0)


def end_with_us() -> None:
    """Killed, we leave no long step behind that goes on with nobody waiting for it, and holds up the next start."""
    with suppress(Error), connection.cursor() as cursor:  # not on every machine
        cursor.execute("SELECT set_config('client_connection_check_interval', '1s', false)")


def wait_for_locks(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{int(seconds * 1000)}ms"])


def attempt(*, has_time: bool) -> bool:
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as problem:
        if not has_time or getattr(problem.__cause__, "sqlstate", "") not in GAVE_WAY:
            raise
        return False
    return True


# --- going back ---


def go_back(here: Installation, kept: Path | None) -> str:
    """What to tell. Rows that others wrote meanwhile are worth more than a tidy schema, so only alone."""
    where = f"The database as it was before: {kept}." if kept else "No backup was made before."
    if kept is None or others_are_connected():
        return (
            "The upgrade stopped between two steps. The steps that were done only added to the database, and the "
            f"release before runs on it. {where}"
        )
    version = server_version()
    connection.close()
    try:
        dumps.load(kept, here.url, programs=programs_for(here.server, version=version), version=version, replacing=True)
    except (dumps.Failed, Failed, OSError) as problem:
        return f"Bringing back what was failed as well: {problem}\nThe release before runs on what is there. {where}"
    return f"The upgrade failed and was undone: the database is what it was. Start the release before. {where}"


def program_of_before(here: Installation) -> str:
    try:
        kept = programs.before(here)
    except OSError:
        kept = None
    if kept is None:
        return "The program of before was not kept here: start it from its own folder or tag."
    return f"The program as it was before: {kept.path}. To unpack it: guanxi program unpack {kept.name} --to FOLDER"


def others_are_connected() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute(OTHERS)
            return bool(cursor.fetchone()[0])
    except Error:
        return True


def _cause(problem: Exception) -> str:
    state = getattr(problem.__cause__, "sqlstate", None)
    step = "a step"
    with suppress(Error):
        step = pending()[0]
    return f"The upgrade stopped at {step}: {type(problem).__name__}{f' {state}' if state else ''}."
