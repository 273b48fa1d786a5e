"""Who may open what, written down apart from the code. One line per address; one that is missing fails the build.

    page("room:name", WHO, args)                  an address that only shows
    form("room:name", WHO, args, data)            shows a form and takes it
    press("room:name", WHO, args, data)           takes a form, shows nothing
    operation("customers_get", WHO, args, data)   an operation of the API; the read-only token of the owner reads

WHO are logins of the cast; everybody else must be refused. `args` gives a real object of somebody else.
"""

from __future__ import annotations

from typing import Any

from .sweep import NEAR, Args, Cell, Roles, nothing
from .world import READ_ONLY, SIGNED_IN, World

EVERYONE: Roles = frozenset(SIGNED_IN)
STAFF = EVERYONE - {"admin"}
# Of the owner's customers, file forms and contacts: see sweep.READERS for what is masked.
SEES = NEAR - {READ_ONLY}
LEADS = frozenset({"supervisor", "manager", "gm"})
MANAGES = frozenset({"manager", "gm"})
AUTHOR = frozenset({"rep", "gm"})
RECEIVES = frozenset({"rep", "supervisor", "manager", "gm", "service"})
HIS_DUTIES = frozenset({"rep", "supervisor", "manager", "gm"})
IMPORTS = frozenset({"manager", "hangzhou", "gm"})
RULES = frozenset({"gm", "admin"})
ADMIN = frozenset({"admin"})
CAN_DELETE = MANAGES | {"hangzhou"}

CELLS: list[Cell] = []
OPERATIONS: dict[str, Cell] = {}


def page(route: str, may: Roles, args: Args = nothing, **more: Any) -> None:
    CELLS.append(Cell(route, may, args, **more))


def press(route: str, may: Roles, args: Args = nothing, data: Args = nothing, **more: Any) -> None:
    CELLS.append(Cell(route, may, args, method="POST", data=data, **{"ok": (302,), "audits": True} | more))


def form(route: str, may: Roles, args: Args = nothing, data: Args = nothing, **more: Any) -> None:
    page(route, may, args)
    press(route, may, args, data, **more)


def public(route: str, args: Args = nothing, **more: Any) -> None:
    CELLS.append(Cell(route, EVERYONE, args, is_public=True, **more))


def operation(name: str, may: Roles, args: Args = nothing, data: Args | None = None, **more: Any) -> None:
    """The address and method come from the operation itself (test_matrix.py puts them in)."""
    OPERATIONS[name] = Cell(name, may, args, data=data, is_api=True, **more)


def customer(world: World) -> dict[str, Any]:
    return {"record_id": world.customer.pk}


def removed(world: World) -> dict[str, Any]:
    return {"record_id": world.removed.pk}


def its_customer(world: World) -> dict[str, Any]:
    return {"customer_id": world.customer.pk}


def activity(world: World) -> dict[str, Any]:
    return {"activity_id": world.activity.pk}


def file_form(world: World) -> dict[str, Any]:
    return {"record_id": world.form.pk}


def duty(world: World) -> dict[str, Any]:
    return {"duty_id": world.duty.pk}


def thing(name: str, argument: str) -> Args:
    """`thing("import", "run_id")`: of world.things."""
    return lambda world: {argument: world.things[name]}


def person(login: str) -> Args:
    return lambda world: {"staff_id": world.staff(login).pk}


def gives(**values: Any) -> Args:
    """The same entries for everybody."""
    return lambda world: values


A_CALL = gives(kind="call", result="reached", note="问候了近况，约好下周再谈")
