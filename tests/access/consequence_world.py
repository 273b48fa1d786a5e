"""Consequences about representative 邱远, one in each state, as the pages about them meet them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from guanxi.base.kernel import clock
from guanxi.core.rulebooks.models import Proposal, Rule

if TYPE_CHECKING:
    from .world import World

NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)


def consequence_things(world: World) -> dict[str, int]:
    manager = world.staff("manager")
    decided = {"state": "confirmed", "decided_by": manager, "decided_at": clock.now(), "decision": "核实"}
    appealed = {"appeal": "open", "appeal_text": "有异议", "appealed_at": clock.now(), "appeal_to": world.staff("gm")}
    return {
        "proposal": proposed(world, 1).pk,
        "confirmed proposal": proposed(world, 2, month=NOVEMBER, **decided).pk,
        "appealed proposal": proposed(world, 3, month=NOVEMBER, **decided | appealed).pk,
        "questioned proposal": proposed(world, 4, month=OCTOBER, review="open", **decided).pk,
    }


def proposed(world: World, rung: int, **values: Any) -> Proposal:
    rule = Rule.objects.filter(version__state="approved").order_by("id")[0]
    manager = world.staff("manager")
    usual = {
        "kind": "deduct",
        "amount": 20,
        "least": 20,
        "most": 20,
        "subject_kind": "duty",
        "subject_id": world.duty.pk,
    }
    people = {"staff": world.staff("rep"), "unit": world.unit("chengdu-sales")}
    usual |= people | {"confirmer": manager, "first_confirmer": manager, "confirmer_role": "sales-manager"}
    days = {"proposed_at": clock.now(), "due_at": clock.now() + timedelta(days=7)}
    return Proposal.objects.create(
        rule=rule, clause_id=rule.clause_id, duty=world.duty, rung=rung, **usual | days | values
    )
