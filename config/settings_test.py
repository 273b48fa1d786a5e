"""Settings of the tests: the same product on a throwaway server, with cheap password hashes and static files
straight from the source."""

import os
from pathlib import Path

from guanxi.edge.ops import postgres

os.environ.setdefault("SECRET_KEY", "tests-only")
if "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = postgres.ensure_running(
        Path(__file__).parent.parent / ".cache/test-pg", throwaway=True
    )

from config.settings import *  # noqa: F403  (Django's own way of deriving settings)
from config.settings import DATABASES, INSTALLED_APPS

DATABASES["default"]["TEST"] = {"NAME": "test_guanxi" + os.environ.get("TEST_DB_SUFFIX", "")}
DATABASES["default"]["CONN_MAX_AGE"] = 0

# A record type of its own that shows what one file gives (docs/recipes/add-a-record-type.md).
INSTALLED_APPS = [*INSTALLED_APPS, "tests.toy"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# The disk of whoever runs the tests may be as full as it likes; tests/space brings its own.
SPACE_LEAST_PERCENT = SPACE_LEAST_BYTES = 0
# Tests that count statements meet no reading in between; tests/governance reads the list anew by itself.
NETWORKS_READ_EVERY = 3600
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
