"""A rule made ready to run: its wording, its registered names, and what its version says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from guanxi.base.kernel import clock

from ..engine.rules import Rule as RuleSpec
from ..models import OnReplace, Rule, Version, VersionState
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
    # The last day of its version; it is on trial; another version wants its open duties withdrawn and raised anew.
    until_on: date | None = None
    is_trial: bool = False
    is_renewed: bool = False


def prepare(
    spec: RuleSpec,
    *,
    anchors_from: date,
    effective_on: date | None = None,
    skips_past: bool = False,
    unit_ids: Iterable[int] = (),
) -> RunningRule | None:
    """None for a clause that waits for something, or whose room is not installed here.

    `anchors_from` is about events that happened earlier; days and months that come round count from `effective_on`."""
    subject, source = SUBJECTS.find(spec.subject), SOURCES.find(f"{spec.subject}:{spec.when}")
    evidence = spec.evidence and evidence_for(spec.evidence.provider, spec.evidence.kinds, spec.subject)
    if spec.waits_for or not subject or not source or not evidence:
        return None
    since = max(anchors_from, effective_on) if effective_on and source.is_cycle else anchors_from
    return RunningRule(None, None, spec, subject, source, evidence, since, skips_past, tuple(unit_ids))


def of_row(rule: Rule, *, is_in_force: bool, is_renewed: bool = False) -> RunningRule | None:
    version = rule.version
    assert version.effective_on is not None
    ready = prepare(
        rule.read,
        anchors_from=version.anchors_from or version.effective_on,
        effective_on=version.effective_on,
        skips_past=version.catch_up == "skip",
        unit_ids=version.unit_ids,
    )
    return ready and replace(
        ready,
        id=rule.pk,
        clause_id=rule.clause_id,
        is_in_force=is_in_force,
        until_on=version.until_on,
        is_trial=version.is_trial,
        is_renewed=is_renewed,
    )


def latest_versions() -> list[Version]:
    """Of each rulebook the approved version with the latest effective day that has come."""
    rows = Version.objects.filter(
        state__in=[VersionState.APPROVED, VersionState.RETIRED], effective_on__lte=clock.today()
    )
    latest = rows.order_by("rulebook_id", "-effective_on", "-number").distinct("rulebook_id")
    return list(latest.only("id", "rulebook_id", "until_on", "on_replace"))


def versions_in_force() -> list[int]:
    """The latest of each rulebook, unless its last day has passed."""
    return [version.pk for version in latest_versions() if not is_over(version)]


def is_over(version: Version) -> bool:
    return version.until_on is not None and version.until_on < clock.today()


def running_rules(*, also: Iterable[int] = ()) -> list[RunningRule]:
    """The rules in force, and those of `also` (which have duties although another version is in force now)."""
    standing = [version for version in latest_versions() if not is_over(version)]
    in_force = {version.pk for version in standing}
    renewing = {version.rulebook_id for version in standing if version.on_replace == OnReplace.RENEW}
    rows = Rule.objects.select_related("version").order_by("version__rulebook_id", "version__number", "position")
    wanted = rows.filter(version_id__in=in_force) | rows.filter(id__in=list(also))
    return [rule for row in wanted if (rule := _standing(row, in_force, renewing))]


def _standing(row: Rule, in_force: set[int], renewing: set[int]) -> RunningRule | None:
    is_in_force = row.version_id in in_force
    is_renewed = not is_in_force and row.version.rulebook_id in renewing
    return of_row(row, is_in_force=is_in_force, is_renewed=is_renewed)
