"""Colleagues named in a file: who they are, and whom the importer has to be asked about."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from guanxi.base.kernel.names import name_key
from guanxi.base.org.models import Staff

from .kinds import ImportKind
from .sheet import Row, Shape

REFUSE = "refuse"
# A file without that column: its rows name nobody, and the importer is asked once for all of them.
NOWHERE = -1
MOST_QUESTIONS = 200


@dataclass
class Directory:
    """Name key to the ids of those who work here now."""

    ids: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of_today(cls) -> Directory:
        directory = cls()
        for staff_id, name in Staff.objects.filter(left_on=None).order_by("id").values_list("id", "name"):
            directory.ids[name_key(name)].append(staff_id)
        return directory

    def is_clear(self, key: str) -> bool:
        return len(self.ids.get(key, ())) == 1


@dataclass(frozen=True)
class Question:
    """A name of the file that is nobody's here, or several people's (`candidates`)."""

    key: str
    written: str
    rows: int
    candidates: list[int]


def questions_of(rows: Iterable[Row], kind: ImportKind, mapping: Mapping[str, int], shape: Shape) -> list[Question]:
    """Most frequent first. An empty cell is asked about like any other name; rows that cannot come in are not."""
    places = [mapping.get(column.key, NOWHERE) for column in kind.staff_columns()]
    needed = [mapping[column.key] for column in kind.columns if column.is_required]
    directory = Directory.of_today()
    seen: Counter[str] = Counter()
    written: dict[str, str] = {}
    for row in rows:
        cells = row.cells
        if cells is None or shape.fault(cells) or not all(_cell(cells, place) for place in needed):
            continue
        for place in places:
            cell = _cell(cells, place)
            key = name_key(cell)
            seen[key] += 1
            written.setdefault(key, cell[:60])
    unclear = [(key, count) for key, count in seen.most_common() if not directory.is_clear(key)]
    return [Question(key, written[key], count, directory.ids.get(key, [])) for key, count in unclear[:MOST_QUESTIONS]]


def _cell(cells: list[str], place: int) -> str:
    return cells[place].strip() if 0 <= place < len(cells) else ""


def resolve(answers: Mapping[str, str]) -> dict[str, int | None]:
    """Name key to staff id; None for names whose rows the importer wants refused."""
    found: dict[str, int | None] = {key: ids[0] for key, ids in Directory.of_today().ids.items() if len(ids) == 1}
    for key, answer in answers.items():
        found[key] = None if answer == REFUSE else int(answer)
    return found
