"""Running the phases and keeping the trail of what they did."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef

from guanxi.base.kernel import clock

from ..models import Duty, Proposal, Rule, Run
from .climbing import climb_ladder
from .concluding import conclude
from .correcting import correct_duties
from .raising import raise_duties
from .running import RunningRule, running_rules
from .scope import CUSTOMER, Scope
from .settling import settle_duties

Phase = Callable[[RunningRule, Scope], dict[str, int]]
PHASES: dict[str, Phase] = {
    "correct": correct_duties,
    "raise": raise_duties,
    "settle": settle_duties,
    "climb": climb_ladder,
    "conclude": conclude,
}
Counts = dict[str, dict[str, int]]


def run_phases(names: Iterable[str], scope: Scope, *, settled_by: str = "") -> Counts:
    """Each phase over all rules concerned before the next begins. Sums of the counts, by phase.

    `settled_by`: only the rules which this provider of evidence settles, when nothing else has changed.
    """
    rules = running_rules(also=_rules_with_duties(scope))
    if settled_by:
        rules = [rule for rule in rules if settled_by in (rule.evidence.key, *rule.evidence.reads)]
    if scope.is_everything:
        return _run_all(names, rules, scope)
    return {name: _sum(run_phase(name, rule, scope) for rule in _concerned(rules, name, scope)) for name in names}


def _run_all(names: Iterable[str], rules: list[RunningRule], scope: Scope) -> Counts:
    """One rule that fails at night must not keep the others from running; the job fails after the last."""
    counts: Counts = {}
    failures: list[Exception] = []
    for name in names:
        counts[name] = {}
        for rule in _concerned(rules, name, scope):
            try:
                counts[name] = _sum([counts[name], run_phase(name, rule, scope)])
            except DatabaseError as failure:
                failure.add_note(f"{name}, rule {rule.id}")
                failures.append(failure)
    if failures:
        raise ExceptionGroup("rules failed", failures)
    return counts


def run_phase(name: str, rule: RunningRule, scope: Scope) -> dict[str, int]:
    started, clock_started = time.monotonic(), clock.now()
    # At night one rule may fail alone; what follows a change stands or falls with it.
    with transaction.atomic(savepoint=scope.is_everything):
        counts = PHASES[name](rule, scope)
        if counts or scope.is_everything:
            took = int((time.monotonic() - started) * 1000)
            Run.objects.create(
                rule_id=rule.id, phase=name, scope=str(scope), started_at=clock_started, took_ms=took, counts=counts
            )
    return counts


def _concerned(rules: list[RunningRule], phase: str, scope: Scope) -> list[RunningRule]:
    """Raising is for versions in force, and what concerns one kind of subject is no matter of the others."""
    if phase == "raise":
        rules = [rule for rule in rules if rule.is_in_force]
    if scope.is_everything:
        return rules
    if scope.kind == CUSTOMER:
        return [rule for rule in rules if rule.subject.has_customer]
    return [rule for rule in rules if rule.subject.kind == scope.kind]


def _rules_with_duties(scope: Scope) -> set[int]:
    if scope.is_everything:
        # One look into the index per rule instead of reading all open duties.
        has_open = Exists(Duty.objects.filter(rule=OuterRef("pk"), state="open"))
        undecided = Exists(Proposal.objects.filter(rule=OuterRef("pk"), state="proposed"))
        return set(Rule.objects.filter(has_open | undecided).values_list("id", flat=True))
    duties = Duty.objects.filter(rule__isnull=False)
    field = "customer_id__in" if scope.kind == CUSTOMER else "subject_id__in"
    kinds = {} if scope.kind == CUSTOMER else {"subject_kind": scope.kind}
    return set(duties.filter(**{field: list(scope.ids)}, **kinds).values_list("rule_id", flat=True).distinct())


def _sum(parts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in parts:
        for name, count in part.items():
            total[name] = total.get(name, 0) + count
    return total
