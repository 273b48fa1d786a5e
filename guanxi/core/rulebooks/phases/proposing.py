"""What a rung proposes: against whom, how much, and who decides about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from guanxi.base.kernel import clock

from ..engine.durations import Duration, Unit
from ..engine.rules import Amount, Proposed, Rung, Who
from . import days, levels, people
from .occurrences import within_units
from .running import RunningRule
from .scope import Scope
from .statement import Statement

# How long after it was due a duty that is done already is still looked at for what being raised proposes.
LOOKED_AT = timedelta(days=31)
# What a record says may be anything; what is proposed is an amount that a clause could name itself.
ASKED_AMOUNT = "CASE WHEN x.asked_amount IS NOT NULL THEN LEAST(GREATEST(x.asked_amount, 0), 9999999.99) END"
MAIN = "SELECT DISTINCT ON (staff_id) staff_id, unit_id FROM active_posts ORDER BY staff_id, is_main DESC, id"
# Late, and the rung reached, as for climbing; or at once, then also when it is done already.
LATE = "d.state = 'open' AND d.due_at <= %(until{n})s AND d.due_at <= %(now)s"
RAISED = "(d.state = 'open' OR (d.state = 'done' AND ({everywhere} OR d.due_at > %(looked_at)s)))"
HIT = """
SELECT d.id AS duty_id, {n}::smallint AS rung, d.subject_kind, d.subject_id, d.unit_id AS duty_unit,
  {late} AS late_since, {staff} AS staff_id, {amount} AS amount, {named} AS named_id
FROM rulebooks_duty d {joins}
WHERE d.rule_id = %(rule)s AND NOT d.is_caught_up AND {reached} AND {scope} AND {units}
  AND NOT EXISTS (SELECT 1 FROM rulebooks_proposal p
    WHERE p.duty_id = d.id AND p.rung = {n} AND p.state <> 'withdrawn')
  AND NOT EXISTS (SELECT 1 FROM org_absence x WHERE x.staff_id IN (d.assignee_id, {staff})
    AND %(today)s BETWEEN x.starts_on AND x.ends_on)
"""
AIMED = """
SELECT h.*, w.unit_id AS staff_unit, COALESCE(h.duty_unit, w.unit_id) AS unit_id
FROM hit h LEFT JOIN main_unit w ON w.staff_id = h.staff_id WHERE h.staff_id IS NOT NULL
"""
ASKED = "SELECT staff_id FROM aimed UNION SELECT staff_id FROM known UNION SELECT confirmer_id FROM known"
# Never the person concerned; then whoever is next above.
OTHERS = "(SELECT m FROM unnest({people}) m WHERE m <> h.staff_id ORDER BY m LIMIT 1)"
ABOVE = """(SELECT l.superior_id FROM levels l WHERE l.staff_id = {of} AND l.superior_id <> h.staff_id
  ORDER BY l.steps, l.superior_id LIMIT 1)"""
NEW = """
SELECT h.duty_id, h.rung, '{kind}' AS kind, h.subject_kind, h.subject_id, h.staff_id, h.staff_unit, h.amount,
  %(least{n})s::numeric AS least, %(most{n})s::numeric AS most, %(role{n})s AS role, {confirmer} AS confirmer_id,
  h.late_since, {due_at} AS due_at
FROM aimed h {join} WHERE h.rung = {n}
"""
INSERT = """
INSERT INTO rulebooks_proposal AS p (rule_id, clause_id, duty_id, rung, kind, subject_kind, subject_id, staff_id,
  unit_id, amount, least, most, confirmer_role, confirmer_id, first_confirmer_id, proposed_at, late_since, due_at,
  state, decision, appeal, appeal_text, appeal_answer)
SELECT %(rule)s, %(clause)s, duty_id, rung, kind, subject_kind, subject_id, staff_id, staff_unit, amount, least, most,
  role, confirmer_id, confirmer_id, %(now)s, late_since, due_at, 'proposed', '', '', '', '' FROM new
ON CONFLICT (duty_id, rung) DO UPDATE SET state = 'proposed', rule_id = excluded.rule_id, kind = excluded.kind,
  confirmer_role = excluded.confirmer_role, staff_id = excluded.staff_id, unit_id = excluded.unit_id,
  amount = excluded.amount, least = excluded.least, most = excluded.most,
  confirmer_id = excluded.confirmer_id, first_confirmer_id = excluded.confirmer_id, level = 0,
  proposed_at = excluded.proposed_at, late_since = excluded.late_since, due_at = excluded.due_at,
  version = p.version + 1
