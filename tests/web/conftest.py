"""The world of the access sweep: real objects, people in and out of sight of them, and the lines of all addresses.

And one installation as people run it, for what only shows on the wire and in a browser.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.access import api_lines, consequence_lines, contact_lines, custody_lines, lines
from tests.access.conftest import world
from tests.installation import Installation, installed

__all__ = ["api_lines", "consequence_lines", "contact_lines", "custody_lines", "lines", "place", "world"]


@pytest.fixture(scope="session")
def place() -> Iterator[Installation]:
    # The limits of uploads are tested with little data.
    with installed(DOCUMENT_MAX_MB="2", IMPORT_MAX_MB="2") as made:
        yield made
