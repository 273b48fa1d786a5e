"""What the matrix of rights shows: kinds of records, the verbs that mean something for them, and the scopes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.org.models import Grant
from guanxi.base.records.types import RECORD_TYPES

VERBS: dict[str, Any] = {
    "read": _("See"),
    "create": _("Create"),
    "update": _("Change"),
    "delete": _("Remove"),
    "transfer": _("Transfer"),
    "export": _("Export"),
    "import": _("Import"),
    "reveal": _("Reveal"),
    "approve": _("Approve"),
    "share": _("Share"),
    "confirm": _("Confirm"),
    "close": _("Close months"),
    "restore": _("Bring back"),
}
SCOPES: dict[str, Any] = {
    "own": _("Own"),
    "subordinates": _("Subordinates"),
    "unit": _("Own unit"),
    "unit_below": _("Unit and below"),
    "branch": _("The whole branch"),
    "region": _("Region"),
    "all": _("All"),
}
OWNED = tuple(SCOPES)
BY_UNIT = ("unit", "unit_below", "branch", "region", "all")
WHOLE = ("all",)


@dataclass(frozen=True)
class Kind:
    """`verbs` that mean something for it, and the `scopes` they can have."""

    key: str
    label: Any
    verbs: tuple[str, ...]
    scopes: tuple[str, ...] = OWNED


KINDS = [
    Kind("customer", _("Customers"), ("read", "create", "update", "delete", "transfer", "export", "import", "reveal")),
    Kind("activity", _("Activities"), ("read", "create", "update", "delete")),
    Kind("coming", _("Announced visits"), ("read", "create", "update", "delete")),
    Kind(
        "fileform",
        _("File forms"),
        ("read", "create", "update", "delete", "transfer", "export", "import", "reveal"),
    ),
    Kind("attendance", _("Attendances"), ("read", "create", "update", "delete", "export")),
    Kind("loan", _("Loans"), ("read", "create", "update", "export")),
    Kind("incident", _("Incidents"), ("read", "create", "update", "export")),
    Kind("filecontest", _("File-quality contest"), ("read", "update"), WHOLE),
    Kind("callbackrequest", _("Requests to the doctor"), ("read", "create", "delete", "export")),
    Kind("contactform", _("First-contact forms"), ("read", "create", "update", "delete", "export", "reveal")),
    Kind("allocation", _("Allocation of new customers"), ("read", "create")),
    Kind("sealedform", _("Sealed forms"), ("read", "create")),
    Kind("formtemplate", _("Controlled forms"), ("read", "create"), WHOLE),
    Kind("formissue", _("Numbered sheets"), ("read", "create", "update")),
    Kind("transfer", _("Transfer lists"), ("read", "create", "update")),
    Kind("duty", _("Duties"), ("read", "create", "update")),
    Kind("message", _("Messages"), ("read", "update"), ("own",)),
    Kind("rulebook", _("Rulebooks"), ("read", "create", "update", "approve"), WHOLE),
    Kind("proposal", _("Consequences"), ("read", "confirm")),
    Kind("statement", _("Statements of consequences"), ("read", "export", "close")),
    Kind("staff", _("Staff"), ("read", "create", "update")),
    Kind("daycheck", _("Checks of the day"), ("read", "create")),
    Kind("absence", _("Absences"), ("create",)),
    Kind("departure", _("Departures"), ("read", "create", "update", "approve")),
    Kind("channel", _("Channels"), ("read", "create", "update", "delete"), WHOLE),
    Kind("account", _("Accounts"), ("read", "create", "update", "delete"), (*BY_UNIT, "subordinates")),
    Kind("unit", _("Units"), ("read", "create", "update"), BY_UNIT),
    Kind("field", _("Own fields"), ("update",), WHOLE),
    Kind("role", _("Roles and rights"), ("read", "create", "update"), WHOLE),
    Kind("calendar", _("Working calendar"), ("read", "update"), WHOLE),
    Kind("backup", _("Backups"), ("read", "create", "update", "restore", "approve"), WHOLE),
    Kind("export", _("Exports"), ("approve",), WHOLE),
    Kind("view", _("Views and segments"), ("share",), WHOLE),
    Kind("consent", _("Consents"), ("read", "create")),
    Kind("privacy", _("Privacy"), ("read", "update"), WHOLE),
    Kind("processor", _("Processors"), ("read", "create", "update", "delete", "export"), WHOLE),
    Kind("audit", _("Trail"), ("read",), WHOLE),
    Kind("security", _("Security and compliance"), ("read", "update"), WHOLE),
    Kind("dataincident", _("Data incidents"), ("read", "create", "update", "export", "reveal")),
    Kind("risk", _("Risks"), ("read", "create", "update", "delete", "export")),
]


def kinds() -> list[Kind]:
    """Those above, and what upper rooms or grants bring beside them: what is granted is always shown, or saving the
    matrix would take it away unseen."""
    found = {kind.key: kind for kind in KINDS}
    for type_ in RECORD_TYPES:
        found.setdefault(type_.key, Kind(type_.key, type_.plural, tuple(VERBS)))
    for key, verb in Grant.objects.values_list("kind", "verb").distinct():
        kind = found.setdefault(key, Kind(key, key, tuple(VERBS)))
        if verb not in kind.verbs:
            found[key] = replace(kind, verbs=(*kind.verbs, verb))
    return list(found.values())


def verbs(shown: Iterable[Kind]) -> dict[str, Any]:
    """Those above in their order, then any that only grants know."""
    known = {verb for kind in shown for verb in kind.verbs}
    return VERBS | {verb: verb for verb in sorted(known - set(VERBS))}


# What the trail speaks of beside the kinds of the matrix.
OTHERS: dict[str, Any] = {
    "token": _("API tokens"),
    "registration": _("Requests for accounts"),
    "import": _("Import"),
    "restore": _("Restores"),
}


def kind_labels() -> dict[str, Any]:
    return {kind.key: kind.label for kind in kinds()} | OTHERS
