"""Settings of the processes of processes.py: those of the tests, on the database they were given."""

from config.settings_test import *  # noqa: F403  (Django's own way of deriving settings)
from config.settings_test import DATABASES

DATABASES["default"]["CONN_MAX_AGE"] = 300
