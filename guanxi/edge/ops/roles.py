"""The roles that come with the product and what each may do (ORG-12). Administrators may add and change."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from guanxi.base.org.models import Grant, Role

# kind -> verb -> scope. "read" of a customer carries its activities; duties go by their assignee.
Rights = dict[str, dict[str, str]]


@dataclass(frozen=True)
class RoleDefinition:
    key: str
    name: str
    name_en: str
    rights: Rights


def _staff(scope: str) -> Rights:
    return {
        "customer": {"read": scope, "create": scope, "update": scope},
        "activity": {"read": scope, "create": scope, "update": scope, "delete": scope},
        "coming": {"read": scope, "create": scope, "update": scope, "delete": scope},
        "consent": {"read": scope, "create": scope},
        "duty": {"read": scope, "update": scope, "create": scope},
        "fileform": {"read": scope, "create": scope, "update": scope},
        "transfer": {"read": scope, "create": "own", "update": "own"},
        "attendance": {"read": scope, "create": scope, "update": scope},
        "loan": {"read": scope, "create": scope},
        "incident": {"read": scope, "create": scope},
        "callbackrequest": {"read": scope, "create": scope, "delete": "own"},
        "filecontest": {"read": "all"},
        "formtemplate": {"read": "all"},
        "formissue": {"read": "own"},
        "rulebook": {"read": "all"},
        "proposal": {"read": scope},
        "statement": {"read": scope},
        "staff": {"read": "all"},
        "message": {"read": "own", "update": "own"},
        # Whoever notices that data rules are broken says so.
        "dataincident": {"read": "own", "create": "own", "reveal": "own"},
    }


def _with(rights: Rights, **more: dict[str, str]) -> Rights:
    kinds = {*rights, *more}
    return {kind: rights.get(kind, {}) | more.get(kind, {}) for kind in sorted(kinds)}


OWN, TEAM, BRANCH, ALL = "own", "subordinates", "branch", "all"
MANAGES = {"delete": TEAM, "transfer": TEAM, "export": TEAM, "reveal": TEAM}
LEADS = {"create": TEAM}
# Go through the day's callbacks of their people.
CHECKS = {"read": TEAM, "create": TEAM}
DECIDES = {"read": TEAM, "confirm": TEAM}
SHARES = {"share": ALL}
# Announcing departures; whoever may approve them can be the receiver who confirms that all was handed over.
LETS_GO = {"read": TEAM, "create": TEAM, "update": TEAM, "approve": ALL}
ADMINISTERS = {"read": ALL, "create": ALL, "update": ALL}
# Keeps the house safe: reviews of rights, checklists, networks, and what became of incidents.
GUARDS = {
    "security": {"read": ALL, "update": ALL},
    "dataincident": {"read": ALL, "create": ALL, "update": ALL, "export": ALL, "reveal": ALL},
    "risk": ADMINISTERS | {"delete": ALL, "export": ALL},
}
# Who collects customers (FIL-02); others have a first-contact form while they hold it.
COLLECTS = {"read": OWN, "create": OWN, "update": OWN, "delete": OWN, "reveal": OWN}

# The doctors of a branch keep its file forms: they lend them, take them back and confirm replacements.
KEEPS = {
    "attendance": {"read": BRANCH},
    "loan": {"read": BRANCH, "update": BRANCH},
    "incident": {"read": BRANCH, "update": BRANCH},
    "callbackrequest": {"read": BRANCH},
}

ROLES = [
    RoleDefinition(
        "satisfaction-representative",
        "满意代表",
        "Satisfaction representative",
        _with(_staff(OWN), customer={"reveal": OWN}, fileform={"reveal": OWN}, contactform=COLLECTS),
    ),
    RoleDefinition(
        "sales-supervisor",
        "销售主管",
        "Sales supervisor",
        _with(
            _staff(TEAM),
            customer={"transfer": TEAM, "reveal": TEAM},
            fileform={"reveal": TEAM},
            contactform=COLLECTS | {"read": TEAM},
            proposal=DECIDES,
            absence=LEADS,
            daycheck=CHECKS,
            departure={"read": TEAM},
        ),
    ),
    RoleDefinition(
        "sales-manager",
        "销售经理",
        "Sales manager",
        _with(
            _staff(TEAM),
            customer=MANAGES | {"import": TEAM},
            coming={"export": TEAM},
            fileform=MANAGES | {"import": TEAM},
            contactform={"read": TEAM, "reveal": TEAM, "delete": TEAM},
            allocation={"read": TEAM, "create": TEAM},
            sealedform={"read": BRANCH},
            formissue={"read": BRANCH},
            attendance={"delete": TEAM, "export": TEAM},
            incident={"update": TEAM, "export": TEAM},
            callbackrequest={"export": TEAM},
            loan={"export": TEAM},
            proposal=DECIDES,
            statement={"export": TEAM},
            absence=LEADS,
            daycheck=CHECKS,
            departure=LETS_GO,
            view=SHARES,
        ),
    ),
    RoleDefinition(
        "service-doctor",
        "顾服主管医生",
        "Service doctor",
        _with(
            _staff(OWN),
            customer={"read": BRANCH, "update": BRANCH, "reveal": BRANCH},
            fileform={"read": BRANCH, "update": BRANCH, "reveal": BRANCH},
            daycheck={"read": OWN, "create": BRANCH},
            departure={"approve": ALL},
            **KEEPS,
        ),
    ),
    RoleDefinition(
        "service-manager",
        "客服经理",
        "Customer service manager",
        _with(
            _staff(BRANCH),
            duty={"read": TEAM, "update": TEAM},
            customer={"reveal": BRANCH, "export": BRANCH},
            contactform={"read": OWN},
            sealedform={"read": BRANCH, "create": OWN},
            formtemplate={"create": ALL},
            formissue={"read": BRANCH, "create": BRANCH, "update": BRANCH},
            proposal=DECIDES,
            statement={"read": TEAM, "export": TEAM},
            absence=LEADS,
            daycheck=CHECKS,
            departure=LETS_GO,
            view=SHARES,
        ),
    ),
    RoleDefinition(
        "general-manager",
        "总经理",
        "General manager",
        _with(
            _staff(ALL),
            customer={"delete": ALL, "transfer": ALL, "export": ALL, "reveal": ALL, "import": ALL},
            coming={"export": ALL},
            fileform={"delete": ALL, "transfer": ALL, "export": ALL, "reveal": ALL, "import": ALL},
            attendance={"delete": ALL, "export": ALL},
            incident={"update": ALL, "export": ALL},
            callbackrequest={"export": ALL},
            filecontest={"update": ALL},
            loan={"export": ALL},
            contactform={"read": ALL, "reveal": ALL, "export": ALL, "delete": ALL},
            allocation={"read": ALL},
            sealedform={"read": ALL},
            formtemplate={"create": ALL},
            formissue={"read": ALL, "create": ALL, "update": ALL},
            rulebook={"create": ALL, "update": ALL, "approve": ALL},
            proposal={"confirm": ALL},
            statement={"close": ALL, "export": ALL},
            audit={"read": ALL},
            privacy={"read": ALL, "update": ALL},
            processor=ADMINISTERS | {"delete": ALL, "export": ALL},
            absence={"create": ALL},
            daycheck={"read": ALL, "create": ALL},
            departure=ADMINISTERS | {"approve": ALL},
            view=SHARES,
            backup={"read": ALL, "approve": ALL},
            export={"approve": ALL},
            **GUARDS,
        ),
    ),
    RoleDefinition(
        "administrator",
        "管理员",
        "Administrator",
        {
            "account": {"read": ALL, "create": ALL, "update": ALL, "delete": ALL},
            "staff": {"read": ALL, "create": ALL, "update": ALL},
            "unit": {"read": ALL, "create": ALL, "update": ALL},
            "role": {"read": ALL, "create": ALL, "update": ALL},
            "absence": {"create": ALL},
            "departure": ADMINISTERS,
            "channel": ADMINISTERS | {"delete": ALL},
            "field": {"update": ALL},
            "calendar": {"read": ALL, "update": ALL},
            "backup": ADMINISTERS | {"restore": ALL, "approve": ALL},
            "rulebook": {"read": ALL, "create": ALL, "update": ALL},
            "message": {"read": OWN, "update": OWN},
            "audit": {"read": ALL},
            "privacy": {"read": ALL},
            "processor": {"read": ALL},
            "view": SHARES,
            **GUARDS,
        },
    ),
    # Reads the trail and how the house is kept, and nothing of customers; no role changes or empties the trail.
    RoleDefinition(
        "auditor",
        "审计员",
        "Auditor",
        {
            "audit": {"read": ALL},
            "message": {"read": OWN, "update": OWN},
            "security": {"read": ALL},
            "dataincident": {"read": ALL},
            "risk": {"read": ALL},
            "privacy": {"read": ALL},
            "processor": {"read": ALL},
        },
    ),
]


@transaction.atomic
def load_roles() -> None:
    """Adds roles and grants that are missing; what an administrator changed stays. Safe to repeat."""
    for definition in ROLES:
        role, is_new = Role.objects.get_or_create(
            key=definition.key, defaults={"name": definition.name, "name_en": definition.name_en}
        )
        if is_new:
            Grant.objects.bulk_create(
                Grant(role=role, kind=kind, verb=verb, scope=scope)
                for kind, verbs in definition.rights.items()
                for verb, scope in verbs.items()
            )
