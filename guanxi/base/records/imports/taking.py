"""Taking rows in as records of a declared type: found, judged, created and changed, all in sets.

The tables of one run, all temporary: the staged rows (`import_row`), `import_found` (the records they may mean),
`import_plan` (what becomes of each row), `import_new` and `import_changed` (the records).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events
from guanxi.base.audit.events import Event
from guanxi.base.kernel import clock

from ..types import RecordType
from . import words
from .changing import change_records
from .finding import find_records, locked
from .intakes import Intake
from .kinds import STAGING, Batch, Late, Outcome, Text
from .making import make_records, merged
from .pairs import pairs_of
from .stored import Stored

# What becomes of a row that does not come in.
SENTENCES: dict[str, Text] = {
    "missing": _("There is no record with this number that you may change."),
    "several": _("Several records fit this row. Give the number of the one that is meant."),
    "elsewhere": _("This record exists already, with another owner."),
    "restricted": _("Changing this record is restricted."),
    "taken": _("A record with these entries exists already."),
}
NEEDED = _("Please fill this in.")
# The unit of an owner is the one of the main post held today.
POSTS = """
CREATE TEMP TABLE import_post ON COMMIT DROP AS
SELECT DISTINCT ON (staff_id) staff_id, unit_id FROM org_post
WHERE starts_on <= %(today)s AND (ends_on IS NULL OR ends_on >= %(today)s) ORDER BY staff_id, is_main DESC, id
"""
VERDICTS = "SELECT verdict, count(*) FROM import_plan GROUP BY verdict"
REFUSED = """
SELECT line, verdict FROM import_plan WHERE verdict = ANY(%s) OR starts_with(verdict, 'needs:') ORDER BY line
"""
NEEDS = """
UPDATE import_plan p SET verdict = %s FROM {staging} r
WHERE r.line = p.line AND p.verdict = 'create' AND r."{key}" IS NULL
"""


@dataclass
class Taken:
    created: list[int]
    changed: list[int]
    masked: int


def take_in(type_: RecordType, intake: Intake, needed: tuple[str, ...], batch: Batch) -> Outcome:
    """`needed`: columns that a new record cannot do without; a known one has them already."""
    stored = Stored.of(type_, batch)
    key = next((one for one in intake.keys if one.key == batch.choices.get("match")), None)
    _prepare(batch)
    find_records(stored, key, batch)
    _require(needed, batch)
    batch.step()
    pairs = pairs_of(stored, batch) if batch.choices.get("found") == "ask" else []
    taken = _write(stored, intake, batch)
    _tell(type_, intake, taken, batch)
    return Outcome(
        _counts(batch, taken),
        items=[(type_.key, taken.created)],
        changed=[(type_.key, taken.changed)],
        refused=_refused(batch),
        pairs=pairs,
    )


def _prepare(batch: Batch) -> None:
    batch.cursor.execute(
        "DROP TABLE IF EXISTS import_post, import_found, import_plan, import_new, import_changed, import_words"
    )
    batch.cursor.execute(POSTS, {"today": clock.today()})


def _require(needed: tuple[str, ...], batch: Batch) -> None:
    for column in needed:
        batch.cursor.execute(NEEDS.format(staging=STAGING, key=column), [f"needs:{column}"])


def _write(stored: Stored, intake: Intake, batch: Batch) -> Taken:
    locked(stored, batch)
    created = make_records(stored, intake, batch)
    batch.step()
    changed, masked = change_records(stored, intake, batch)
    words.index(stored.type, intake, batch.cursor, [*merged(batch), *changed])
    batch.step()
    return Taken(created, changed, masked)


def _tell(type_: RecordType, intake: Intake, taken: Taken, batch: Batch) -> None:
    events.publish(Event(intake.created, type_.key, taken.created), actor=batch.actor)
    events.publish(Event(intake.changed, type_.key, taken.changed), actor=batch.actor)


def _counts(batch: Batch, taken: Taken) -> dict[str, int]:
    batch.cursor.execute(VERDICTS)
    verdicts: Counter[str] = Counter(dict(batch.cursor.fetchall()))
    touched = verdicts["fill"] + verdicts["overwrite"]
    return {
        "created": len(taken.created),
        "changed": len(taken.changed),
        "left": verdicts["leave"] + touched - len(taken.changed),
        "known": verdicts["known"],
        "repeated": verdicts["repeated"],
        "masked": taken.masked,
    }


def _refused(batch: Batch) -> list[Late]:
    batch.cursor.execute(REFUSED, [list(SENTENCES)])
    return [_late(line, verdict) for line, verdict in batch.cursor.fetchall()]


def _late(line: int, verdict: str) -> Late:
    code, _colon, column = verdict.partition(":")
    return Late(line, f"row_{code}", SENTENCES.get(code, NEEDED), column)
