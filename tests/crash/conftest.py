from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.installation import Installation, installed

# Lists leave the company here all the time: as many as these tests like.
FREE = {"EXPORT_WITHOUT_PERMIT": "100000", "EXPORT_WITHOUT_PERMIT_A_DAY": "100000000"}


@pytest.fixture(scope="session")
def place() -> Iterator[Installation]:
    """One for the folder; founding the demo company is half of what a test here costs."""
    with installed(**FREE) as made:
        yield made
