"""The product's own settings with the traps installed, for processes that tests start."""

from config.settings import *  # noqa: F403  (Django's own way of deriving settings)
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.ops.traps"]
