"""The pages of the house: health, units, staff and their posts, departures, accounts, roles, calendar, the trail."""

from __future__ import annotations

from typing import Any

from .matrix import ADMIN, EVERYONE, LEADS, MANAGES, form, gives, nothing, page, person, press, public, thing
from .world import World

AUDITORS = frozenset({"gm", "admin"})
# Superiors of the owner, who may record an absence of their people.
CHIEFS = LEADS | ADMIN
ANNOUNCES = MANAGES | ADMIN

# health and administration
public("ops:healthz")
public("ops:readyz", ok=(200, 503))
public("ops:metrics", ok=(200, 403, 404))
public("ops:set-up", ok=(302, 403, 404))
page("ops:units", ADMIN)
page("ops:unit", ADMIN, thing("spare unit", "unit_id"))
form(
    "ops:unit-new",
    ADMIN,
    nothing,
    lambda w: {"name": "新部", "code": "n1", "kind": "team", "parent": w.unit("chengdu").pk},
)
form("ops:unit-edit", ADMIN, thing("spare unit", "unit_id"), gives(name="改名部", code="spare", kind="team"))
press("ops:unit-close", ADMIN, thing("spare unit", "unit_id"))
press("ops:unit-reopen", ADMIN, thing("closed unit", "unit_id"))
page("ops:staff", EVERYONE)
page("ops:staff-card", EVERYONE, person("rep"))


def a_post(world: World) -> dict[str, Any]:
    chief = {"superior": world.post("manager").pk, "starts_on": "2026-11-16", "joined_on": "2026-11-16"}
    return {"unit": world.unit("chengdu-sales").pk, "role": world.role("sales-supervisor").pk} | chief


def a_person(world: World) -> dict[str, Any]:
    return {"name": "新同事", "number": "7777", "phone": "13700000002", "login": "xin"} | a_post(world)


def a_departure(world: World) -> dict[str, Any]:
    people = {"staff": world.staff("supervisor").pk, "receiver": world.staff("doctor").pk}
    return people | {"leaves_on": "2026-11-27", "note": "回老家"}


def of_post(login: str) -> Any:
    return lambda world: {"post_id": world.post(login).pk}


def of_account(login: str) -> Any:
    return lambda world: {"account_id": world.account(login).pk}


form("ops:staff-new", ADMIN, nothing, a_person)
form("ops:staff-edit", ADMIN, person("rep"), gives(name="邱远远", number="0077", joined_on="2025-01-01"))
form("ops:staff-leave", ADMIN, thing("newcomer", "staff_id"), gives(on="2026-11-16"))
page("ops:departures", EVERYONE)
page("ops:departure-new", ANNOUNCES | {"service", "hangzhou"})
press("ops:departure-new", ANNOUNCES, nothing, a_departure, refusals=(403, 422))
page("ops:departure", CHIEFS | {"rep", "doctor"}, thing("departure", "departure_id"))
form("ops:departure-edit", ANNOUNCES, thing("departure", "departure_id"), a_departure)
press("ops:departure-received", frozenset({"doctor", "gm"}), thing("empty departure", "departure_id"))
form("ops:departure-cancel", ANNOUNCES, thing("departure", "departure_id"), gives(why="留下"))
form("ops:post-new", ADMIN, person("rep"), a_post)
form("ops:post-end", ADMIN, of_post("service"), gives(on="2026-11-30"))
form("ops:post-superior", ADMIN, of_post("rep"), lambda w: {"superior": w.post("manager").pk})
press("ops:absence-record", CHIEFS, person("rep"), gives(starts_on="2026-12-01", ends_on="2026-12-02"), refusals=(422,))
press("ops:absence-withdraw", CHIEFS, thing("absence", "absence_id"))
form("ops:account-open", ADMIN, thing("newcomer", "staff_id"), gives(login="xinlai"), ok=(200,))
form("ops:account-reset", ADMIN, of_account("rep"), ok=(200,))
press("ops:account-factor-reset", ADMIN, of_account("rep"), audits=False)
press("ops:account-sessions-end", ADMIN, of_account("rep"))
form("ops:account-close", ADMIN, of_account("hangzhou"))
form("ops:account-reopen", ADMIN, of_account("left"), ok=(200,))
page("ops:roles", ADMIN)
page("ops:role", ADMIN, thing("spare role", "role_id"))
form("ops:role-new", ADMIN, nothing, gives(key="another", name="又一角色", name_en="Another"))
press("ops:role-rights", ADMIN, thing("spare role", "role_id"), lambda w: {"customer.read": "own"})
form("ops:role-rename", ADMIN, thing("spare role", "role_id"), gives(name="改名角色", name_en="Renamed"))
press("ops:role-second-factor", ADMIN, thing("spare role", "role_id"), gives(needs="on"))
press("ops:role-remove", ADMIN, thing("spare role", "role_id"))
page("ops:calendar", ADMIN)
press("ops:calendar-extend", ADMIN, data=gives(year="2028"))
form("ops:calendar-day", ADMIN, gives(day="2026-12-01"), gives(working="no", name="盘点", until="2026-12-01"))
page("ops:registrations", ADMIN)
form("ops:registration", ADMIN, thing("request", "request_id"), a_person, ok=(200,))
press("ops:registration-decline", ADMIN, thing("request", "request_id"), gives(answer="请找主管"))
page("ops:trail", AUDITORS)
press("ops:trail-export", AUDITORS, data=gives(purpose="年度审计"), ok=(200,))
page("ops:registered", ADMIN)
form("ops:tokens", EVERYONE, nothing, gives(name="程序", days="30"), ok=(200,))
press("ops:token-end", frozenset({"rep"}), thing("own token", "token_id"))
