from __future__ import annotations

import pytest
from django.utils import timezone

from guanxi.core.privacy.models import ConsentPurpose, Wording
from guanxi.core.privacy.purposes import load_purposes


@pytest.fixture(autouse=True)
def purposes(db: None) -> None:
    """Tests that empty the tables take them away with everything else."""
    load_purposes(ConsentPurpose, Wording, timezone.now())
