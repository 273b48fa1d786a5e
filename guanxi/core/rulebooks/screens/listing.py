"""The list of duties: by state, person, clause and month, within the reader's scope, paged by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.access import unit_name
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import Scope, may, scope_of
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.keys import Cursor
from guanxi.base.ui import formats

from ..models import Duty, Rule
from ..queries.measures import Narrowing, measures
from ..queries.units import units_below
from .places import place_after, place_of
from .rows import DutyRow, numbered, read_rows
from .states import LATE_ON, MADE, WORK, ListState, Month, moments, state_of

PAGE = 40
CAP = 1000
MOST_OPTIONS = 300
OF_RULEBOOK = """t.clause_id IN (SELECT q.id FROM rulebooks_clause q JOIN rulebooks_rulebook b ON b.id = q.rulebook_id
WHERE b.key = %(rulebook)s)"""
AT_DAY_END = "t.id IN (SELECT unnest(e.duty_ids) FROM rulebooks_dayend e WHERE e.day = %(day)s)"


@dataclass(frozen=True)
class Asked:
    """What the address asks for. `person` is an id, "me", "nobody" or "" for everybody in sight; `unit` stands for all
    below it too; `rulebook` is a key or "any", which leaves tasks out; `day` asks for the late list of that day."""

    state: ListState
    among: tuple[ListState, ...]
    person: str = ""
    clause: int | None = None
    month: Month | None = None
    at: str = ""
    unit: int | None = None
    rulebook: str = ""
    day: date | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        month, day = Month.of(query.get("month", "")), day_asked(query.get("late_on", ""))
        among = LATE_ON if day else MADE if month else WORK
        return cls(
            state_of(query.get("state", ""), among),
            among,
            query.get("person", ""),
            id_asked(query.get("clause", "")),
            None if day else month,
            query.get("at", ""),
            id_asked(query.get("unit", "")),
            query.get("rulebook", "")[:60],
            day,
        )

    def address(self, *, state: str = "", at: str = "") -> str:
        query = {
            "state": state or self.state.key,
            "person": self.person,
            "clause": self.clause or "",
            "month": self.month.text if self.month else "",
            "unit": self.unit or "",
            "rulebook": self.rulebook,
            "late_on": self.day or "",
            "at": at,
        }
        return "/duties?" + urlencode({k: v for k, v in query.items() if v})


def id_asked(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 18 else None


def day_asked(text: str) -> date | None:
    """None for anything else, and for days whose neighbours the calendar does not have."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year < 2200 else None


def duties(request: ActorRequest) -> HttpResponse:
    asked = Asked.of(request.GET)
    rows, newer, older = page_of(asked, request.actor)
    context = {
        "asked": asked,
        "rows": rows,
        "paging": ui.Paging(newer=newer, older=older, shown=len(rows)),
        "tabs": [
            {"label": state.label, "href": asked.address(state=state.key), "current": state is asked.state}
            for state in asked.among
        ],
        "people": people_options(request.actor),
        "clauses": clause_options(request.actor),
        "person": person_name(asked.person, request.actor),
        "about": about(asked),
        "is_narrowed": bool(asked.person or asked.clause or asked.unit),
        "may_create": may(request.actor, Duty.KIND, "create"),
    }
    return ui.page(request, "rulebooks/duties.html", context)


def page_of(asked: Asked, actor: Actor) -> tuple[list[DutyRow], str, str]:
    """One page and the addresses of its neighbours. Each person and unit in sight gives its own first keys."""
    cursor = Cursor.decode(asked.at) if asked.at else None
    place = place_of(asked.at)
    back = bool(cursor and cursor.back and place)
    down = asked.state.newest_first != back
    keys, values = key_query(asked, actor, place=place, down=down)
    order = "k.due_at DESC, k.id DESC" if down else "k.due_at, k.id"
    rows = read_rows(keys, values, actor=actor, order=order)
    has_more, rows = len(rows) > PAGE, rows[:PAGE]
    if back:
        rows.reverse()
    if not rows:
        return [], "", ""
    newer = asked.address(at=place_after(rows[0], back=True)) if (has_more if back else place) else ""
    older = asked.address(at=place_after(rows[-1])) if back or has_more else ""
    return rows, newer, older


def key_query(asked: Asked, actor: Actor, *, place: Any, down: bool) -> tuple[str, dict[str, Any]]:
    conditions, values = narrowing(asked)
    if place:
        sign = "<" if down else ">"
        conditions.append(f"(t.due_at, t.id) {sign} (%(place_at)s, %(place_id)s)")
        values |= {"place_at": place[0], "place_id": place[1]}
    order = "due_at DESC, id DESC" if down else "due_at, id"
    branches = [_branch(condition, conditions, order) for condition in within(asked, actor, values)]
    if len(branches) == 1:
        return branches[0], values
    union = " UNION ".join(f"({branch})" for branch in branches)
    return f"SELECT id, due_at FROM ({union}) u ORDER BY {order} LIMIT {PAGE + 1}", values  # noqa: S608 (constants; values are parameters)


