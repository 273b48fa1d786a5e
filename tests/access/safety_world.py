"""A review of rights under way, a compliance report, and what else the pages of safety meet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from guanxi.base.kernel.actor import Actor
from guanxi.edge.ops.governance.checks import make_report
from guanxi.edge.ops.governance.reviewing import begin_review

if TYPE_CHECKING:
    from .world import World


def safety_things(world: World, actor_of: Callable[[str], Actor]) -> dict[str, int]:
    admin = actor_of("admin")
    review = begin_review(actor=admin)
    line = review.lines.get(staff=world.staff("stranger"), origin="post")
    return {"review": review.pk, "review line": line.pk, "report": make_report(actor=admin).pk}
