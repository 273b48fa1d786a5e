#!/usr/bin/env python3
"""Fail when a model changed and its migration was not written. Needs no database."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_test")
OURS = "guanxi."


def main() -> int:
    import django

    django.setup()
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
                print(f"{label}: {operation.describe()} has no migration yet")
    conflicts = {label: names for label, names in loader.detect_conflicts().items() if label in ours}
    for label, names in conflicts.items():
        print(f"{label}: these migrations follow the same one: {', '.join(names)}")
    return 1 if changes or conflicts else 0


if __name__ == "__main__":
    sys.exit(main())
