"""A rule made ready to run: its wording, its registered names, and what its version says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from guanxi.base.kernel import clock

from ..engine.rules import Rule as RuleSpec
from ..models import Rule, Version, VersionState
from ..registry import SOURCES, SUBJECTS, Evidence, Source, Subject, evidence_for


@dataclass(frozen=True)
class RunningRule:
    """`clause_id` is None in a dry run of a text that is not stored."""

    id: int | None
    clause_id: int | None
    spec: RuleSpec
    subject: Subject
    source: Source
    evidence: Evidence
    anchors_from: date
    skips_past: bool = False
    unit_ids: tuple[int, ...] = ()
    is_in_force: bool = True


def prepare(
    spec: RuleSpec, *, anchors_from: date, skips_past: bool = False, unit_ids: Iterable[int] = ()
) -> RunningRule | None:
    """None for a clause that waits for something, or whose room is not installed here."""
    subject, source = SUBJECTS.find(spec.subject), SOURCES.find(f"{spec.subject}:{spec.when}")
    evidence = spec.evidence and evidence_for(spec.evidence.provider, spec.evidence.kinds, spec.subject)
    if spec.waits_for or not subject or not source or not evidence:
        return None
    return RunningRule(None, None, spec, subject, source, evidence, anchors_from, skips_past, tuple(unit_ids))


def of_row(rule: Rule, *, is_in_force: bool) -> RunningRule | None:
    version = rule.version
    assert version.effective_on is not None
    ready = prepare(
        rule.read,
        anchors_from=version.anchors_from or version.effective_on,
        skips_past=version.catch_up == "skip",
        unit_ids=version.unit_ids,
    )
    return ready and RunningRule(
        **{**vars(ready), "id": rule.pk, "clause_id": rule.clause_id, "is_in_force": is_in_force}
    )


def versions_in_force() -> list[int]:
    """Of each rulebook the approved version with the latest effective day that has come."""
    rows = Version.objects.filter(
        state__in=[VersionState.APPROVED, VersionState.RETIRED], effective_on__lte=clock.today()
    )
    return list(
        rows.order_by("rulebook_id", "-effective_on", "-number").distinct("rulebook_id").values_list("id", flat=True)
    )


def running_rules(*, also: Iterable[int] = ()) -> list[RunningRule]:
    """The rules in force, and those of `also` (which have duties although another version is in force now)."""
    in_force = set(versions_in_force())
    rows = Rule.objects.select_related("version").order_by("version__rulebook_id", "version__number", "position")
    wanted = rows.filter(version_id__in=in_force) | rows.filter(id__in=list(also))
    ready = (of_row(rule, is_in_force=rule.version_id in in_force) for rule in wanted)
    return [rule for rule in ready if rule]
