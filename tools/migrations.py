#!/usr/bin/env python3
"""Fail when a model changed and its migration was not written, or when the release before could not run beside it.

Needs no database. A release only adds to the tables of the one before (RELEASED), so both may run at once, and going
back is starting the old program (trust.md F-60, F-63).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_test")
OURS = "guanxi."
# The newest migration of each room in the release before; later ones belong to this release.
RELEASED = {
    "activities": 3, "archive": 9, "audit": 2, "customers": 4, "documents": 1, "messaging": 2, "ops": 4, "org": 4,
    "records": 8, "rulebooks": 7,
}  # fmt: skip

# What no look at the operation tells, read by a person: why the release before goes on beside it.
READ = {
    ("ops", "0006_rights_of_governance"): "adds rights of new rooms",
    ("ops", "0007_rights_of_privacy"): "adds rights of new rooms",
    ("ops", "0009_rights_of_backups"): "adds rights of new rooms",
    ("org", "0005_signing_in"): "keeps a new table out of the log",
}


def main() -> int:
    import django

    django.setup()
    faults = [*unwritten(), *too_early()]
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


def unwritten() -> Iterator[str]:
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState
    from django.utils import translation

    translation.deactivate_all()  # migrations hold the labels as they stand in the source
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith(OURS)}
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    changes = detector.changes(graph=loader.graph, trim_to_apps=ours, convert_apps=ours)
    for label, migrations in changes.items():
        for migration in migrations:
            for operation in migration.operations:
                yield f"{label}: {operation.describe()} has no migration yet"
    for label, names in loader.detect_conflicts().items():
        if label in ours:
            yield f"{label}: these migrations follow the same one: {', '.join(names)}"


def too_early() -> Iterator[str]:
    """Of the migrations since the release before, what that release would stumble over."""
    from django.db.migrations.loader import MigrationLoader

    loaded = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    later = {key: one for key, one in sorted(loaded.items()) if int(key[1][:4]) > RELEASED.get(key[0], 9999)}
    new = {(label, made) for (label, _name), one in later.items() for made in made_by(one)}
    for (label, name), migration in later.items():
        for operation in migration.operations:
            if fault := fault_of(operation, {made for of, made in new if of == label}, (label, name) in READ):
                yield f"{label} {name}: {operation.describe()}: {fault}"


def made_by(migration: Any) -> Iterator[str]:
    yield from (operation.name.lower() for operation in migration.operations if is_of(operation, "CreateModel"))


def is_of(operation: Any, *kinds: str) -> bool:
    return type(operation).__name__ in kinds


def fault_of(operation: Any, new: set[str], is_read: bool = False) -> str:
    """Empty when the release before can go on writing. `new`: tables it does not know. `is_read`: see READ."""
    if getattr(operation, "model_name", "").lower() in new:
        return ""
    if is_of(operation, "RemoveField", "DeleteModel", "RenameField", "RenameModel", "AlterModelTable"):
        return "the release before still uses it; remove it in the next one"
    if is_of(operation, "AddField") and not may_be_left_out(operation.field):
        return "the release before does not fill it in; let it be null or give it a db_default"
    if is_of(operation, "AddIndex"):
        return "on a table that holds data an index is built concurrently"
    if is_of(operation, "AddConstraint", "AlterUniqueTogether"):
        return "the release before may write what it forbids; add it in the next one"
    if is_of(operation, "AlterField") and not operation.field.null:
        return "the release before may write what the column no longer takes; say so in READ when it does not"
    if is_of(operation, "RunSQL", "RunPython", "SeparateDatabaseAndState") and not is_read:
        return "read it, and say in READ why the release before goes on"
    return ""


def may_be_left_out(field: Any) -> bool:
    return bool(field.null or field.has_db_default() or field.many_to_many or getattr(field, "generated", False))


if __name__ == "__main__":
    sys.exit(main())
