"""The room with steps that can be stopped halfway."""

from config.settings import *  # noqa: F403  (Django's own way of deriving settings)
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.upgrade.planted"]
MIGRATION_MODULES = {"planted": "tests.upgrade.planted.slow_steps"}
