"""The operations of the API."""

from __future__ import annotations

from typing import Any

from guanxi.base.kernel import clock

from .matrix import (
    A_CALL,
    AUTHOR,
    EVERYONE,
    HIS_DUTIES,
    LEADS,
    MANAGES,
    RECEIVES,
    SEES,
    STAFF,
    activity,
    duty,
    gives,
    its_customer,
    nothing,
    operation,
    thing,
)
from .world import World

CHANGE = gives(version=1, remark="改过的备注")


def form_id(world: World) -> dict[str, Any]:
    return {"form_id": world.form.pk}


def to_the_colleague(world: World) -> dict[str, Any]:
    return {"to": world.staff("colleague").pk, "why": "休假"}


def new_form(world: World) -> dict[str, Any]:
    return {"customer_id": world.customer.pk, "event_name": "冬季会", "completed_on": str(clock.today())}


def new_task(world: World) -> dict[str, Any]:
    return {"customer_id": world.customer.pk, "purpose": "送月历", "due_on": str(clock.today())}


def later(world: World) -> dict[str, Any]:
    return {"until": "2026-12-01", "why": "出差"}


MADE, EMPTY = (201,), (204,)
WHY = "?why=重复"

operation("me", EVERYONE)
operation("customers_list", STAFF)
operation("customers_create", STAFF, data=gives(name="崔强", phone="13800000001"), ok=MADE)
operation("customers_get", SEES, its_customer)
operation("customers_change", SEES, its_customer, CHANGE)
operation("customers_remove", MANAGES, its_customer, query=WHY, ok=EMPTY)
operation("customers_transfer", LEADS, its_customer, to_the_colleague, ok=EMPTY)
operation("activities_list", SEES, its_customer)
operation("activities_log", SEES, its_customer, A_CALL, ok=MADE)
operation("activities_get", SEES, activity)
operation("activities_change", AUTHOR, activity, gives(version=1, note="另一种说法，说得更细"))
operation("activities_remove", AUTHOR, activity, query=WHY, ok=EMPTY)
A_VISIT = thing("visit", "record_id")
operation("coming_visits_list", STAFF)
operation("coming_visits_get", RECEIVES, A_VISIT)
operation("coming_visits_change", RECEIVES, A_VISIT, gives(version=1, purpose="参观"))
operation("coming_visits_remove", RECEIVES, A_VISIT, query=WHY, ok=EMPTY)
operation("file_forms_list", STAFF)
operation("file_forms_complete", SEES, nothing, new_form, ok=MADE)
operation("file_forms_get", SEES, form_id)
operation("file_forms_change", SEES, form_id, gives(version=1, product="另一产品"))
operation("file_forms_remove", MANAGES, form_id, query=WHY, ok=EMPTY)
operation("duties_list", STAFF)
operation("duties_create", SEES, nothing, new_task, ok=MADE)
operation("duties_get", HIS_DUTIES, duty)
operation("duties_postpone", HIS_DUTIES, duty, later)
operation("duties_hand_over", HIS_DUTIES, duty, to_the_colleague)
operation("duties_withdraw", HIS_DUTIES, duty, gives(why="不再需要"))
operation("duties_finish", HIS_DUTIES, duty, gives(note="送到了"))
operation("duties_log", HIS_DUTIES, duty, A_CALL, ok=MADE)
operation("rulebooks_list", EVERYONE)
operation("rulebooks_get", EVERYONE, gives(key="huixiao-archive"))
operation("staff_list", EVERYONE)
