"""A review of rights under way, a compliance report, data incidents of a representative, and what else safety keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.edge.ops.governance.checks import make_report
from guanxi.edge.ops.governance.judging import judge_incident, note_told
from guanxi.edge.ops.governance.networks import add_range
from guanxi.edge.ops.governance.reviewing import begin_review
from guanxi.edge.ops.governance.screens.incidents import DATA_INCIDENTS
from guanxi.edge.ops.governance.screens.risks import RISKS

if TYPE_CHECKING:
    from .world import World

Who = Callable[[str], Actor]


def safety_things(world: World, actor_of: Who) -> dict[str, int]:
    admin = actor_of("admin")
    review = begin_review(actor=admin)
    line = review.lines.get(staff=world.staff("stranger"), origin="post")
    confirmed = reported(actor_of)
    judge_incident(confirmed, is_violation=True, judgement="属实", responsible=world.staff("colleague"), actor=admin)
    told = reported(actor_of)
    judge_incident(told, is_violation=True, judgement="属实", responsible=world.staff("colleague"), actor=admin)
    note_told(told, whom="当事客户", at=clock.now(), actor=admin)
    gone = a_risk(actor_of)
    RISKS.remove(gone, why="重复", actor=admin)  # type: ignore[misc]  # standard() has filled it in
    return {
        "review": review.pk,
        "review line": line.pk,
        "report": make_report(actor=admin).pk,
        "data incident": reported(actor_of),
        "confirmed data incident": confirmed,
        "told data incident": told,
        "network": add_range("198.51.100.0/24", note="某网段", on_sight="alarm", actor=admin).pk,
        "risk": a_risk(actor_of),
        "removed risk": gone,
    }


def reported(actor_of: Who) -> int:
    values = {"title": "名单外发", "what": "leak", "severity": "medium", "description": "误发到外部群"}
    return int(DATA_INCIDENTS.create(values, actor=actor_of("rep")).pk)  # type: ignore[misc]  # it has one


def a_risk(actor_of: Who) -> int:
    values = {"title": "停电", "field": "hardware", "likelihood": "2", "impact": "4", "strategy": "recovery"}
    return int(RISKS.create(values | {"state": "open"}, actor=actor_of("admin")).pk)  # type: ignore[misc]  # as above
