"""In Chromium no payload runs: every text of the demo company replaced, pages opened, everything hovered and pressed.

The file comes last of its folder: what it does to the installation is not undone.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.installation import Installation

from .crawl import Crawl, completed, crawl_all
from .poison import Poisoned, poison

pytestmark = [pytest.mark.slow, pytest.mark.req("SEC-06")]
ROLES = ["linlan", "zhoukai"]


def poisoned(place: Installation, turn: int) -> Poisoned:
    """Tables that refuse changes are left in peace; in process they are filled too (test_xss.py)."""
    with place.database() as db, db.cursor() as cursor:
        return poison(cursor, turn, guarded=False)


def crawled(place: Installation, *, presses: int) -> list[Crawl]:
    """Each page as one of them."""
    shared: dict[str, int] = defaultdict(int)
    crawls = [Crawl(place.address, login, presses=presses, shared=shared, share=1) for login in ROLES]
    return completed(crawl_all(crawls))


def test_no_payload_runs(place: Installation) -> None:
    done = poisoned(place, 0)
    assert len(done.pairs) >= 500
    crawls = crawled(place, presses=5)
    pages = sum(len(crawl.opened) for crawl in crawls)
    print(f"in the browser: {len(done.pairs)} pairs, {pages} pages")  # noqa: T201  (a figure)
    assert [complaint for crawl in crawls for complaint in crawl.complaints][:20] == []
    assert pages >= 100
