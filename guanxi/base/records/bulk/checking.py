"""Which records of a run can take part, and why the others cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guanxi.base.kernel.actor import Actor
from guanxi.base.org import gate

from ..types import RecordType
from .items import has_version
from .steps import CHANGED_MEANWHILE, NOT_THERE, RESTRICTED, BulkStep, Reason, Values

Versions = Mapping[int, int | None]


def reasons_against(
    step: BulkStep, type_: RecordType, actor: Actor, seen: Versions, values: Values, *, lock: bool = False
) -> dict[int, Reason]:
    """`seen`: the records with their versions when they were ticked. A constant number of queries. `lock`: what is
    found to take part cannot be changed by others until the transaction ends."""
    now = versions_now(step, type_, actor, list(seen), lock=lock)
    found = {one: NOT_THERE for one in seen if one not in now}
    found |= {one: CHANGED_MEANWHILE for one, version in now.items() if version != seen[one]}
    open_ones = [one for one in seen if one not in found]
    restricted = gate.restricted(actor, step.verb, type_.key, open_ones)
    found |= {one: Reason(RESTRICTED, {"reason": text}) for one, text in restricted.items()}
    return found | dict(step.check(actor, [one for one in open_ones if one not in restricted], values))


def versions_now(
    step: BulkStep, type_: RecordType, actor: Actor, ids: list[int], *, lock: bool = False
) -> dict[int, Any]:
    rows = type_.model._default_manager.get_queryset().kept().visible_to(actor, step.verb)
    rows = rows.filter(id__in=ids)
    if lock:
        rows = rows.order_by("id").select_for_update(of=("self",))
    if has_version(type_):
        return dict(rows.values_list("id", "version"))
    return dict.fromkeys(rows.values_list("id", flat=True))
