"""Clauses that forbid stand as restrictions, from the day their version is in force until it is not any more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from guanxi.base.kernel import clock
from guanxi.base.org.models import Restriction

from .models import Rule
from .phases.running import versions_in_force
from .registry import GATES

# What identifies a restriction among those of clauses; all the rest follows from its clause.
Key = tuple[int, str, str]
FACTS = ("rule_id", "kind", "verb", "unit_ids", "clause", "clause_en", "needs_permit", "permit_role", "until")


@transaction.atomic
def set_restrictions() -> int:
    """Brings the rows in line with the versions in force today; how many changed. Repeating it changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('org_restriction.rule'))")
    wanted = {_key(one): one for one in _wanted()}
    standing = list(Restriction.objects.filter(rule_id__isnull=False))
    gone = [one.pk for one in standing if not _is_same(one, wanted.get(_key(one)))]
    kept = {_key(one) for one in standing if one.pk not in set(gone)}
    new = [one for key, one in wanted.items() if key not in kept]
    if gone:
        Restriction.objects.filter(id__in=gone).delete()
    Restriction.objects.bulk_create(new)
    return len(gone) + len(new)


def _wanted() -> Iterator[Restriction]:
    rules = Rule.objects.filter(version_id__in=versions_in_force(), spec__forbids__has_key="verbs")
    for rule in rules.select_related("version"):
        yield from _restrictions_of(rule)


def _restrictions_of(rule: Rule) -> Iterator[Restriction]:
    spec, version = rule.read, rule.version
    assert spec.forbids is not None
    for verb in spec.forbids.verbs:
        gate = GATES.find(f"{spec.subject}:{verb}")
        if gate is not None:
            yield Restriction(
                rule_id=rule.pk,
                kind=gate.kind,
                verb=gate.verb,
                unit_ids=version.unit_ids,
                reason=rule.article[:200],
                clause=rule.article,
                clause_en=rule.article_en,
                needs_permit=bool(spec.forbids.permit_by),
                permit_role=spec.forbids.permit_by,
                until=clock.end_of(version.until_on) if version.until_on else None,
            )


def _key(one: Restriction) -> Key:
    return (one.rule_id or 0, one.kind, one.verb)


def _is_same(one: Restriction, other: Restriction | None) -> bool:
    return other is not None and _facts(one) == _facts(other)


def _facts(one: Restriction) -> list[Any]:
    return [getattr(one, name) for name in FACTS]
