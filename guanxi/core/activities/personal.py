"""What this room keeps about people."""

from __future__ import annotations

from guanxi.base.kernel.personal import OF_CUSTOMER, About, Held, Sort, Table, declare

from .models import Activity, Coming

WORDS = Held(Sort.WORDS)
VISIT = Held(Sort.TRADE, stays=True)


def register() -> None:
    noted = {"purpose": WORDS, "note": WORDS, "note_digest": WORDS, "details": WORDS, "next_on": VISIT}
    said = {"purpose": WORDS, "table": WORDS, "own": WORDS, "pinyin": WORDS, "search": WORDS}
    declare(
        Table(
            Activity,
            About.CUSTOMER,
            noted,
            plain="subject_kind",
            kind=Activity.KIND,
            of=f"{OF_CUSTOMER} OR contact_id = ANY(%(contacts)s)",
        ),
        Table(
            Coming,
            About.CUSTOMER,
            said | {"comes_on": VISIT, "at_time": VISIT},
            kind=Coming.KIND,
            of=OF_CUSTOMER,
        ),
    )