def _branch(condition: str, conditions: list[str], order: str) -> str:
    where = " AND ".join(["{}", *conditions])
    by_table = ", ".join(f"t.{column}" for column in order.split(", "))
    select = f"SELECT t.id, t.due_at FROM rulebooks_duty t WHERE {where} ORDER BY {by_table} LIMIT {PAGE + 1}"  # noqa: S608 (constants)
    if condition in ("staff", "units"):
        column = "assignee_id" if condition == "staff" else "unit_id"
        inner = select.format(f"t.{column} = w.id")
        each = f"SELECT k.id, k.due_at FROM unnest(%({condition})s::bigint[]) w(id) CROSS JOIN LATERAL ({inner}) k"  # noqa: S608 (as above)
        return f"{each} ORDER BY {order} LIMIT {PAGE + 1}"
    return select.format(condition)


def narrowing(asked: Asked) -> tuple[list[str], dict[str, Any]]:
    conditions, values = [asked.state.sql], dict[str, Any](moments())
    if asked.clause:
        conditions.append("t.clause_id = %(clause)s")
        values["clause"] = asked.clause
    if asked.month:
        conditions.append("t.due_at > %(month_from)s AND t.due_at <= %(month_to)s")
        values["month_from"], values["month_to"] = asked.month.bounds
    if asked.unit:
        conditions.append("t.unit_id = ANY(%(asked_units)s::bigint[])")
        values["asked_units"] = units_below(asked.unit)
    if asked.rulebook:
        conditions.append("t.clause_id IS NOT NULL" if asked.rulebook == "any" else OF_RULEBOOK)
        values["rulebook"] = asked.rulebook
    if asked.day:
        conditions.append(AT_DAY_END)
        values["day"] = asked.day
    return conditions, values


def about(asked: Asked) -> str:
    """What else the list is narrowed to, in words."""
    unit = unit_name(asked.unit) if asked.unit else ""
    parts = [_("Due in %(month)s") % {"month": asked.month.text}] if asked.month else []
    parts += [_("Open and late at the end of %(day)s") % {"day": formats.day(asked.day)}] if asked.day else []
    return " · ".join([*parts, *([unit] if unit else [])])


def within(asked: Asked, actor: Actor, values: dict[str, Any]) -> list[str]:
    """The branches the reader's scope falls into; a person asked for that lies outside of it is Missing."""
    scope = scope_of(actor, Duty.KIND)
    values |= {"staff": list(scope.staff_ids), "units": list(scope.unit_ids)}
    if asked.person == "nobody":
        return ["t.assignee_id IS NULL AND " + orphaned(scope)]
    if asked.person:
        return [_of_person(asked.person, scope, actor, values)]
    if scope.everything:
        return ["TRUE"]
    orphans = [f"t.assignee_id IS NULL AND {orphaned(scope)}"]
    return ["staff"] * bool(scope.staff_ids) + ["units"] * bool(scope.unit_ids) + orphans


def _of_person(person: str, scope: Scope, actor: Actor, values: dict[str, Any]) -> str:
    staff_id = actor.staff_id if person == "me" else int(person) if person.isdecimal() and len(person) < 18 else None
    values["person"] = staff_id
    if staff_id is not None and (scope.everything or staff_id in scope.staff_ids):
        return "t.assignee_id = %(person)s"
    if staff_id is not None and scope.unit_ids:
        return "t.assignee_id = %(person)s AND t.unit_id = ANY(%(units)s)"
    raise Missing()


def orphaned(scope: Scope) -> str:
    """As Duty.visible_to says it."""
    if scope.everything:
        return "TRUE"
    return (
        "(t.unit_id = ANY(%(units)s) OR EXISTS (SELECT 1 FROM customers_customer x"
        " WHERE x.id = t.customer_id AND x.owner_id = ANY(%(staff)s)))"
    )


def people_options(actor: Actor) -> list[tuple[str, Any]]:
    """Whose duties may be asked for; nobody to choose when one sees only one's own."""
    scope = scope_of(actor, Duty.KIND)
    if not scope.everything and len(scope.staff_ids) < 2:
        return []
    staff = Staff.objects.filter(left_on=None).order_by("pinyin", "id")
    staff = staff if scope.everything else staff.filter(id__in=scope.staff_ids)
    named = [(str(pk), name) for pk, name in staff.values_list("id", "name")[:MOST_OPTIONS]]
    return [("me", _("Myself")), ("nobody", _("Nobody found")), *named]


def person_name(person: str, actor: Actor) -> str:
    if not person.isdecimal() or len(person) > 17:
        return {"me": "", "nobody": _("Nobody found")}.get(person, "")
    return Staff.objects.filter(id=int(person)).values_list("name", flat=True).first() or ""


def clause_options(actor: Actor) -> list[tuple[str, str]]:
    """The clauses in force or in force before, newest wording first said."""
    order = ("version__rulebook_id", "clause_id")
    rows = Rule.objects.exclude(version__state="draft").order_by(*order, "-version__number").distinct(*order)
    is_chinese = actor.language.startswith("zh")
    texts = rows.values_list("clause_id", "article", "article_en")[:MOST_OPTIONS]
    return [(str(pk), shortened(zh if is_chinese or not en else en)) for pk, zh, en in texts]


def shortened(article: str, longest: int = 34) -> str:
    number, words = numbered(article)
    text = f"{number} {words}".strip()
    return text if len(text) <= longest else text[: longest - 1] + "…"


def made_counts(clause_ids: list[int], month: Month, actor: Actor) -> dict[int, dict[str, int]]:
    """What each clause made happen in the month, among the duties the reader may see: the rows behind are the same."""
    found = measures(actor, month=month, narrowing=Narrowing(clause_ids=clause_ids))
    return {clause_id: vars(found.of(clause_id)) for clause_id in clause_ids}
