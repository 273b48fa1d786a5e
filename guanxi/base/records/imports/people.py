"""Colleagues named in a file: who they are, and whom the importer has to be asked about."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.names import name_key
from guanxi.base.org.models import Post, Staff
from guanxi.base.org.scopes import scope_of

from .kinds import ImportKind
from .sheet import Row, Shape

REFUSE = "refuse"
# A file without that column: its rows name nobody, and the importer is asked once for all of them.
NOWHERE = -1
MOST_QUESTIONS = 200


@dataclass
class Directory:
    """Name key or staff number to the ids of those who work here now and whom the importer may name."""

    ids: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, actor: Actor, kind: ImportKind) -> Directory:
        directory = cls()
        for staff_id, name, number in named_by(actor, kind).order_by("id").values_list("id", "name", "number"):
            for key in {name_key(name), name_key(number)} - {""}:
                directory.ids[key].append(staff_id)
        return directory

    def is_clear(self, key: str) -> bool:
        return len(self.ids.get(key, ())) == 1


def named_by(actor: Actor, kind: ImportKind) -> QuerySet[Staff]:
    """Whoever imports for part of the company gives records to colleagues of that part only."""
    working = Staff.objects.filter(left_on=None)
    scope = scope_of(actor, kind.access_kind, "import")
    if scope.everything:
        return working
    today = clock.today()
    held = Post.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today, unit_id__in=scope.unit_ids
    )
    return working.filter(Q(id__in=scope.staff_ids) | Q(id__in=held.values("staff_id")))


@dataclass(frozen=True)
class Question:
    """A name of the file that is nobody's here, or several people's (`candidates`)."""

    key: str
    written: str
    rows: int
    candidates: list[int]


def questions_of(
    rows: Iterable[Row], kind: ImportKind, mapping: Mapping[str, int], shape: Shape, directory: Directory
) -> list[Question]:
    """Most frequent first. Rows that cannot come in ask nothing."""
    places = [(mapping.get(column.key, NOWHERE), column.asks_if_empty) for column in kind.staff_columns()]
    if not places:
        return []
    needed = [mapping[column.key] for column in kind.columns if column.is_required]
    seen: Counter[str] = Counter()
    written: dict[str, str] = {}
    for row in rows:
        cells = row.cells
        if cells is None or shape.fault(cells) or not all(_cell(cells, place) for place in needed):
            continue
        for place, asks_if_empty in places:
            cell = _cell(cells, place)
            key = name_key(cell)
            if not key and not asks_if_empty:
                continue
            seen[key] += 1
            written.setdefault(key, cell[:60])
    unclear = [(key, count) for key, count in seen.most_common() if not directory.is_clear(key)]
    return [Question(key, written[key], count, directory.ids.get(key, [])) for key, count in unclear[:MOST_QUESTIONS]]


def _cell(cells: list[str], place: int) -> str:
    return cells[place].strip() if 0 <= place < len(cells) else ""


def resolve(answers: Mapping[str, str], directory: Directory) -> dict[str, int | None]:
    """Name key to staff id; None for names whose rows the importer wants refused."""
    found: dict[str, int | None] = {key: ids[0] for key, ids in directory.ids.items() if len(ids) == 1}
    for key, answer in answers.items():
        found[key] = None if answer == REFUSE else int(answer)
    return found
