"""Who may what with whose record, written by hand from docs/reference/roles-and-scopes.md. Asks nothing of the product.

A role says how far each verb goes; a record has an owner, a unit and people it is lent to. The rest is arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.conftest import CAST, UNITS

OWN, BELOW, BRANCH, ALL = "own", "subordinates", "branch", "all"
Grants = dict[str, dict[str, str]]


def each(verbs: str, scope: str) -> dict[str, str]:
    return dict.fromkeys(verbs.split(), scope)


# Only the kinds that the stations have.
ROLES: dict[str, Grants] = {
    "satisfaction-representative": {
        "customer": each("read update reveal", OWN),
        "fileform": each("read update reveal", OWN),
        "duty": each("read update", OWN),
        "coming": each("read update delete", OWN),
        "activity": each("update delete", OWN),
    },
    "sales-supervisor": {
        "customer": each("read update transfer reveal", BELOW),
        "fileform": each("read update reveal", BELOW),
        "duty": each("read update", BELOW),
        "coming": each("read update delete", BELOW),
        "activity": each("update delete", BELOW),
        "daycheck": each("create", BELOW),
    },
    "sales-manager": {
        "customer": each("read update delete transfer export reveal", BELOW),
        "fileform": each("read update delete transfer export reveal", BELOW),
        "duty": each("read update", BELOW),
        "coming": each("read update delete export", BELOW),
        "activity": each("update delete", BELOW),
        "daycheck": each("create", BELOW),
    },
    "service-doctor": {
        "customer": each("read update reveal", BRANCH),
        "fileform": each("read update reveal", BRANCH),
        "duty": each("read update", OWN),
        "coming": each("read update delete", OWN),
        "activity": each("update delete", OWN),
        "daycheck": each("create", BRANCH),
    },
    "service-manager": {
        "customer": each("read update reveal export", BRANCH),
        "fileform": each("read update", BRANCH),
        "duty": each("read update", BELOW),
        "coming": each("read update delete", BRANCH),
        "activity": each("update delete", BRANCH),
        "daycheck": each("create", BELOW),
    },
    "general-manager": {
        "customer": each("read update delete transfer export reveal", ALL),
        "fileform": each("read update delete transfer export reveal", ALL),
        "duty": each("read update", ALL),
        "coming": each("read update delete export", ALL),
        "activity": each("update delete", ALL),
        "daycheck": each("create", ALL),
    },
    "administrator": {},
}
ROLE_OF = {login: role for login, (_name, _unit, role, _chief) in CAST.items()}
UNIT_OF = {login: unit for login, (_name, unit, _role, _chief) in CAST.items()}
CHIEF_OF = {login: chief for login, (_name, _unit, _role, chief) in CAST.items()}
PARENT_OF = {code: parent for code, _name, _kind, parent in UNITS} | {"closed-sales": "chengdu"}
IS_BRANCH = {code for code, _name, kind, _parent in UNITS if kind in ("branch", "company")}


@dataclass(frozen=True)
class Lie:
    """How a record lies: a login or nobody as owner, its unit, to whom it is lent today and at what level."""

    owner: str | None
    unit: str | None
    lent: dict[str, str] = field(default_factory=dict)
    is_in_bin: bool = False


def may(who: str, kind: str, verb: str, lie: Lie) -> bool:
    """`who` is a login of the cast; anybody else (closed, nobody) may nothing."""
    grants = ROLES.get(ROLE_OF.get(who, ""), {}).get(kind, {})
    if verb not in grants:
        return False
    if kind == "customer" and verb == "read" and who in lie.lent:
        return True
    if kind == "customer" and verb == "reveal" and lie.lent.get(who) == "work":
        return True
    return covers(grants[verb], who, lie)


def covers(scope: str, who: str, lie: Lie) -> bool:
    if scope == ALL or (lie.owner is not None and lie.owner == who):
        return True
    if scope == BELOW:
        return lie.owner is not None and who in chiefs_of(lie.owner)
    return scope == BRANCH and lie.unit is not None and branch_of(lie.unit) == branch_of(UNIT_OF[who])


def chiefs_of(login: str) -> set[str]:
    """Of somebody who has left or whose post has ended: nobody."""
    chief = CHIEF_OF.get(login)
    return {chief} | chiefs_of(chief) if chief else set()


def branch_of(unit: str) -> str:
    while unit not in IS_BRANCH:
        unit = PARENT_OF[unit] or ""
    return unit
