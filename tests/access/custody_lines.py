"""The pages of attendance, loans, incidents, requests to the doctor and the register of file forms; and their API."""

from __future__ import annotations

from typing import Any

from guanxi.base.kernel import clock

from .matrix import (
    CAN_DELETE,
    MANAGES,
    SEES,
    STAFF,
    file_form,
    form,
    gives,
    nothing,
    operation,
    page,
    person,
    press,
    thing,
)
from .world import World

OPENED = {"writes": ("records_opened",)}
PRINTED = {"writes": ("audit_entry",)}
DOCTOR = frozenset({"doctor"})
ATTENDANCE, LOAN = thing("attendance", "record_id"), thing("loan", "record_id")
INCIDENT, REQUEST = thing("incident", "record_id"), thing("callback request", "record_id")
# Who answers for the person concerned, and who keeps the files of the branch; never that person.
JUDGES = frozenset({"manager", "doctor", "gm"})


def an_event(world: World) -> dict[str, Any]:
    return {
        "event_name": "另一场讲座",
        "held_on": str(clock.today()),
        "event_kind": "dinner",
        "customer": world.customer.pk,
    }


def the_kept_file(world: World) -> dict[str, Any]:
    return {"form": world.things["kept file"], "purpose": "callback", "borrower": world.staff("rep").pk}


def the_loan(world: World) -> dict[str, Any]:
    return {"loan": world.things["loan"]}


def an_incident(world: World) -> dict[str, Any]:
    return {"kind": "lost", "concerned": world.staff("rep").pk, "severity": "minor", "description": "找不到了"}


def a_non_buyer(world: World) -> dict[str, Any]:
    return {"customer_id": world.things["non-buyer"]}


def a_wish(world: World) -> dict[str, Any]:
    return {"wanted_on": str(clock.today()), "reason": "想请医生解答"}


def to_the_doctor(world: World) -> dict[str, Any]:
    return {"to": world.staff("doctor").pk}


for noun, who, one in (
    ("attendance", SEES, ATTENDANCE),
    ("loan", SEES, LOAN),
    ("incident", SEES, INCIDENT),
    ("callbackrequest", SEES, REQUEST),
):
    page(f"archive:{noun}-list", STAFF)
    page(f"archive:{noun}-count", STAFF, ok=(302,))
    form(f"archive:{noun}-columns", STAFF, data=gives(col="name"))
    page(f"archive:{noun}-card", who, one, **OPENED)
    page(f"archive:{noun}-glance", who, one)
    page(f"archive:{noun}-print", STAFF, **PRINTED)
    page(f"archive:{noun}-card-print", who, one, **PRINTED)
for noun in ("attendance", "loan", "incident"):
    page(f"archive:{noun}-export", CAN_DELETE)
    press(f"archive:{noun}-export", MANAGES, data=gives(format="csv", purpose="核对名单"), refusals=(422,))
page("archive:callbackrequest-export", CAN_DELETE)
press("archive:callbackrequest-export", MANAGES, data=gives(format="csv", purpose="核对名单"), refusals=(422,))

press("archive:attendance-take", SEES, nothing, an_event)
page("archive:attendance-take", STAFF)
page("archive:attendance-list", STAFF, query="?as=calendar")
WRITES_LISTS = SEES - {"doctor"}
form("archive:attendance-edit", WRITES_LISTS, ATTENDANCE, gives(version=1, event_name="改名的讲座"))
press("archive:attendance-move", WRITES_LISTS, ATTENDANCE, gives(field="event_kind", value="trip", version=1))
form("archive:attendance-remove", MANAGES, ATTENDANCE, gives(why="记错人"))

page("archive:loan-lend", STAFF)
press("archive:loan-lend", DOCTOR | {"rep"}, nothing, the_kept_file)
page("archive:loan-out", STAFF)
page("archive:loan-out", STAFF, query="?part=overdue")
press("archive:loan-out", DOCTOR, nothing, the_loan)

form("archive:incident-report", SEES, file_form, an_incident)
form("archive:incident-assess", JUDGES, INCIDENT, gives(severity="severe", penalty="450"))
form("archive:incident-replaced", JUDGES, INCIDENT, gives(replaced_with="D00000099"))

form("archive:callbackrequest-ask", SEES, a_non_buyer, a_wish)
form("archive:callbackrequest-withdraw", frozenset({"rep"}), REQUEST, gives(why="已经见面"))

page("archive:file-registers", STAFF)
page("archive:file-registers", STAFF, query="?part=late")
page("archive:file-registers", STAFF, query="?part=copies")
press("archive:file-hand-over", frozenset({"rep", "manager", "gm"}), person("rep"), to_the_doctor)
form("archive:form-copy", SEES, file_form, gives(purpose="存档", copies="1"))
form("archive:form-show", SEES, file_form, gives(purpose="顾客要求核对"))

for path, who, one in (("loans", SEES, LOAN), ("incidents", SEES, INCIDENT), ("callback_requests", SEES, REQUEST)):
    operation(f"{path}_list", STAFF)
    operation(f"{path}_get", who, one)
operation("attendances_list", STAFF)
operation("attendances_get", SEES, ATTENDANCE)
operation("attendances_change", WRITES_LISTS, ATTENDANCE, gives(version=1, purchased=True))

THE_GM = frozenset({"gm"})
page("archive:file-contest", STAFF)
press("archive:file-contest", THE_GM, nothing, gives(measure="registered", sample="5"), query="?quarter=2024-1")
press("archive:file-contest-draw", THE_GM, thing("contest", "contest_id"))
press("archive:file-contest-check", THE_GM, thing("contest check", "check_id"), gives(is_true="yes"))