WHERE p.state = 'withdrawn'
RETURNING id, staff_id, confirmer_id, kind, amount, due_at, version
"""


@dataclass(frozen=True)
class RungOf:
    """A rung that proposes, with its number on the ladder."""

    number: int
    at: Duration
    from_raised: bool
    proposed: Proposed

    @property
    def days(self) -> int:
        return self.at.amount * (7 if self.at.unit is Unit.WEEK else 1)


def proposing_rungs(ladder: Sequence[Rung]) -> list[RungOf]:
    return [
        RungOf(number, rung.at, rung.from_raised, rung.proposed)
        for number, rung in enumerate(ladder, 1)
        if rung.proposed
    ]


def add_proposed(statement: Statement, rule: RunningRule, rungs: list[RungOf], scope: Scope) -> None:
    statement.part("active_posts", people.ACTIVE_POSTS)
    statement.params["looked_at"] = clock.now() - LOOKED_AT
    days.add_workdays(statement, [one.proposed.within for one in rungs])
    statement.part("hit", " UNION ALL ".join(_hit(statement, rule, one, scope) for one in rungs))
    statement.part("main_unit", MAIN)
    statement.part("aimed", AIMED)
    levels.add_levels(statement, ASKED)
    statement.part("new", " UNION ALL ".join(_new(statement, one) for one in rungs))
    statement.part("proposed", INSERT)


def until(rung: RungOf) -> object:
    """As for climbing: `due + N days` is reached when the day N days after the due day begins."""
    return clock.end_of(clock.today() - timedelta(days=rung.days))


def deadline(rung: RungOf) -> str:
    return days.end_of(days.later("%(today)s::date", rung.proposed.within))


def _hit(statement: Statement, rule: RunningRule, rung: RungOf, scope: Scope) -> str:
    number, proposed = rung.number, rung.proposed
    statement.params[f"until{number}"] = until(rung)
    reached = RAISED.format(everywhere=str(not scope.is_everything).upper()) if rung.from_raised else LATE
    joins, units = "", within_units(rule, "d.unit_id")
    if proposed.against.kind == "superior":
        people.add_superiors(statement)
        joins = "LEFT JOIN superiors sup ON sup.staff_id = d.assignee_id"
    return HIT.format(
        n=number,
        late="NULL::timestamptz" if rung.from_raised else "d.due_at",
        staff=_against(rule, proposed.against),
        amount=_amount(statement, rule, number, proposed.amount),
        named=_named(statement, rule, number, proposed.confirmed_by),
        joins=joins + _subject_row(rule, proposed),
        reached=reached.format(n=number),
        scope=scope.on_duty(),
        # On trial nothing is proposed against anybody.
        units="FALSE" if rule.is_trial else units,
    )


def _subject_row(rule: RunningRule, proposed: Proposed) -> str:
    """The subject's own row, where the clause speaks of its people or its fields."""
    kinds = {proposed.against.kind, proposed.confirmed_by.kind}
    if not proposed.amount.field and not kinds & {"owner", "person"}:
        return ""
    subject = rule.subject
    columns = [f"{subject.owner} AS owner_id"]
    columns += [f"{sql} AS person_{place}" for place, sql in enumerate(subject.people.values())]
    if proposed.amount.field:
        columns.append(f"{_column(rule, proposed.amount.field)} AS asked_amount")
    select = f"SELECT {', '.join(columns)} FROM {subject.relation} WHERE {subject.id} = d.subject_id LIMIT 1"
    return f" LEFT JOIN LATERAL ({select}) x ON TRUE"


def _column(rule: RunningRule, name: str) -> str:
    field = rule.subject.fields[name]
    if field.is_own:
        return f"(s.own->>'{field.key}')::numeric"
    return f'{field.alias or "s"}."{field.name}"'


def _against(rule: RunningRule, who: Who) -> str:
    match who.kind:
        case "superior":
            return "sup.superior_id"
        case "owner":
            return "x.owner_id"
        case "person":
            return f"x.person_{list(rule.subject.people).index(who.name)}"
        case _:
            return "d.assignee_id"


def _amount(statement: Statement, rule: RunningRule, number: int, amount: Amount) -> str:
    """A fixed amount without bounds is that amount; what a field says lies between them, the least when it is empty."""
    least, most = amount.least or amount.value or None, amount.most or amount.value or None
    statement.params |= {f"value{number}": amount.value or None, f"least{number}": least, f"most{number}": most}
    asked = ASKED_AMOUNT if amount.field else f"%(value{number})s::numeric"
    between = f"GREATEST(LEAST({asked}, %(most{number})s::numeric), %(least{number})s::numeric)"
    return f"CASE WHEN {asked} IS NULL THEN %(least{number})s::numeric ELSE {between} END"


def _named(statement: Statement, rule: RunningRule, number: int, who: Who) -> str:
    """Somebody the clause names by a word or a number, if still here."""
    match who.kind:
        case "owner" | "person":
            found = "x.owner_id" if who.kind == "owner" else _against(rule, who)
            return f"(SELECT o.id FROM org_staff o WHERE o.id = {found} AND {people.STILL_HERE.format('o')})"
        case "named":
            statement.params[f"named{number}"] = who.name
            here = people.STILL_HERE.format("o")
            return f"(SELECT o.id FROM org_staff o WHERE o.number = %(named{number})s AND {here})"
        case _:
            return "NULL::bigint"


def _new(statement: Statement, rung: RungOf) -> str:
    who, number = rung.proposed.confirmed_by, rung.number
    statement.params[f"role{number}"] = who.name if who.kind == "role" else ""
    join, chosen = "", "NULLIF(h.named_id, h.staff_id)"
    if who.kind == "role":
        nearest = people.add_nearest(statement, who.name, "aimed", f"confirmer{number}")
        join = f"LEFT JOIN {nearest} near ON near.unit_id = h.unit_id"
        chosen = OTHERS.format(people="near.staff_ids")
    confirmer = f"COALESCE({chosen}, {ABOVE.format(of='h.staff_id')})"
    return NEW.format(kind=rung.proposed.kind, n=number, confirmer=confirmer, join=join, due_at=deadline(rung))
